"""A keeper and channels for tests of alerts: what is recorded survives, channels die and hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from riskplugin.alerts.sink import Letter
from riskplugin.core import events as ev
from riskplugin.core.alerts.folds import FOLDS
from riskplugin.core.alerts.plan import AlertPlan, Level
from riskplugin.core.alerts.rules import react
from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.levels import OnTrip, Severity
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import Severity as Step
from riskplugin.core.triggers import Trigger
from riskplugin.core.units import Quote

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLAN = AlertPlan(
    routes={
        Severity.INFO: ("a",),
        Severity.WARNING: ("a",),
        Severity.CRITICAL: ("a", "b"),
    },
    levels=(
        Level(name="risk manager"),
        Level(name="senior trader", channels=("b",), after=timedelta(minutes=5)),
        Level(name="CTO", channels=("c",), after=timedelta(minutes=15)),
    ),
)


class Kept:
    """Events, and the state that they fold to: what a ledger keeps."""

    def __init__(self, plan: AlertPlan = PLAN) -> None:
        self.plan = plan
        self.events: list[ev.Event] = []
        self.state = RiskState()

    def record(self, events: Iterable[ev.Event]) -> None:
        """Fold, with the alerts that follow, as the recorder does; of the state only the alerts."""
        for event in tuple(events):
            self._keep(event)
            for alert in react(self.state.alerts, event, self.plan):
                self._keep(alert)

    def _keep(self, event: ev.Event) -> None:
        self.events.append(event)
        fold = FOLDS.get(type(event))
        if fold is not None:
            self.state.alerts = fold(self.state.alerts, event)

    def again(self) -> Kept:
        """What a restart finds: the state made anew from the events."""
        kept = Kept(self.plan)
        for event in self.events:
            kept._keep(event)
        return kept


class Mailbox:
    """A channel: takes letters, fails while ``dead``, hangs while ``hangs``."""

    def __init__(self) -> None:
        self.dead = False
        self.go_on = threading.Event()
        self.go_on.set()
        self.taken: list[Letter] = []
        self.tries = 0

    def __call__(self, letter: Letter) -> None:
        self.tries += 1
        self.go_on.wait(30)
        if self.dead:
            raise ConnectionError("nobody listens")
        self.taken.append(letter)

    @property
    def texts(self) -> list[str]:
        return [letter.text for letter in self.taken]


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for ``condition``; fails when it never comes true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "never"
        time.sleep(0.002)


def trip(at: datetime = AT) -> ev.BreakerTripped:
    trigger = Trigger(
        "drawdown", Step.TRIP, 0.152, 0.15, "drawdown 15.2 % has reached 15 %", observed=False
    )
    return ev.BreakerTripped(
        at=at,
        signal=BreakerSignal.TRIP,
        triggers=(trigger,),
        cooldown=timedelta(hours=1),
        until=at + timedelta(hours=1),
        on_trip=OnTrip.HALT,
        equity=Quote(8_480.0),
        stopped="new entries",
        not_stopped="exits",
    )


def warning(name: str = "drawdown", at: datetime = AT) -> ev.WarningRaised:
    trigger = Trigger(name, Step.WARNING, 0.1, 0.1, f"{name} 10 % has reached 10 %", observed=False)
    return ev.WarningRaised(at=at, trigger=trigger)
