"""B-1: a full pre-trade decision against NautilusTrader's check of one order, in one process.

Needs riskplugin's core and orjson only, so that it can run where NautilusTrader is installed and
freqtrade is not: their pandas exclude each other.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from benchmarks import nautilus
from benchmarks.chained import ChainedLedger
from benchmarks.figures import Line, Target
from benchmarks.rounds import Arm, Samples, compared, measure, timed
from benchmarks.samples import POLICY, book, request, state
from riskplugin.core import events as ev
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import account_of
from riskplugin.core.verdict import ALLOW, Cap
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.service import RiskService

#: Stakes below and above what the size formula allows.
ALLOWED, CAPPED = 60.0, 500.0
_TIMES = 2000
_GROWTH = Target(limit=1.1)


def lines(rounds: int) -> list[Line]:
    """B-1, whole."""
    samples = measure(_arms(), rounds)
    return [*_against_the_baseline(samples), *_growth(samples), _control(samples)]


def on_a_ready_account(orders: int, stake: float) -> Callable[[], object]:
    """Rules, size, reasons, canonical record and chain for one entry; the account is at hand."""
    gate, asked = Gate(POLICY), request(stake)
    account, _ = account_of(state(), book(orders), POLICY)
    binding = gate.decide(asked, account).binding
    if not (binding is ALLOW if stake == ALLOWED else isinstance(binding, Cap)):
        raise RuntimeError(f"the sample was to be decided otherwise: {binding}")
    head = genesis("bench")

    def decide() -> bytes:
        nonlocal head
        decision = gate.decide(asked, account)
        event = ev.EntryDecided(at=asked.at, point="stake", decision=decision)
        head = link(head, encode(event))
        return head

    return decide


def as_the_bot_asks(orders: int, *, same_look: bool = False) -> Callable[[], object]:
    """The same through the service: account from the book, lock, state, ledger without a disk.

    The book is another one each time, as after a new look, unless ``same_look``.
    """
    service = RiskService(
        policy=POLICY, ledger=ChainedLedger(state()), bot="bench", version="1", live=False
    )
    asked, first = request(ALLOWED), book(orders)
    books = cycle([first] if same_look else [first, book(orders)])
    return lambda: service.decide(asked, next(books), "stake")


def _arms() -> dict[str, Arm]:
    peer = _peer()
    work = {
        "allowed": on_a_ready_account(0, ALLOWED),
        "allowed, again": on_a_ready_account(0, ALLOWED),
        "allowed, 100": on_a_ready_account(100, ALLOWED),
        "capped": on_a_ready_account(0, CAPPED),
        "service": as_the_bot_asks(0),
        "service, 100": as_the_bot_asks(100),
        "second": as_the_bot_asks(0, same_look=True),
        "second, 100": as_the_bot_asks(100, same_look=True),
        "baseline": peer(0),
        "baseline, 100": peer(100),
    }
    return {name: _batch(each) for name, each in work.items()}


def _batch(work: Callable[[], object]) -> Arm:
    return lambda: timed(work, times=_TIMES)


def _peer() -> Callable[[int], Callable[[], object]]:
    if nautilus.available():
        return nautilus.risk_check
    from benchmarks.stand_in import wrapped_callback

    return lambda orders: wrapped_callback()


def _against_the_baseline(samples: Samples) -> list[Line]:
    peered = nautilus.available()
    against = f"NautilusTrader {nautilus.version()}" if peered else "STAND-IN: freqtrade's wrapper"
    note = "" if peered else "NautilusTrader is missing, so the target is not judged"
    target = Target(limit=2.0) if peered else None
    what = {
        "allowed": "decision on a ready account, allowed",
        "capped": "decision on a ready account, capped, with its reason",
        "second": "decision as the bot asks, second question about one look",
        "service": "decision as the bot asks: account from the book too",
    }
    return [
        compared(
            samples, arm, "baseline", id="B-1", what=text, against=against, target=target, note=note
        )
        for arm, text in what.items()
    ]


def _growth(samples: Samples) -> list[Line]:
    with_none = "the same with none"
    found = [
        compared(
            samples,
            f"{arm}, 100",
            arm,
            id="B-1",
            what=f"growth to 100 open orders, {text}",
            against=with_none,
            target=_GROWTH,
        )
        for arm, text in {
            "allowed": "ready account",
            "second": "second question about one look",
            "service": "as the bot asks",
        }.items()
    ]
    if nautilus.available():
        what = "growth to 100 open orders, NautilusTrader"
        found.append(
            compared(samples, "baseline, 100", "baseline", id="B-1", what=what, against=with_none)
        )
    return found


def _control(samples: Samples) -> Line:
    return compared(
        samples, "allowed, again", "allowed", id="B-1", what="A/A control", against="itself"
    )
