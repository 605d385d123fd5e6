"""Runs a hostile strategy in a real bot, and judges it by what the exchange knows."""

from __future__ import annotations

import copy
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import freqtrade.freqtradebot
from freqtrade.exchange import Exchange, binance
from freqtrade.persistence import LocalTrade, PairLocks, Trade, trade_model
from freqtrade.rpc.rpc import RPC
from freqtrade.strategy import IStrategy
from freqtrade.wallets import Wallets

from riskplugin import RiskMixin
from riskplugin.adapter import guards, hooks, registry, sealing, session
from riskplugin.adapter.guards import venue
from riskplugin.cli.guard import strategies_in, write_guarded
from riskplugin.sandbox import Sandbox
from tests.adapter.bots import Bot, running
from tests.hostile.attacks import FOLDER

EQUITY = 10_000.0
SLOTS = 2
#: Spot fees are paid in coins: what is left of a trade may be less than can be sold.
DUST = 5.0
#: What the default limits allow: 2 % margin each, 20x, 45 % in sum; with a price step's room.
MOST_MARGIN, MOST_LEVERAGE, MOST_EXPOSED = 0.02 * EQUITY * 1.01, 20, 0.45 * EQUITY * 1.01
#: Faults do not open the breaker, so that attacks do not end with their first blow.
SECTION: dict[str, Any] = {
    "breaker": {"system": {"max_consecutive_errors": 100_000}},
    "modes": {"losing_streak": "observe", "daily_loss": "observe"},
}
_CODE = (
    *(IStrategy, RiskMixin, Wallets, Exchange, binance.Binance, Trade, LocalTrade, PairLocks, RPC),
    *(freqtrade.freqtradebot.FreqtradeBot, session.RiskSession, guards.OrderGuard),
    *(guards.StakeGuard, registry, sealing, session, hooks, guards, trade_model),
    *(venue.VenueGuard, venue.RequestGuard, venue.LeverageGuard, venue.DryRunGuard),
    *(freqtrade.freqtradebot, time, logging, logging.Logger, logging.root),
)


def guarded(folder: Path) -> Path:
    """A copy of the strategies, each with its guarded class as ``riskplugin guard`` writes it."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for found in strategies_in(folder):
        if not (found.name.startswith("_") or "RiskMixin" in found.bases):
            write_guarded(found, force=True)
    return folder


@contextmanager
def unharmed() -> Iterator[None]:
    """Whatever a strategy does to classes, modules and the interpreter ends with its test."""
    before = [(owner, dict(vars(owner))) for owner in _CODE]
    kept = copy.copy(hooks.GUARDS), dict(os.environ), sys.getrecursionlimit()
    filters = {logger: list(logger.filters) for logger in _loggers()}
    try:
        yield
    finally:
        sys.setrecursionlimit(kept[2])
        for logger in _loggers():
            logger.filters[:] = filters.get(logger, [])
        os.environ.clear()
        os.environ.update(kept[1])
        for owner, held in before:
            _restore(owner, held)
        hooks.GUARDS.clear()
        hooks.GUARDS.update(kept[0])
        logging.setLogRecordFactory(logging.LogRecord)
        logging.disable(logging.NOTSET)


def _loggers() -> list[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]


def _restore(owner: Any, held: dict[str, Any]) -> None:
    for name in [name for name in vars(owner) if name not in held]:
        delattr(owner, name)
    for name, value in held.items():
        if vars(owner).get(name) is not value:
            setattr(owner, name, value)


class Arena:
    """One account with one small position, and the bots that run on it, one after the other."""

    def __init__(self, sandbox: Sandbox, strategies: Path, folder: Path, market: str) -> None:
        self.sandbox, self.strategies, self.folder = sandbox, strategies, folder
        self.futures = market == "futures"
        self.control = sandbox.control  # made once: a TLS context takes longer than a loop
        self.key = f"arena-{folder.name}-{market}"

    @contextmanager
    def bot(self, strategy: str, **changes: Any) -> Iterator[Bot]:
        """A bot on the account."""
        settings = {
            "futures": self.futures,
            "section": copy.deepcopy(SECTION),
            "max_open_trades": SLOTS,
            "strategy_path": str(self.strategies),
            **changes,
        }
        with running(self.sandbox, self.folder, strategy, key=self.key, **settings) as bot:
            yield bot

    def position(self) -> None:
        """Let a tame strategy open the position that a hostile one then finds."""
        with self.bot("TameGuarded") as bot:
            bot.loop()
            assert self.held(), "the tame strategy had to enter"

    def held(self) -> dict[str, float]:
        """Positions at the exchange, by symbol, in stake currency at the market's price."""
        account = self.control.accounts()[self.key]
        if self.futures:
            return {
                symbol: abs(float(position["notional"]))
                for symbol, position in account["futures"]["positions"].items()
                if float(position["quantity"])
            }
        prices = self.control.state()["prices"]
        values = {
            asset: float(balance["free"]) + float(balance["locked"])
            for asset, balance in account["spot"]["balances"].items()
            if asset != "USDT"
        }
        held = {asset: amount * _last(prices, asset) for asset, amount in values.items()}
        return {asset: value for asset, value in held.items() if value > DUST}

    def working(self) -> list[dict[str, Any]]:
        """Orders that still work at the exchange."""
        orders = self.control.orders(self.key)
        return [o for o in orders if o["status"] in ("NEW", "PARTIALLY_FILLED")]

    def entries(self) -> int:
        """How many orders have opened or enlarged anything so far."""
        orders = self.control.orders(self.key)
        opening = (
            (lambda o: not o["reduce_only"]) if self.futures else (lambda o: o["side"] == "BUY")
        )
        return sum(opening(order) and float(order["filled"]) > 0 for order in orders)

    def assert_within_limits(self) -> None:
        """Positions and working entries, as the exchange knows them, against the limits."""
        held = self.held()
        assert len(held) <= SLOTS, held
        assert sum(held.values()) <= MOST_EXPOSED, held
        working = [o for o in self.working() if not o["reduce_only"] and not o["algo"]]
        if not self.futures:
            assert all(value <= MOST_MARGIN for value in held.values()), held
            working = [o for o in working if o["side"] == "BUY"]
        else:
            positions = self.control.accounts()[self.key]["futures"]["positions"]
            for symbol in held:
                leverage = positions[symbol]["leverage"]
                assert leverage <= MOST_LEVERAGE, positions[symbol]
                assert held[symbol] / leverage <= MOST_MARGIN, positions[symbol]
        waiting = sum(float(o["quantity"]) * float(o["price"] or 0) for o in working)
        assert sum(held.values()) + waiting <= MOST_EXPOSED, (held, working)


def _last(prices: dict[str, Any], asset: str) -> float:
    price = next(p for name, p in prices.items() if name.startswith(asset))
    return float(price["last"] if isinstance(price, dict) else price)
