"""A bot that is only a ledger, and a watchdog whose clocks the test holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskplugin.alerts.sink import Letter
from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.process import this_process
from riskplugin.redaction import NOBODYS
from riskplugin.watchdog.dog import Watchdog
from riskplugin.watchdog.plan import WatchPlan

BEGAN = datetime(2026, 11, 23, 3, tzinfo=UTC)
#: A process of this machine that is gone for certain.
GONE = {**this_process(), "pid": 2**22 + 1}
POSITIONS = [{"pair": "BTC/USDT", "side": "long", "amount": 0.5}]


@dataclass
class World:
    """One bot's ledger, two clocks, and what people were told."""

    folder: Path
    wall: datetime = BEGAN
    clock: float = 1000.0
    letters: list[Letter] = field(default_factory=list)
    state: RiskState = field(default_factory=RiskState)

    def __post_init__(self) -> None:
        self.ledger = open_ledger(self.url, bot="bot", base_dir=self.folder)
        self.ledger.load()
        self.record(ev.SessionStarted(at=self.wall, bot="bot", run_mode="live", policy_version="v"))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/risk.sqlite"

    def record(self, *events: ev.Event) -> None:
        """The bot writes down what happened."""
        for event in events:
            self.state.observe(event)
        self.ledger.append(events, self.state)

    def loop(self, positions: list[dict[str, Any]] | None = None) -> None:
        """The bot says how it is."""
        told = POSITIONS if positions is None else positions
        status = {"bot": "bot", "at": self.wall.isoformat(), "positions": told, "process": GONE}
        self.ledger.say(status, self.wall)

    def names(self) -> list[str]:
        """What people were told, in order."""
        return [letter.message.name for letter in self.letters]


@dataclass
class Kennel:
    """A watchdog and its world; ``pass_`` lets time pass in rounds of five seconds."""

    world: World
    dog: Watchdog

    def pass_(self, seconds: float, *, alive: bool = False) -> None:
        """Rounds for so long; an ``alive`` bot speaks before each."""
        for _ in range(int(seconds // 5)):
            self.world.clock += 5
            self.world.wall += timedelta(seconds=5)
            if alive:
                self.world.loop()
            self.dog.round()
        self.dog._records.desk.drain(5)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A bot that has begun, and spoke."""
    made = World(tmp_path)
    made.loop()
    yield made
    made.ledger.close()


Start = Callable[..., Kennel]


@pytest.fixture
def start(world: World) -> Iterator[Start]:
    """Starts a watchdog on the world."""
    dogs: list[Watchdog] = []

    def begin(**settings: Any) -> Kennel:
        dog = Watchdog(
            plan(world, **settings),
            {"log": world.letters.append},
            clock=lambda: world.clock,
            now=lambda: world.wall,
        )
        dogs.append(dog)
        dog.round()
        return Kennel(world, dog)

    yield begin
    for dog in dogs:
        dog.close()


def plan(world: World, **settings: Any) -> WatchPlan:
    """How the bot of ``world`` is watched."""
    risk = parse(
        {
            "ledger": {"url": world.url},
            "watchdog": {"min_free_mb": 0, **settings},
            "alerts": {"routes": dict.fromkeys(("info", "warning", "critical"), ("log",))},
        }
    )
    made = WatchPlan(
        bot="bot",
        risk=risk,
        config={"dry_run": False, "exchange": {"name": "binance"}},
        user_data=world.folder,
        redactor=NOBODYS,
        interval=timedelta(seconds=5),
    )
    return replace(made, environ={})
