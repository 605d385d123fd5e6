"""What is known of the alerts: open ones, what channels are owed. :mod:`folds` turns its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.alerts.entries import Omitted, OpenAlert, Owed


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """Everything about alerts that must survive a restart.

    ``silent`` names the channels that failed last. ``day`` is when the trading day began, and
    ``ended`` the beginning of one that is over and whose digest is not told yet. ``people`` is how
    far the records of who people are have been told, by their place in their chain.
    """

    alerts: tuple[OpenAlert, ...] = ()
    owed: tuple[Owed, ...] = ()
    last_alert: int = 0
    last_message: int = 0
    omitted: tuple[Omitted, ...] = ()
    silent: tuple[str, ...] = ()
    day: datetime | None = None
    ended: datetime | None = None
    people: int = 0

    @property
    def open(self) -> tuple[OpenAlert, ...]:
        """What is not over, as it was raised."""
        return tuple(alert for alert in self.alerts if not alert.over)

    def alert(self, number: int) -> OpenAlert | None:
        """The alert of this number, if it is still known."""
        return next((a for a in self.alerts if a.number == number), None)

    def known(self, key: str) -> OpenAlert | None:
        """The open alert with ``key``; else the latest that is over and still remembered."""
        same = [alert for alert in self.alerts if alert.key == key]
        return next((a for a in same if not a.over), same[-1] if same else None)

    def owing(self, number: int) -> tuple[str, ...]:
        """The channels that are owed something about an alert."""
        return tuple(dict.fromkeys(o.channel for o in self.owed if o.alert == number))

    def left_out(self, channel: str) -> int:
        """How many messages a channel will never be sent, because too many waited for it."""
        return sum(omitted.count for omitted in self.omitted if omitted.channel == channel)
