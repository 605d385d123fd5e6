"""What came of a walk, from those who know: the exchange's order log and accounts when live, the
bot's trades and simulated orders in dry-run. Never asks the plugin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from freqtrade.persistence import Order, Trade

from tests.adapter.bots import Bot
from tests.matrix import wishes

#: What a sale leaves behind on spot is worth less than this.
DUST = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An order that opens or enlarges, as it arrived."""

    number: str
    symbol: str
    leverage: float
    notional: float


@dataclass(frozen=True, slots=True)
class View:
    """The account after a walk: notional and margin by symbol, working entries included."""

    equity: float
    entries: tuple[Entry, ...]
    notional: dict[str, float]
    margin: dict[str, float]
    working: frozenset[str]


class _Sums:
    """Adds up what is held, at the higher of an order's price and the market's."""

    def __init__(self, prices: dict[str, float]) -> None:
        self.prices = prices
        self.notional: dict[str, float] = defaultdict(float)
        self.margin: dict[str, float] = defaultdict(float)
        self.working: set[str] = set()

    def held(self, symbol: str, amount: float, leverage: float) -> None:
        self._add(symbol, abs(amount) * self.prices[symbol], leverage)

    def works(self, symbol: str, amount: float, price: float, leverage: float) -> None:
        if amount > 0:
            self._add(symbol, amount * max(price, self.prices[symbol]), leverage)
            self.working.add(symbol)

    def _add(self, symbol: str, notional: float, leverage: float) -> None:
        self.notional[symbol] += notional
        self.margin[symbol] += notional / leverage

    def view(self, equity: float, entries: Iterator[Entry]) -> View:
        real = {symbol for symbol, notional in self.notional.items() if notional > DUST}
        return View(
            equity,
            tuple(entries),
            {s: n for s, n in self.notional.items() if s in real},
            {s: m for s, m in self.margin.items() if s in real},
            frozenset(self.working),
        )


def symbol_of(pair: str) -> str:
    """The exchange's name of a pair."""
    return pair.partition(":")[0].replace("/", "")


def arrived(bot: Bot) -> frozenset[str]:
    """The numbers of all orders up to now: what a walk begins after."""
    if bot.freqtrade.config["dry_run"]:
        booked = {str(o.order_id) for o in Trade.session.query(Order).all()}
        return frozenset(booked | set(bot.freqtrade.exchange._dry_run_open_orders))
    return frozenset(str(line["id"]) for line in bot.orders())


def look(bot: Bot, before: frozenset[str]) -> View:
    """The account now, and the entries that arrived since ``before``."""
    prices = {symbol: float(p["last"]) for symbol, p in bot.control.state()["prices"].items()}
    sums = _Sums(prices)
    if bot.freqtrade.config["dry_run"]:
        return _simulated(bot, before, sums)
    account = bot.control.accounts()[bot.key]
    futures = bot.freqtrade.trading_mode.value == "futures"
    if futures:
        for symbol, p in account["futures"]["positions"].items():
            sums.held(symbol, float(p["quantity"]), float(p["leverage"]))
    else:
        for asset, balance in account["spot"]["balances"].items():
            if asset != "USDT":
                owned = float(balance["free"]) + float(balance["locked"])
                sums.held(f"{asset}USDT", owned, 1.0)
    entries = [line for line in bot.orders() if _enters(line)]
    for line in entries:
        if line["status"] in ("NEW", "PARTIALLY_FILLED"):
            rest = float(line["quantity"]) - float(line["filled"])
            sums.works(line["symbol"], rest, float(line["price"]), _leverage(line))
    equity = float(account["futures" if futures else "spot"]["equity"])
    return sums.view(equity, (_line(e, prices) for e in entries if str(e["id"]) not in before))


def _enters(line: dict[str, Any]) -> bool:
    """On futures, what does not reduce enters; a sale on spot is an exit."""
    enters = line["side"] == "BUY" or line["market"] == "futures"
    return enters and not line["reduce_only"] and line["status"] != "REJECTED"


def _leverage(line: dict[str, Any]) -> float:
    return float(line["leverage"] or 1.0)


def _line(line: dict[str, Any], prices: dict[str, float]) -> Entry:
    symbol = line["symbol"]
    notional = float(line["quantity"]) * max(float(line["price"]), prices[symbol])
    return Entry(str(line["id"]), symbol, _leverage(line), notional)


def _simulated(bot: Bot, before: frozenset[str], sums: _Sums) -> View:
    """Dry-run: trades, and simulated orders that no trade knows."""
    assert not bot.orders(), "a dry-run bot has sent an order to the exchange"
    Trade.session.expire_all()
    by_number = {str(o.order_id): o for o in Trade.session.query(Order).all()}
    for trade in bot.trades:
        symbol = symbol_of(trade.pair)
        sums.held(symbol, trade.amount, trade.leverage)
        for order in trade.open_orders:
            if order.ft_order_side == trade.entry_side:
                rest = order.safe_remaining
                sums.works(symbol, rest, order.safe_price, trade.leverage)
    entries = []
    for number, order in bot.freqtrade.exchange._dry_run_open_orders.items():
        booked = by_number.get(number)
        side = "buy" if booked is None else booked.trade.entry_side
        if order["side"] != side or number in before:
            continue
        symbol, amount = symbol_of(order["symbol"]), float(order["amount"])
        leverage = wishes.LEVERAGE if booked is None else booked.trade.leverage
        entries.append(Entry(number, symbol, leverage, amount * sums.prices[symbol]))
        if booked is None and order["status"] != "canceled":
            sums.held(symbol, amount, leverage)
    equity = bot.freqtrade.config["dry_run_wallet"]
    return sums.view(equity, iter(entries))
