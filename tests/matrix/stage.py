"""A real bot at the paper exchange, set up for one walk after another."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import ccxt
from freqtrade.enums import SignalDirection, State
from freqtrade.exceptions import FreqtradeException, TemporaryError
from freqtrade.persistence import PairLocks, Trade
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter.registry import session_of
from riskplugin.config import parse
from riskplugin.core.breaker import BreakerState
from riskplugin.core.events import Event
from riskplugin.core.gate import Gate
from riskplugin.sandbox import Sandbox, ccxt_config
from tests.adapter.bots import Bot, running
from tests.matrix import wishes
from tests.matrix.table import Market, Mode
from tests.matrix.witness import View, arrived, look

STRATEGIES = Path(__file__).parent / "user_strategies"
_NUMBERS = count(1)


class Stage:
    """One market in one mode. ``fresh`` begins a bot with a new account."""

    def __init__(self, sandbox: Sandbox, folder: Path, market: Market, mode: Mode) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.market, self.mode = market, mode
        self.section: Mapping[str, Any] = {}
        self.bot: Bot
        self.spoiled = True
        self._stack = ExitStack()
        self._strategy = ""

    # --- the bot -------------------------------------------------------------------------------

    def fresh(self, strategy: str, section: Mapping[str, Any]) -> None:
        """Begin with a bot that has traded nothing."""
        self.key = f"walk{next(_NUMBERS)}"
        self._home = self.folder / self.key
        self._home.mkdir()
        self._strategy = strategy
        self.restart(section)
        self.loop()
        self.spoiled = False

    def restart(self, section: Mapping[str, Any] | None = None) -> None:
        """End the bot, begin it anew on the same records and the same account."""
        self.end()
        self.section = self.section if section is None else section
        bot = running(
            self.sandbox,
            self._home,
            self._strategy,
            futures=self.futures,
            dry_run=self.mode == "dry-run",
            key=self.key,
            section=dict(self.section),
            strategy_path=str(STRATEGIES),
        )
        self.bot = self._stack.enter_context(bot)

    def end(self) -> None:
        """End the bot, if one runs."""
        self._stack.close()

    @property
    def futures(self) -> bool:
        return self.market == "futures"

    @property
    def strategy(self) -> Any:
        return self.bot.strategy

    @property
    def answers(self) -> dict[str, Any]:
        answers: dict[str, Any] = self.strategy.answers
        return answers

    @property
    def exchange(self) -> Any:
        return self.bot.freqtrade.exchange

    @property
    def much(self) -> float:
        """A stake beyond every limit."""
        return wishes.MUCH[self.market]

    @property
    def leverage(self) -> float:
        return wishes.LEVERAGE if self.futures else 1.0

    def pair(self, base: str = "BTC") -> str:
        """The pair's name in this market."""
        return f"{base}/USDT:USDT" if self.futures else f"{base}/USDT"

    def price(self, base: str = "BTC") -> float:
        """The market's price."""
        return float(self.bot.control.state()["prices"][f"{base}USDT"]["last"])

    # --- what happens --------------------------------------------------------------------------

    def loop(self) -> None:
        """One turn of freqtrade's worker, which takes these errors and goes on."""
        with suppress(TemporaryError):
            if self.bot.freqtrade.state == State.STOPPED:
                self.bot.freqtrade.process_stopped()
            else:
                self.bot.freqtrade.process()

    def force_entry(self, base: str = "BTC", **how: Any) -> bool:
        """/forceenter; False when it was refused."""
        price = how.pop("price", None)
        try:
            self.bot.freqtrade.rpc._rpc._rpc_force_entry(self.pair(base), price, **how)
        except (FreqtradeException, RPCException) as refusal:
            logging.getLogger(__name__).info("refused: %s", refusal)
            return False
        return True

    def signal(self, base: str = "BTC") -> None:
        """The strategy wants in, with much."""
        self.answers.update({"enter": [self.pair(base)], "stake": self.much})

    def hold(self, base: str, stake: float = wishes.LITTLE, *, short: bool = False) -> Any:
        """A small position, or with limit orders a working entry; answers the trade."""
        side = SignalDirection.SHORT if short else SignalDirection.LONG
        if short and "price" in self.answers:
            self.answers["price"] = 2 - self.answers["price"]
        self.answers["stake"] = stake
        entered = self.force_entry(base, stake_amount=stake, order_side=side)
        assert entered, f"{base} could not be entered"
        del self.answers["stake"]
        self.answers.pop("price", None)
        return self.trade(base)

    def trade(self, base: str = "BTC") -> Any:
        """The open trade on a pair."""
        [trade] = [t for t in self.bot.trades if t.pair == self.pair(base)]
        return trade

    def orders_are(self, kind: str) -> None:
        """Entries by "market" or by "limit"; the latter stay 1 % below the market."""
        self.strategy.order_types["entry"] = kind
        if kind == "limit":
            self.answers["price"] = 0.99

    def listen(self, heard: list[Event]) -> None:
        """Note what riskplugin tells from now on, for alerts; limits are judged elsewhere."""

        def hear(event: Event) -> None:
            heard.append(event)

        session = session_of(self.strategy)
        if session is not None:
            session.service.subscribers.append(hear)

    def view(self, before: frozenset[str]) -> View:
        """What the exchange, or the simulation of it, says."""
        return look(self.bot, before)

    def arrived(self) -> frozenset[str]:
        """All orders up to now."""
        return arrived(self.bot)

    def stranger(self) -> Any:
        """Another program with the same keys."""
        config = ccxt_config(self.sandbox.port, tls=self.sandbox.settings.tls)
        keys = {"apiKey": self.key, "secret": self.key}
        kind = ccxt.binanceusdm if self.futures else ccxt.binance
        api = kind({**config, **keys})
        api.load_markets()
        return api

    # --- limits --------------------------------------------------------------------------------

    def tighten(self, section: Mapping[str, Any]) -> None:
        """Other limits from now on, and a look at the account under them."""
        self.section = section
        session = session_of(self.strategy)
        if session is None:
            return
        policy = parse(dict(section)).policy
        session.service.limits.policy = policy
        session.service.limits.gate = Gate(policy)
        session.tick(datetime.now(UTC), self.strategy)

    @property
    def halted(self) -> bool:
        """The breaker is not closed, or an emergency is on: only a new bot is free of that."""
        session = session_of(self.strategy)
        if session is None:
            return False
        state = session.service.state
        return state.breaker is not BreakerState.CLOSED or state.emergency

    def trips(self) -> None:
        """The trigger that the limits now have has opened the breaker."""
        if session_of(self.strategy) is not None:
            state = self.bot.session.service.state
            assert state.breaker is BreakerState.OPEN, f"the breaker is {state.breaker}"

    def order(self, command: str) -> None:
        """A person's command."""
        session = session_of(self.strategy)
        if session is None:
            return
        at = datetime.now(UTC)
        outcome = session.service.command(command, by="a test", reason="", book=session.look(at))
        assert outcome == "done", outcome
        session.tick(at, self.strategy)

    # --- between two walks ---------------------------------------------------------------------

    def clean(self, strategy: str, wide: Mapping[str, Any]) -> None:
        """A flat book under wide limits; a new bot where the old one cannot be cleaned."""
        if self.spoiled or strategy != self._strategy or not self._cleaned():
            self.fresh(strategy, wide)
        self.orders_are("market")
        self.tighten(wide)

    def _cleaned(self) -> bool:
        self.answers.clear()
        self.bot.freqtrade.state = State.RUNNING
        with suppress(RPCException):  # an order that still works; the next bot has none
            for trade in self.bot.trades:
                self.bot.freqtrade.rpc._rpc._rpc_force_exit(str(trade.id), "market")
        self.unlock()
        return not self.bot.trades

    def unlock(self) -> None:
        """Take all pair locks away: freqtrade locks a pair after an exit."""
        for lock in PairLocks.get_all_locks():
            lock.active = False
            lock.lock_end_time = datetime.now(UTC) - timedelta(minutes=1)
        Trade.commit()


@contextmanager
def stage(sandbox: Sandbox, folder: Path, market: Market, mode: Mode) -> Iterator[Stage]:
    """A stage whose last bot ends with it."""
    built = Stage(sandbox, folder, market, mode)
    try:
        yield built
    finally:
        built.end()
