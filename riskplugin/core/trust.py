"""Whether the wallet may be believed (CB-11), and money that came or went without a trade (CB-4).

Equity has two witnesses: the wallet, and the records (capital + result). Small differences
(funding,
fees, dust) are accepted and follow the wallet. A jump is untrusted until it stands for a while,
or a person confirms it; then it is a deposit or a withdrawal and moves the references with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.policy import TrustPolicy
from riskplugin.core.state import RiskState
from riskplugin.core.units import EPSILON, Quote

#: Accepted differences below this share of equity are not worth an event.
_NOTEWORTHY = 1e-4
#: Sums of the same figures in another order differ by less.
_ROUNDING = 1e-6


def equity_of(state: RiskState, book: Book) -> Quote:
    """Equity to reckon with: the wallet's while it is trusted, else that of the records."""
    wallet = book.wallet if state.distrust is None else None
    if state.capital is None:
        return Quote(0.0) if wallet is None else wallet
    expected = Quote(state.capital + book.result + state.wallet_gap)
    if wallet is None or book.settling or _being_filled(book, wallet - expected):
        return expected
    return wallet


def _being_filled(book: Book, jump: float) -> bool:
    """A working entry may have been filled since: paid already, and its coins not booked yet."""
    return -book.bound <= jump < 0


def doubt(state: RiskState, book: Book, trust: TrustPolicy) -> str | None:
    """Why the wallet of ``book`` must not be believed, asked between two looks: changes nothing."""
    if book.wallet is None:
        return "the balance is unknown"
    if state.capital is None or book.settling:
        return None
    expected = state.capital + book.result + state.wallet_gap
    jump = book.wallet - expected
    if abs(jump) <= trust.tolerance * max(abs(expected), EPSILON) or _being_filled(book, jump):
        return None
    return _contradiction(book.wallet, expected)


def _contradiction(wallet: float, expected: float) -> str:
    return f"the wallet shows {wallet:.2f} where the records give {expected:.2f}"


def reconcile(state: RiskState, book: Book, trust: TrustPolicy) -> Iterator[ev.Event]:
    """Compare wallet and records; the events say what follows. ``state`` folds each as it comes."""
    if book.wallet is None:
        yield from _distrust(state, book, "the balance is unknown", None)
        return
    if state.capital is None:
        amount = Quote(book.wallet - book.result)
        yield ev.CapitalChanged(at=book.at, amount=amount, equity_before=Quote(0.0), by="start")
    if not book.settling:
        yield from _judge_gap(state, book, trust, book.wallet)


def _records(state: RiskState, book: Book, jump: float, allowed: float) -> Iterator[ev.Event]:
    """Closed trades that changed by themselves while the wallet stood still: edited, or deleted."""
    closed = book.closed_result
    if closed is None:
        return
    moved = closed - (0.0 if state.records is None else state.records)
    if state.records is not None and abs(jump) > allowed:
        if abs(jump + moved) <= allowed:
            yield ev.RecordsRead(at=book.at, closed=closed, correction=Quote(jump))
    elif state.records is None or abs(moved) > _ROUNDING * max(1.0, abs(closed)):
        yield ev.RecordsRead(at=book.at, closed=closed, correction=Quote(0.0))


def _judge_gap(
    state: RiskState, book: Book, trust: TrustPolicy, wallet: Quote
) -> Iterator[ev.Event]:
    expected = state.capital + book.result + state.wallet_gap  # type: ignore[operator]
    jump = wallet - expected
    allowed = trust.tolerance * max(abs(expected), EPSILON)
    for event in _records(state, book, jump, allowed):
        yield event
        expected = state.capital + book.result + state.wallet_gap  # type: ignore[operator]
        jump = wallet - expected
    if abs(jump) > allowed and _being_filled(book, jump):
        return
    if abs(jump) <= allowed:
        if state.distrust is not None:
            yield ev.EquityTrusted(at=book.at, reason="wallet and records agree again")
        if abs(jump) > _NOTEWORTHY * abs(expected):
            yield ev.GapAccepted(at=book.at, gap=Quote(state.wallet_gap + jump))
        return
    reason = _contradiction(wallet, expected)
    seen = state.distrust_gap
    if seen is None or abs(jump - seen) > allowed:
        yield from _distrust(state, book, reason, Quote(jump), renew=True)
    elif _stood_long_enough(state, book, trust, jump, expected):
        yield from confirm(state, book, by="time")


def _stood_long_enough(
    state: RiskState, book: Book, trust: TrustPolicy, jump: float, expected: float
) -> bool:
    """A whole account does not vanish by a transfer alone: that, a person has to confirm."""
    if state.mismatch is not None or -jump > trust.max_jump * expected:
        return False
    since = state.distrust_since
    return since is not None and book.at - since >= trust.confirm_after


def confirm(state: RiskState, book: Book, *, by: str) -> Iterator[ev.Event]:
    """Take the wallet's figure as true: the difference is capital that came or went."""
    if book.wallet is None or state.capital is None:
        return
    before = Quote(state.capital + book.result + state.wallet_gap)
    amount = Quote(book.wallet - before)
    yield ev.CapitalChanged(at=book.at, amount=amount, equity_before=before, by=by)
    yield ev.EquityTrusted(at=book.at, reason=f"difference of {amount:.2f} confirmed by {by}")


def _distrust(
    state: RiskState, book: Book, reason: str, gap: Quote | None, *, renew: bool = False
) -> Iterator[ev.Event]:
    if state.distrust is None or renew or state.distrust_gap != gap:
        yield ev.EquityDistrusted(at=book.at, reason=reason, gap=gap)
