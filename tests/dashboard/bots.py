"""A bot without freqtrade: the real service on a real ledger, its loop in a thread or by hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.core.book import Book
from riskplugin.core.levels import Side
from riskplugin.core.snapshot import EntryRequest, Position
from riskplugin.core.units import Quote, Ratio
from riskplugin.service import RiskService

BTC, ETH, SOL = "BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"


@dataclass
class PaperBot:
    """One bot in ``home``; ``loss`` is what its positions have lost of 10,000, ``clock`` how far
    its clock is ahead."""

    home: Path
    name: str = "alpha"
    section: dict[str, Any] = field(default_factory=dict)
    loss: float = 0.0
    held: tuple[str, ...] = (BTC, ETH)
    clock: timedelta = timedelta(0)
    service: RiskService = field(init=False)

    def __post_init__(self) -> None:
        section = {"ledger": {"metrics_interval": "1s"}, **self.section}
        risk = parse(section)
        self.user_data = self.home / "user_data"
        self.user_data.mkdir(parents=True, exist_ok=True)
        self.service = live_service(risk, risk.policy, bot=self.name, user_data=self.user_data)
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self.service.start(datetime.now(UTC), "dry_run")

    def restarted(self, section: dict[str, Any]) -> PaperBot:
        """The same bot begins again, with another section "risk"."""
        self.stop()
        bot = PaperBot(self.home, self.name, section, held=self.held)
        bot.loop()
        return bot

    @property
    def url(self) -> str:
        return f"sqlite:///{self.user_data}/risk.sqlite"

    def book(self) -> Book:
        at = datetime.now(UTC) + self.clock
        each = self.loss / max(len(self.held), 1)
        return Book(
            at=at,
            wallet=Quote(10_000.0 - self.loss),
            result=Quote(-self.loss),
            positions=tuple(_position(pair, -each, n) for n, pair in enumerate(self.held, 1)),
        )

    def loop(self) -> None:
        """What a bot does every second."""
        self.service.tick(self.book())

    def ask(self, pair: str, stake: float, leverage: float = 2.0) -> None:
        """A strategy wants to enter."""
        at = datetime.now(UTC) + self.clock
        request = EntryRequest(
            at=at,
            pair=pair,
            side=Side.LONG,
            stake=Quote(stake),
            price=100.0,
            market_price=100.0,
            leverage=leverage,
            volatility=Ratio(0.02),
            stoploss=Ratio(0.05),
        )
        self.service.decide(request, self.book(), "stake")

    def run(self, every: float = 0.05) -> None:
        """Loop in a thread until :meth:`stop`."""
        self._thread = threading.Thread(target=self._run, args=(every,), name="paper bot")
        self._thread.start()

    def _run(self, every: float) -> None:
        while not self._end.wait(every):
            self.loop()

    def stop(self) -> None:
        """End the loop and release the ledger."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        self.service.close()


def _position(pair: str, unrealised: float, number: int) -> Position:
    price = 100.0
    return Position(
        pair=pair,
        side=Side.LONG,
        amount=8.0,
        entry_price=price,
        mark_price=price,
        stake=Quote(160.0),
        leverage=5.0,
        unrealised=Quote(unrealised),
        trade_id=number,
        opened_at=datetime.now(UTC) - timedelta(hours=2),
        stop_price=95.2,
        liquidation_price=81.5,
    )
