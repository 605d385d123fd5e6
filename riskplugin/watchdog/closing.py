"""What has to be cancelled and closed when the bot is gone. Pure, and it can only ever reduce.

Futures: the positions in the bot's pairs, as the exchange holds them, by orders that only reduce.
Spot: what the bot listed, less what was sold already, and never more than is free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from riskplugin.core.levels import Side
from riskplugin.core.units import is_number
from riskplugin.watchdog.sight import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """An order at the exchange that may still fill."""

    pair: str
    id: str
    reduces: bool
    trigger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A position at the exchange (futures); ``amount`` in the exchange's own unit."""

    pair: str
    side: Side
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A market order that makes something smaller: ``side`` is buy or sell."""

    pair: str
    side: str
    amount: float
    reduce_only: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """What the bot held as far as its ledger says, and where entries were under way."""

    listed: tuple[Listed, ...]
    expected: tuple[tuple[str, Side], ...] = ()

    @property
    def pairs(self) -> tuple[str, ...]:
        """Every pair that is looked at; no other is touched."""
        named = (*(each.pair for each in self.listed), *(pair for pair, _ in self.expected))
        return tuple(dict.fromkeys(named))


def to_cancel(aim: Aim, working: Iterable[Working], *, futures: bool) -> list[Working]:
    """Entries in the bot's pairs. On spot its sales, too: they bind what has to be sold."""
    pairs = frozenset(aim.pairs)
    return [o for o in working if o.pair in pairs and not (futures and o.reduces)]


def to_close(aim: Aim, held: Iterable[Held]) -> list[Close]:
    """Futures: all that is held on the bot's side of its pairs."""
    ours = {(each.pair, each.side) for each in aim.listed} | set(aim.expected)
    return [
        Close(
            pair=each.pair,
            side="sell" if each.side is Side.LONG else "buy",
            amount=each.amount,
            reduce_only=True,
        )
        for each in held
        if (each.pair, each.side) in ours and is_number(each.amount) and each.amount > 0
    ]


def left_to_sell(aim: Aim, sold: Mapping[str, float]) -> dict[str, float]:
    """Spot: what the bot listed in each pair, less what was sold for this silence."""
    listed: defaultdict[str, float] = defaultdict(float)
    for each in aim.listed:
        if each.side is Side.LONG and is_number(each.amount):
            listed[each.pair] += max(each.amount, 0.0)
    rest = {pair: amount - max(sold.get(pair, 0.0), 0.0) for pair, amount in listed.items()}
    return {pair: amount for pair, amount in rest.items() if amount > 0}


def to_sell(aim: Aim, free: Mapping[str, float], sold: Mapping[str, float]) -> list[Close]:
    """Spot: what is left to sell, and never more than is ``free`` of the coin."""
    rest = {coin: amount for coin, amount in free.items() if is_number(amount) and amount > 0}
    found: list[Close] = []
    for pair, wanted in left_to_sell(aim, sold).items():
        coin = coin_of(pair)
        amount = min(wanted, rest.get(coin, 0.0))
        if amount > 0:
            rest[coin] -= amount
            found.append(Close(pair=pair, side="sell", amount=amount, reduce_only=False))
    return found


def coin_of(pair: str) -> str:
    """What is bought and sold in ``pair``.

    >>> coin_of("BTC/USDT:USDT")
    'BTC'
    """
    return pair.partition("/")[0]
