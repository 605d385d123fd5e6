"""A real bot on the bench: driven as freqtrade's worker drives it, and audited against the
exchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from freqtrade.exceptions import FreqtradeException, TemporaryError
from freqtrade.rpc.rpc import RPCException

from riskplugin.core.breaker import BreakerState
from riskplugin.core.events import Event
from riskplugin.ledger import open_reader
from riskplugin.sandbox import Sandbox, freqtrade_exchange_config
from tests.adapter.bots import BTC, ETH, PAIRS, Bot, listen, running
from tests.faults.audit import Findings, audit

#: How long a request may take, in milliseconds: a time-out need not cost a test ten seconds.
TIMEOUT_MS = 400
_KEYS = count(1)
#: Machinery faults must not trip the breaker where a test is about something else.
FORGIVING = {"breaker": {"system": {"max_consecutive_errors": 1000}}}


class Bench:
    """A bot, what its service told, and the questions that every fault test asks."""

    def __init__(self, bot: Bot, folder: Path) -> None:
        self.bot, self.folder = bot, folder
        configured = bot.freqtrade.config["risk"].get("ledger", {}).get("url")
        self.url: str = configured or f"sqlite:///{self.ledger}"
        self.heard: list[Event] = listen(bot)

    @property
    def state(self) -> Any:
        return self.bot.session.service.state

    def loop(self, times: int = 1) -> None:
        """As the worker: a TemporaryError is tried again in the next loop; all others end the
        bot, or leave it stopped with its positions.
        """
        for _ in range(times):
            try:
                self.bot.loop()
            except TemporaryError:
                continue

    def tries_to_enter(self, pair: str = ETH, stake: float = 100) -> bool:
        """Whether an entry got through; that freqtrade is refused is one way to fail."""
        try:
            return self.bot.enter(pair, stake)
        except (FreqtradeException, RPCException):
            return False

    def order(self, command: str) -> str:
        session = self.bot.session
        book = session.look(session.now())
        return session.service.command(command, by="tester", reason="test", book=book)

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "user_data" / "risk.sqlite"

    def audit(self, *, ahead: timedelta = timedelta(0)) -> Findings:
        """The ledger against the exchange; ``ahead`` is how far this machine's clock ever was."""
        bot = self.bot
        return audit(self.url, bot.key, bot.orders(), bot.positions(), ahead=ahead)

    def status(self) -> dict[str, Any]:
        """What the bot last wrote for other processes to read."""
        reader = open_reader(self.url, base_dir=self.folder)
        try:
            return reader.status(self.bot.key) or {}
        finally:
            reader.close()

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.heard if isinstance(event, kind)]

    def ends_flat(self, loops: int = 12) -> None:
        """Everything is closed and verified so within some loops."""
        for _ in range(loops):
            self.loop()
            if not self.state.flattening:
                break
        assert not self.bot.positions()
        assert not self.bot.trades
        assert not self.state.flattening

    def forget_candles(self) -> None:
        """Let the next loop fetch candles again, as at the next minute."""
        self.bot.freqtrade.exchange._pairs_last_refresh_time.clear()

    def a_minute_later(self) -> None:
        """The first thing of a loop, a minute from now."""
        later = self.bot.session.now() + timedelta(minutes=1)
        self.bot.strategy.bot_loop_start(current_time=later)

    def comes_back(self, *, ahead: timedelta = timedelta(0)) -> None:
        """A person re-arms, and the bot enters again within its limits."""
        if self.state.distrust is not None:
            self.a_minute_later()
        if self.state.breaker in (BreakerState.LATCHED, BreakerState.OPEN):
            assert self.order("rearm") == "done"
        if self.state.emergency:
            assert self.order("emergency-off") == "done"
        self.loop(2)
        assert self.tries_to_enter(BTC, 30)
        assert not self.audit(ahead=ahead)


@contextmanager
def bench(
    sandbox: Sandbox, folder: Path, strategy: str, *, timeout_ms: int = TIMEOUT_MS, **how: Any
) -> Iterator[Bench]:
    """A bot that has started and has not looped yet."""
    key = how.pop("key", None) or f"faults{next(_KEYS)}"
    futures = how.get("futures", True)
    section = freqtrade_exchange_config(
        sandbox.port,
        trading_mode="futures" if futures else "spot",
        tls=sandbox.settings.tls,
        pairs=PAIRS,
        key=key,
        secret=key,
        name=key,
    )["exchange"]
    section["ccxt_config"]["timeout"] = timeout_ms
    section.update(how.pop("exchange", {}))
    with running(sandbox, folder, strategy, key=key, exchange=section, **how) as bot:
        yield Bench(bot, folder)
