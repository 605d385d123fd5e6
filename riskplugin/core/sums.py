"""What the entries of a book add up to, checked and added. Knows no equity and no limit."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from riskplugin.core.units import Quote, Ratio, is_number

if TYPE_CHECKING:
    from riskplugin.core.snapshot import Entry, Position, WorkingEntry


class Holding(NamedTuple):
    """What one pair binds already: positions and working entries together.

    A named tuple, as one is made for every entry of a book.
    """

    stake: Quote = Quote(0.0)
    notional: Quote = Quote(0.0)


NO_HOLDING = Holding()


class Sums(NamedTuple):
    """What ``positions`` and ``working`` add up to; the rest as in
    :class:`~riskplugin.core.snapshot.AccountSnapshot`.
    """

    positions: tuple[Position, ...]
    working: tuple[WorkingEntry, ...]
    exposure: float
    open_count: int
    max_leverage: float
    liquidation_room: Ratio | None
    holdings: Mapping[str, Holding]


#: A flat book.
NOTHING = Sums((), (), 0, 0, 0.0, None, MappingProxyType({}))


def sums_of(positions: tuple[Position, ...], working: tuple[WorkingEntry, ...]) -> Sums:
    """The sums of these entries.

    Raises ValueError for a figure that is not finite, or negative where it cannot be: a NaN would
    compare False with every limit.
    """
    if not (positions or working):
        return NOTHING
    held: dict[str, Holding] = {}
    room = _smallest_room(positions)
    entries: tuple[Entry, ...] = (*positions, *working)
    for entry in entries:
        pair, stake, notional, leverage = entry.pair, entry.stake, entry.notional, entry.leverage
        if not (0 <= stake < inf and 0 < leverage < inf and notional >= 0):
            raise ValueError(f"{pair}: stake, leverage or notional is no usable number")
        old = held.get(pair, NO_HOLDING)
        held[pair] = Holding(old.stake + stake, old.notional + notional)  # type: ignore[arg-type]
    exposure = sum([holding.notional for holding in held.values()])
    if not is_number(exposure):
        raise ValueError("a position or working entry has a notional that is not finite")
    highest = max([entry.leverage for entry in entries])
    return Sums(positions, working, exposure, len(held), highest, room, held)


def _smallest_room(positions: tuple[Position, ...]) -> Ratio | None:
    smallest: Ratio | None = None
    for position in positions:
        liquidation = position.liquidation_price
        known = liquidation is None or is_number(liquidation)
        if not (known and is_number(position.entry_price)):
            raise ValueError(f"{position.pair}: entry or liquidation price is no usable number")
        room = None if liquidation is None else position.liquidation_room
        if room is not None and (smallest is None or room < smallest):
            smallest = room
    return smallest
