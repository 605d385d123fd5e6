"""The proof: each check reads the exchange's order log back and says what it found, in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from riskplugin.cli.demo.evidence import Evidence, symbol_of
from riskplugin.cli.demo.limits import exposure_limit, leverage_limit, margin_limit, position_limit
from riskplugin.cli.demo.orderlog import Order, held, working_entries
from riskplugin.core import events as ev

#: A working entry is cancelled within so long of the breaker's opening: two or three slow loops.
_TO_CANCEL = timedelta(seconds=15)
#: The record has to be older than the order; the log's times are rounded down.
_ROUNDING = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One question, its answer in figures, and every violation (none when it passed)."""

    name: str
    question: str
    found: str
    violations: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Nothing was found wrong."""
        return not self.violations


def check_all(evidence: Evidence) -> list[Check]:
    """Every check, in the order in which they are shown."""
    return [check(evidence) for check in CHECKS]


def records(evidence: Evidence) -> Check:
    """AU-1, LV-2: no order left without an allowing decision on disk, or larger than it allowed."""
    wrong: list[str] = []
    most = 0.0
    for order in evidence.entries:
        approval = evidence.approvals.get(str(order.id))
        if approval is None or approval.decision is None:
            wrong.append(f"order {order.id} on {order.symbol} has no allowing decision")
            continue
        decision = approval.decision
        request = decision.request
        if symbol_of(request.pair) != order.symbol or approval.sent.at > order.created + _ROUNDING:
            wrong.append(f"order {order.id} was not recorded before it left")
        limit = decision.stake * request.leverage * request.price_factor
        notional = order.quantity * order.price(request.market_price)
        most = max(most, notional / limit if limit > 0 else float("inf"))
        wrong += _above(order, "notional", notional, limit, evidence)
    found = f"{len(evidence.entries)} entries, all decided and recorded before they left; "
    return Check(
        "records",
        "every entry was allowed and on disk before it left, and no larger",
        found + f"largest {most:.1%} of what was approved",
        tuple(wrong),
    )


def margins(evidence: Evidence) -> Check:
    """SZ-1 to SZ-4, EM-1, CB-6: margin against the size formula, worked out anew."""
    found = [(o, _margin(o, evidence), margin_limit(o, evidence)) for o in evidence.entries]
    wrong = [text for o, m, limit in found for text in _above(o, "margin", m, limit, evidence)]
    order, margin, limit = _nearest(found)
    where = f" ({order.symbol})" if order else ""
    return Check(
        "margins",
        "margin of each position inside the size for its risk level and volatility",
        f"nearest: {margin:.2f} of {limit:.2f} USDT{where}",
        tuple(wrong),
    )


def leverages(evidence: Evidence) -> Check:
    """LV-1: leverage against the level's cap, 5 in an emergency."""
    found = [(o, o.leverage, leverage_limit(o, evidence)) for o in evidence.entries]
    wrong = [
        f"order {o.id} on {o.symbol}: leverage {leverage:g}x, limit {limit:g}x"
        for o, leverage, limit in found
        if not leverage <= limit
    ]
    most = max((o.leverage for o in evidence.entries), default=0.0)
    order, _, limit = max(found, key=lambda f: f[1], default=(None, 0.0, 0.0))
    return Check(
        "leverage",
        "leverage of each order inside the cap of its risk level",
        f"highest {most:g}x, cap then {limit:g}x" if order else "no entry",
        tuple(wrong),
    )


def exposures(evidence: Evidence) -> Check:
    """CB-2: the whole book with the new order, and the marked book at all times."""
    tolerance, top = 1 + evidence.policy.order_tolerance, evidence.policy.breaker.exposure.trip
    wrong: list[str] = []
    highest = 0.0
    for order in evidence.entries:
        exposed = _exposure(order, evidence)
        equity = evidence.tape.equity(order.created)
        share = exposed / equity if equity > 0 else float("inf")
        highest = max(highest, share)
        limit = exposure_limit(evidence)
        if not share <= limit * tolerance:
            wrong.append(f"order {order.id} brought exposure to {share:.1%}, limit {limit:.0%}")
    marked = evidence.tape.max_exposure
    if top is not None and not marked <= top * tolerance:
        wrong.append(f"the marked exposure reached {marked:.1%}, the breaker's limit is {top:.0%}")
    return Check(
        "exposure",
        "exposure with each new order, and marked at all times",
        f"with an entry {highest:.1%} of equity, limit {exposure_limit(evidence):.0%}; "
        f"marked {marked:.1%}",
        tuple(wrong),
    )


def counts(evidence: Evidence) -> Check:
    """EM-1, CB-6: positions and working entries at a time."""
    wrong: list[str] = []
    most = 0
    for order in evidence.entries:
        count = len(_pairs_held(order, evidence))
        most = max(most, count)
        limit = position_limit(order, evidence)
        if count > limit:
            wrong.append(f"order {order.id} made {count} positions, limit {limit}")
    return Check(
        "positions",
        "positions and working entries at a time",
        f"at most {most}, limit {evidence.slots}",
        tuple(wrong),
    )


def halted(evidence: Evidence) -> Check:
    """CB-5: no entry order arrives while the breaker is open or latched."""
    inside = [o for o in evidence.entries if evidence.state(o.created) in ("open", "latched")]
    spans = evidence.spans("open", "latched")
    wrong = [
        f"order {o.id} on {o.symbol} arrived while the breaker was {evidence.state(o.created)}"
        for o in inside
    ]
    wrong += [] if spans else ["the breaker never opened: there is nothing to prove"]
    return Check(
        "halted",
        "no entry while the breaker is open or latched",
        f"{len(inside)} entries in {len(spans)} halts",
        tuple(wrong),
    )


