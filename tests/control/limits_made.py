"""A bot whose limits people change: one service over one ledger, with restarts and other files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.config import parse
from riskplugin.control.limits import RunningLimits
from riskplugin.control.limits.force import Limits
from riskplugin.control.person import normalised
from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Decision
from riskplugin.ports import Ledger
from riskplugin.service import RiskService
from tests.orders import entry_sent
from tests.service.world import Remembering

START = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
PEOPLE = frozenset({"ann", "bob"})
PAIR, OTHER = "BTC/USDT:USDT", "ETH/USDT:USDT"
#: Room above the file for what two people may do.
ROOM: dict[str, Any] = {
    "control": {
        "hard_limits": {
            "breaker": {"drawdown": {"trip_pct": 25}, "exposure": {"warn_pct": 48}},
            "sizing": {"base_pct": {"minimal": 4}},
            "positions": {"max": 8},
        }
    }
}


class Bot:
    """One bot's life. ``section`` is the file, ``slots`` the bot's own max_open_trades."""

    def __init__(
        self,
        section: Mapping[str, Any] = ROOM,
        *,
        slots: int | None = 5,
        ledger: Ledger | None = None,
        people: Collection[str] = PEOPLE,
        markets: Collection[str] = (),
    ) -> None:
        self.now = START
        self.ledger = Remembering() if ledger is None else ledger
        self.people = {name: START - timedelta(days=9) for name in people}
        self.markets = markets
        self.orders = 0
        self.heard: list[ev.Event] = []
        self.start(section, slots=slots)

    def start(self, section: Mapping[str, Any], *, slots: int | None = 5) -> None:
        """The process begins, with this file."""
        self.section, self.slots = section, slots
        config = parse(section)
        most = config.policy.max_positions
        policy = replace(config.policy, max_positions=slots if most is None else most)
        self.running = RunningLimits(
            config,
            slots=slots if most is None else None,
            registered=self._registered,
            markets=lambda: self.markets,
        )
        self.service = RiskService(
            policy=policy,
            ledger=self.ledger,
            bot="b",
            version=config.version,
            live=True,
            limits=config.limits,
            running=self.running,
            futures=True,
        )
        self.service.subscribers.append(self._hear)
        self.service.start(self.now, "live")
        self.tick()

    def _registered(self, name: str, since: datetime) -> bool:
        known = self.people.get(normalised(name))
        return known is not None and known <= since

    def _hear(self, event: ev.Event) -> None:
        self.heard.append(event)

    def restart(self, section: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Killed, and begun anew from its ledger."""
        self.start(self.section if section is None else section, **more)

    def book(self) -> Book:
        """Ten thousand, nothing held."""
        return Book(at=self.now, wallet=Quote(10_000.0), result=Quote(0.0))

    def tick(self, passed: timedelta = timedelta(0)) -> None:
        """One loop, later."""
        self.now += passed
        self.service.tick(self.book())

    def order(self, command: str, by: str, **args: Any) -> str:
        """A person's command; answers what came of it."""
        return self.service.command(
            command, by=by, reason="because", book=self.book(), args=json.dumps(args)
        )

    def propose(self, by: str, changes: Mapping[str, Any], **more: Any) -> str:
        """Propose."""
        return self.order("propose", by, changes=dict(changes), **more)

    def request(self, pair: str = PAIR, stake: float = 1_000.0, **more: Any) -> EntryRequest:
        """An entry in a calm market."""
        return EntryRequest(
            at=self.now,
            pair=pair,
            side=Side.LONG,
            stake=Quote(stake),
            price=100.0,
            market_price=100.0,
            volatility=Ratio(0.0),
            **more,
        )

    def decide(self, pair: str = PAIR, **more: Any) -> Decision:
        """The answer to an entry."""
        return self.service.decide(self.request(pair, **more), self.book(), "stake")

    def send(self, pair: str = PAIR) -> None:
        """An entry leaves, and fails for certain."""
        self.orders += 1
        intent = str(self.orders)
        sent = entry_sent(
            at=self.now,
            intent=intent,
            pair=pair,
            kind=EntryKind.OPEN,
            price=1.0,
            notional=Quote(1.0),
        )
        self.service.order_sent(sent)
        self.service.order_ended(ev.IntentResolved(at=self.now, intent=intent, how="ruled out"))

    def limits(self, pair: str = "") -> Limits:
        """What holds, for a pair or for all."""
        return self.running.holding(self.state.runtime).of(pair)

    def value(self, key: str, pair: str = "") -> Any:
        """The value of a key that holds."""
        return self.limits(pair).flat[key]

    @property
    def state(self) -> RiskState:
        """The events, folded."""
        return self.service.state

    @property
    def events(self) -> list[ev.Event]:
        """What is on record."""
        assert isinstance(self.ledger, Remembering)
        return self.ledger.events
