"""What was filled against what was approved, what the exchange holds against the trades (MO-4).

Compares and says; what follows is the service's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.core.levels import Side
from riskplugin.core.policy import ReconciliationPolicy
from riskplugin.core.state import AWAITED, RiskState
from riskplugin.core.units import EPSILON, Ratio
from riskplugin.core.wording import figure, percent

#: Clocks of bot and exchange may differ by this much.
CLOCKS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An order as it was filled. ``amount`` in base currency, ``price`` the average, > 0 both.

    ``placed_at`` is when the bot's records say the order was made.
    """

    at: datetime
    order_id: str
    pair: str
    order_side: str
    amount: float
    price: float
    leverage: float
    reduces: bool
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What the trades say of a pair.

    The exchange may hold between ``least`` and ``most`` of it: orders that work may have been
    filled since the records were brought up to date.
    """

    side: Side
    least: float
    most: float
    leverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the exchange says of a pair; leverage None where it does not."""

    side: Side
    amount: float
    leverage: float | None = None


def approval_of(state: RiskState, fill: Fill, policy: ReconciliationPolicy) -> ev.OrderSent | None:
    """The approved order behind ``fill``: by its number, or of those whose answer was lost."""
    for awaited in state.awaited:
        if awaited.order_id == fill.order_id:
            return awaited.sent
    for sent in state.unresolved:
        alike = (sent.pair, sent.order_side) == (fill.pair, fill.order_side)
        if alike and fill.amount <= sent.amount * (1 + policy.amount_tolerance):
            return sent
    return None


def check_fill(
    state: RiskState, fill: Fill, policy: ReconciliationPolicy
) -> Iterator[ev.FillChecked | ev.IntentResolved]:
    """Compare one fill with its approval, once: freqtrade may tell of it again.

    Orders from before the first start are let be.
    """
    if fill.order_id in state.checked:
        return
    sent = approval_of(state, fill, policy)
    slippage = None if sent is None else _slippage(sent, fill)
    old = state.began is None or fill.placed_at < state.began or _forgotten(state, fill)
    unknown = sent is None and not old and not fill.reduces
    yield ev.FillChecked(
        at=fill.at,
        order_id=fill.order_id,
        pair=fill.pair,
        reduces=fill.reduces,
        amount=fill.amount,
        price=fill.price,
        leverage=fill.leverage,
        approved_amount=None if sent is None else sent.amount,
        approved_price=None if sent is None else sent.price,
        approved_leverage=None if sent is None else sent.leverage,
        slippage=slippage,
        slipped=slippage is not None and not slippage < policy.slippage_warn,
        findings=_unapproved(fill) if unknown else tuple(_findings(sent, fill, policy)),
    )
    if sent is not None and sent in state.unresolved:
        yield ev.IntentResolved(at=fill.at, intent=sent.intent, how="seen in the bot's trades")


def _forgotten(state: RiskState, fill: Fill) -> bool:
    """The order is older than all that are remembered: a hundred were accepted since."""
    full = len(state.awaited) >= AWAITED
    return full and fill.placed_at <= state.awaited[0].sent.at + CLOCKS


def _unapproved(fill: Fill) -> tuple[str, ...]:
    return (f"order {fill.order_id} enlarged {fill.pair} by {figure(fill.amount)} unapproved",)


def _findings(sent: ev.OrderSent | None, fill: Fill, policy: ReconciliationPolicy) -> Iterator[str]:
    if sent is None or fill.reduces:
        return
    most = 1 + policy.amount_tolerance
    dearer = fill.amount * fill.price > sent.notional * most  # a cost buys more where it is cheap
    if not fill.amount <= sent.amount * most and dearer:
        yield f"filled {figure(fill.amount)} {fill.pair}, approved were {figure(sent.amount)}"
    if not fill.leverage <= sent.leverage * (1 + policy.amount_tolerance):
        yield (
            f"{fill.pair} runs at leverage {figure(fill.leverage)}, "
            f"approved were {figure(sent.leverage)}"
        )


def _slippage(sent: ev.OrderSent, fill: Fill) -> Ratio | None:
    if not sent.price > 0:
        return None
    worse = fill.price - sent.price if fill.order_side == "buy" else sent.price - fill.price
    return Ratio(worse / sent.price)


def surplus(
    records: Mapping[str, Booked], venue: Mapping[str, Held], policy: ReconciliationPolicy
) -> list[str]:
    """What the exchange holds beyond the trades: risk that nobody approved."""
    found = []
    for pair, held in sorted(venue.items()):
        holds = f"the exchange holds {figure(held.amount)} {pair} {held.side.value}"
        known = records.get(pair)
        if known is None or known.side is not held.side:
            found.append(f"{holds}, which no trade of the bot explains")
        elif not held.amount <= known.most * (1 + policy.amount_tolerance) + EPSILON:
            found.append(f"{holds}, the bot's trades explain {figure(known.most)}")
    return found


def shortage(
    records: Mapping[str, Booked], venue: Mapping[str, Held], policy: ReconciliationPolicy
) -> list[str]:
    """What the trades hold beyond the exchange, and positions whose leverage was raised there."""
    found = []
    for pair, known in sorted(records.items()):
        held = venue.get(pair)
        amount = 0.0 if held is None else held.amount
        if amount < known.least * (1 - policy.amount_tolerance) - EPSILON:
            found.append(
                f"the bot's trades hold {figure(known.least)} {pair}, the exchange {figure(amount)}"
            )
        elif held is not None and held.leverage and not held.leverage < known.leverage + 1:
            found.append(
                f"{pair} stands at leverage {figure(held.leverage)} on the exchange, "
                f"at {figure(known.leverage)} in the bot's trades"
            )
    return found


def slip_text(event: ev.FillChecked) -> str:
    """The sentence for a fill that was worse than approved."""
    return (
        f"{event.pair} was filled at {figure(event.price)}, "
        f"{percent(event.slippage or 0.0)} worse than {figure(event.approved_price or 0.0)}"
    )