def cancelled(evidence: Evidence) -> Check:
    """CB-5: what was working when the breaker opened is cancelled, and fills no more."""
    wrong: list[str] = []
    slowest, number = 0.0, 0
    for span in evidence.spans("open", "latched"):
        for order in working_entries(evidence.orders, span.begin):
            number += 1
            late = order.updated - span.begin
            slowest = max(slowest, late.total_seconds())
            if order.status == "FILLED" or any(fill.at > span.begin for fill in order.fills):
                wrong.append(f"order {order.id} filled after the breaker was {span.what}")
            elif order.working(span.begin + _TO_CANCEL):
                wrong.append(f"order {order.id} still worked {_TO_CANCEL.total_seconds():g} s on")
    return Check(
        "cancelled",
        "working entries are cancelled when the breaker opens",
        f"{number} cancelled, {slowest:.1f} s after it opened" if number else "none was working",
        tuple(wrong),
    )


def flat(evidence: Evidence) -> Check:
    """EM-3: when the ledger says flat, the exchange's own fills say flat."""
    orders = [e for e in evidence.events if isinstance(e, ev.FlattenOrdered)]
    done = [e for e in evidence.events if isinstance(e, ev.FlattenVerified)]
    wrong = [] if orders else ["nothing was ever closed: there is nothing to prove"]
    if len(done) < len(orders):
        wrong.append(f"{len(orders)} close-alls, {len(done)} verified flat")
    for event in done:
        book = held(evidence.orders, event.at)
        wrong += [f"{q:g} {symbol} held when flat was reported" for symbol, q in book.items()]
        left = working_entries(evidence.orders, event.at)
        wrong += [f"order {o.id} worked when flat was reported" for o in left]
    closed = sum(len(event.outcomes) for event in done)
    slowest = max((event.seconds for event in done), default=0.0)
    return Check(
        "flat",
        "flat after every close-all, by the exchange's own fills",
        f"{len(done)} of {len(orders)} flat, {closed} positions, at most {slowest:.1f} s",
        tuple(wrong),
    )


def probes(evidence: Evidence) -> Check:
    """CB-6: half-open lets few and small probes pass."""
    policy = evidence.policy.breaker.half_open
    wrong: list[str] = []
    number, at_once, largest, size = 0, 0, 0.0, 0.0
    for order in evidence.entries:
        if evidence.state(order.created) != "half-open":
            continue
        number += 1
        margin, limit = _margin(order, evidence), margin_limit(order, evidence)
        if margin > largest:
            largest, size = margin, limit
        wrong += _above(order, "probe", margin, limit, evidence)
        together = len(_pairs_held(order, evidence))
        at_once = max(at_once, together)
        if together > policy.max_positions:
            wrong.append(f"order {order.id} made {together} probes, limit {policy.max_positions}")
    return Check(
        "probes",
        "half-open: probes within number and size",
        f"{number} probes, {at_once} at a time (limit {policy.max_positions}), "
        f"largest {largest:.2f} of {size:.2f} USDT margin",
        tuple(wrong),
    )


def unharmed(evidence: Evidence) -> Check:
    """LV-3: no position was liquidated."""
    forced = [o for o in evidence.orders if o.origin == "liquidation"]
    wrong = tuple(f"{o.quantity:g} {o.symbol} was liquidated" for o in forced)
    return Check("liquidation", "no position was liquidated", f"{len(forced)} liquidations", wrong)


CHECKS: tuple[Callable[[Evidence], Check], ...] = (
    margins,
    leverages,
    exposures,
    counts,
    records,
    halted,
    cancelled,
    flat,
    probes,
    unharmed,
)


def _margin(order: Order, evidence: Evidence) -> float:
    """Margin of the position that the order makes, at the higher of its and the market's price."""
    price = order.price(evidence.tape.price(order.symbol, order.created))
    before = held(_earlier(order, evidence), order.created).get(order.symbol, 0.0)
    return (order.quantity + abs(before)) * price / order.leverage


def _exposure(order: Order, evidence: Evidence) -> float:
    """Notional of the book once this order is in it."""
    at, tape = order.created, evidence.tape
    earlier = _earlier(order, evidence)
    book = sum(abs(q) * tape.price(symbol, at) for symbol, q in held(earlier, at).items())
    waiting = sum(
        (o.quantity - o.filled(at)) * (o.limit or tape.price(o.symbol, at))
        for o in working_entries(earlier, at)
    )
    return book + waiting + order.quantity * order.price(tape.price(order.symbol, at))


def _pairs_held(order: Order, evidence: Evidence) -> set[str]:
    """Symbols with a position or a working entry, this order's included."""
    earlier = _earlier(order, evidence)
    working = {o.symbol for o in working_entries(earlier, order.created)}
    return {*held(earlier, order.created), *working, order.symbol}


def _earlier(order: Order, evidence: Evidence) -> Sequence[Order]:
    return [other for other in evidence.orders if other.id < order.id]


def _above(
    order: Order, what: str, measured: float, limit: float, evidence: Evidence
) -> Iterable[str]:
    if not measured <= limit * (1 + evidence.policy.order_tolerance):
        yield f"order {order.id} on {order.symbol}: {what} {measured:.2f}, limit {limit:.2f} USDT"


def _nearest(
    found: Sequence[tuple[Order, float, float]],
) -> tuple[Order | None, float, float]:
    """The entry that used most of its limit."""
    nothing = (None, 0.0, 0.0)
    return max(found, key=lambda f: f[1] / f[2] if f[2] > 0 else float("inf"), default=nothing)
