"""What an account looked like at each fill, reckoned from orders and candles alone.

Asks nothing of the plugin. Prices are the closes of finished candles, as a trader would see them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tests.backtest.runs import WALLET
from tests.shapes.candles import BASES


@dataclass(frozen=True)
class Entry:
    """A filled order that opened or enlarged a position, and the account right after it."""

    at: pd.Timestamp
    pair: str
    leverage: float
    increase: bool
    margin: float
    """Of the whole pair, the new order at the higher of its price and the market's."""
    exposure: float
    positions: int
    equity: float


@dataclass
class _Holding:
    """One trade on its way through its orders."""

    pair: str
    sign: int
    leverage: float
    amount: float = 0.0
    cost: float = 0.0
    earned: float = 0.0
    fees: float = 0.0

    def fill(self, amount: float, price: float, fee: float, *, entry: bool) -> None:
        self.fees += amount * price * fee
        if entry:
            self.amount += amount
            self.cost += amount * price
            return
        average = self.cost / self.amount
        self.earned += amount * (price - average) * self.sign
        self.amount, self.cost = self.amount - amount, self.cost - amount * average
        if self.amount < 1e-9:
            self.amount = self.cost = 0.0

    def result(self, mark: float, fee: float) -> float:
        open_result = self.sign * (self.amount * mark - self.cost) - self.amount * mark * fee
        return self.earned - self.fees + open_result


@dataclass
class Account:
    """An account that follows the fills of a backtest's trades."""

    prices: pd.DataFrame
    """Closes, indexed by the moment they were final."""
    fee: float
    held: dict[int, _Holding] = field(default_factory=dict)
    banked: float = 0.0
    """Results of trades that are over."""

    def marks(self, at: pd.Timestamp) -> dict[Any, float]:
        """The last closes that were known at ``at``."""
        known = self.prices.index.searchsorted(at, side="right") - 1
        return dict(zip(self.prices.columns, self.prices.to_numpy()[known], strict=True))

    def equity(self, at: pd.Timestamp) -> float:
        marks = self.marks(at)
        open_results = sum(h.result(marks[h.pair], self.fee) for h in self.held.values())
        return WALLET + self.banked + open_results

    def settle(self, trade: int) -> None:
        """Take a trade that is over out of the way."""
        holding = self.held[trade]
        if not holding.amount:
            self.banked += self.held.pop(trade).result(0.0, self.fee)


@dataclass(frozen=True)
class _Fill:
    at: pd.Timestamp
    trade: int
    order: Any


def entries(trades: pd.DataFrame, prices: pd.DataFrame) -> list[Entry]:
    """Every entry in order of time."""
    account = Account(prices, _fee(trades))
    return list(_walk(trades, account))


def equity_curve(trades: pd.DataFrame, prices: pd.DataFrame) -> pd.Series:
    """Equity at every moment of ``prices``, before what happens in the candle that begins then."""
    account = Account(prices, _fee(trades))
    fills, values = _fills(trades), []
    done = 0
    for at in prices.index:
        while done < len(fills) and fills[done].at < at:
            _apply(account, trades, fills[done])
            done += 1
        values.append(account.equity(at))
    return pd.Series(values, index=prices.index)


def _fee(trades: pd.DataFrame) -> float:
    return float(trades["fee_open"].max()) if len(trades) else 0.0


def _fills(trades: pd.DataFrame) -> list[_Fill]:
    """In order of time; within a candle as a backtest goes through its pairs.

    Exits of older positions come first. Then each trade in turn, the eldest first: what it buys in
    this candle, and what it sells of that in the same one.
    """
    found: list[tuple[tuple[Any, ...], _Fill]] = []
    for number, trade in enumerate(trades.itertuples()):
        row: Any = trade
        turn = (row.open_timestamp, BASES.index(row.pair.partition("/")[0]))
        bought: pd.Timestamp | None = None
        for order in row.orders:
            at = pd.Timestamp(order["order_filled_timestamp"], unit="ms", tz="UTC")
            bought = at if order["ft_is_entry"] else bought
            found.append(((at, at == bought, *turn), _Fill(at, number, order)))
    return [fill for _, fill in sorted(found, key=lambda row: row[0])]


def _walk(trades: pd.DataFrame, account: Account) -> Iterator[Entry]:
    for fill in _fills(trades):
        increase = fill.trade in account.held
        equity = account.equity(fill.at)
        holding = _apply(account, trades, fill)
        if fill.order["ft_is_entry"]:
            yield _entry(account, holding, fill, equity, increase=increase)


def _apply(account: Account, trades: pd.DataFrame, fill: _Fill) -> _Holding:
    holding = account.held.get(fill.trade)
    if holding is None:
        trade = trades.iloc[fill.trade]
        sign = -1 if trade["is_short"] else 1
        holding = _Holding(trade["pair"], sign, float(trade["leverage"]))
        account.held[fill.trade] = holding
    order = fill.order
    amount, price = float(order["amount"]), float(order["safe_price"])
    holding.fill(amount, price, account.fee, entry=order["ft_is_entry"])
    account.settle(fill.trade)
    return holding


def _entry(
    account: Account, holding: _Holding, fill: _Fill, equity: float, *, increase: bool
) -> Entry:
    amount, price = float(fill.order["amount"]), float(fill.order["safe_price"])
    marks, held = account.marks(fill.at), account.held.values()
    mark = marks[holding.pair]
    margin = sum(h.cost / h.leverage for h in held if h.pair == holding.pair)
    exposure = sum(h.amount * marks[h.pair] for h in held)
    return Entry(
        at=fill.at,
        pair=holding.pair,
        leverage=holding.leverage,
        increase=increase,
        margin=margin + amount * max(mark - price, 0.0) / holding.leverage,
        exposure=exposure + amount * max(price - mark, 0.0),
        positions=len({h.pair for h in held}),
        equity=equity,
    )
