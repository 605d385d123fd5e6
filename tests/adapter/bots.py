"""A real FreqtradeBot in this process, trading at a sandbox in a thread; driven loop by loop."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from freqtrade.enums import CandleType, MarginMode, RunMode, State, TradingMode
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade
from freqtrade.persistence.usedb_context import enable_database_use

from riskplugin.adapter.guards.venue import DoorGuard
from riskplugin.adapter.registry import session_for, session_of
from riskplugin.adapter.session import RiskSession
from riskplugin.core.events import Event
from riskplugin.sandbox import Sandbox, freqtrade_exchange_config

STRATEGIES = Path(__file__).parent / "user_strategies"
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
BTC, ETH, SOL = (f"{pair}:USDT" for pair in PAIRS)
_KEYS = count(1)


class Bot:
    """A running bot, its session, and its account at the exchange."""

    def __init__(self, freqtrade: FreqtradeBot, sandbox: Sandbox, key: str) -> None:
        self.freqtrade, self.key = freqtrade, key
        self._session = session_of(freqtrade.strategy) or session_for(freqtrade.config)
        self.control = sandbox.control

    @property
    def strategy(self) -> Any:
        return self.freqtrade.strategy

    @property
    def session(self) -> RiskSession:
        assert self._session is not None
        return self._session

    @property
    def trades(self) -> list[Any]:
        return list(Trade.get_open_trades())

    def loop(self, times: int = 1) -> None:
        """Let the bot do what it does every second."""
        for _ in range(times):
            self.freqtrade.process()

    def enter(self, pair: str = BTC, stake: float = 1_000, **how: Any) -> bool:
        """Enter as a signal does; ``how`` as execute_entry takes it."""
        with self.freqtrade._exit_lock:
            return bool(self.freqtrade.execute_entry(pair, stake, **how))

    def flatten(self) -> None:
        """Sell everything, whatever the strategy says."""
        answers, self.strategy.answers = self.strategy.answers, {}
        for trade in self.trades:
            self.freqtrade.rpc._rpc._rpc_force_exit(str(trade.id), "market")
        self.strategy.answers = answers
        assert not self.trades

    def orders(self, *, after: int = 0) -> list[dict[str, Any]]:
        """What reached the exchange."""
        return self.control.orders(self.key, after=after)

    def last_order(self) -> int:
        return max((order["id"] for order in self.orders()), default=0)

    def positions(self) -> dict[str, Any]:
        """What the exchange holds for us."""
        held: dict[str, Any] = self.control.accounts()[self.key]["futures"]["positions"]
        return {symbol: p for symbol, p in held.items() if float(p["quantity"])}

    def assert_within_limits(self, *, equity: float = 10_000) -> None:
        """The default limits, held against what the exchange knows: 2 % margin, 20x, 45 %."""
        positions = self.positions()
        for position in positions.values():
            margin = float(position["notional"]) / float(position["leverage"])
            assert abs(margin) <= equity * 0.02 * 1.01, position
            assert position["leverage"] <= 20, position
        exposed = sum(abs(float(p["notional"])) for p in positions.values())
        assert exposed <= equity * 0.45 * 1.01


def somebody_else(bot: Bot) -> Any:
    """Another client with the bot's keys: a person's own script, which no guard can see."""
    client = copy.copy(bot.freqtrade.exchange._api)
    for name, value in list(vars(client).items()):
        if isinstance(value, DoorGuard):
            delattr(client, name)
    return client


def listen(bot: Bot) -> list[Event]:
    """What the bot's service tells from now on."""
    heard: list[Event] = []

    def hear(event: Event) -> None:
        heard.append(event)

    bot.session.service.subscribers.append(hear)
    return heard


@contextmanager
def running(
    sandbox: Sandbox,
    folder: Path,
    strategy: str = "Puppet",
    *,
    futures: bool = True,
    dry_run: bool = False,
    key: str | None = None,
    section: dict[str, Any] | None = None,
    **changes: Any,
) -> Iterator[Bot]:
    """A bot that has started and has not looped yet. The same ``folder`` and ``key``: a restart."""
    for host in (
        "freqtrade",
        "urllib3",
        "ccxt",
    ):  # what the host's code is warned of is its business
        warnings.filterwarnings("ignore", module=rf"{host}\.")
    key = key or f"bot{next(_KEYS)}"
    config = _config(sandbox, folder, key, futures=futures, dry_run=dry_run)
    config |= {"strategy": strategy, "risk": section or {}, **changes}
    enable_database_use()  # a backtest in this process switches it off for ever
    levels = {name: logging.getLogger(name).level for name in ("freqtrade", "")}
    freqtrade = FreqtradeBot(config)
    try:
        bot = Bot(freqtrade, sandbox, key)
        freqtrade.state = State.RUNNING
        freqtrade.startup()
        yield bot
    finally:
        session = session_of(freqtrade.strategy)
        freqtrade.cleanup()
        if session is not None:
            session.service.close()
        Trade.session.remove()
        Trade.session.get_bind().dispose()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _config(
    sandbox: Sandbox, folder: Path, key: str, *, futures: bool, dry_run: bool
) -> dict[str, Any]:
    mode = TradingMode.FUTURES if futures else TradingMode.SPOT
    config: dict[str, Any] = freqtrade_exchange_config(
        sandbox.port,
        trading_mode=mode.value,
        tls=sandbox.settings.tls,
        pairs=PAIRS,
        key=key,
        secret=key,
        name=key,
    )
    user_data = folder / "user_data"
    user_data.mkdir(exist_ok=True)
    return config | {
        "bot_name": key,
        "trading_mode": mode,
        "margin_mode": MarginMode.ISOLATED if futures else MarginMode.NONE,
        "candle_type_def": CandleType.FUTURES if futures else CandleType.SPOT,
        "runmode": RunMode.DRY_RUN if dry_run else RunMode.LIVE,
        "dry_run": dry_run,
        "dry_run_wallet": 10_000,
        "stake_amount": "unlimited",
        "tradable_balance_ratio": 0.99,
        "max_open_trades": 3,
        "force_entry_enable": True,
        "timeframe": "1m",
        "db_url": f"sqlite:///{folder}/trades.sqlite",
        "user_data_dir": user_data,
        "datadir": user_data / "data",
        "strategy_path": str(STRATEGIES),
    }
