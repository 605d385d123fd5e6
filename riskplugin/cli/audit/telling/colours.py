"""The colour in which an event is shown."""

from __future__ import annotations

from riskplugin.core import events as ev
from riskplugin.core.verdict import Cap, Deny


def style(event: ev.Event) -> str:
    """The colour that an event is shown in: refusals red, caps yellow; "" for none."""
    if isinstance(event, ev.EntryDecided):
        match getattr(event.decision, "binding", None):
            case Deny():
                return "red"
            case Cap():
                return "yellow"
        return "green"
    if isinstance(event, ev.FillChecked):
        return "red" if event.findings else ""
    return _STYLES.get(type(event), "")


_STYLES: dict[type[ev.Event], str] = {
    ev.BreakerTripped: "bold red",
    ev.BreakerEscalated: "bold red",
    ev.BreakerLatched: "bold red",
    ev.EmergencyEntered: "bold red",
    ev.FlattenOrdered: "bold red",
    ev.MismatchFound: "red",
    ev.OrderFailed: "red",
    ev.FaultRecorded: "red",
    ev.RecordsLost: "bold red",
    ev.WatchActed: "bold red",
    ev.EquityDistrusted: "red",
    ev.WarningRaised: "yellow",
    ev.BreakerHalfOpened: "yellow",
    ev.ClockSetBack: "yellow",
    ev.SignInLocked: "yellow",
    ev.AlertEscalated: "bold red",
    ev.AlertFailed: "red",
    ev.AlertDropped: "red",
    ev.AlertAcknowledged: "green",
    ev.AlertResolved: "green",
    ev.StateRebuilt: "yellow",
    ev.BreakerReclosed: "green",
    ev.FlattenVerified: "green",
    ev.EquityTrusted: "green",
}
