"""Sentences about alerts."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import because, on
from riskplugin.cli.audit.words import plainly
from riskplugin.core import events as ev


def _on_channels(channels: tuple[str, ...]) -> str:
    names = ", ".join(plainly(name) for name in channels)
    return f" (to {names})" if names else " (told to nobody)"


@on(ev.AlertRaised)
def _alert(event: ev.AlertRaised) -> str:
    what = f"{event.severity} alert {event.alert} {plainly(event.name)}: {plainly(event.said)}"
    return what + _on_channels(event.channels)


@on(ev.AlertRepeated)
def _alert_again(event: ev.AlertRepeated) -> str:
    how = "is said again" if event.reminder else "came again"
    return f"alert {event.alert} {how}: {plainly(event.said)}{_on_channels(event.channels)}"


@on(ev.AlertEscalated)
def _alert_climbed(event: ev.AlertEscalated) -> str:
    what = f"alert {event.alert} climbed to level {event.level}, {plainly(event.who)}"
    return what + _on_channels(event.channels)


@on(ev.AlertAcknowledged)
def _alert_taken(event: ev.AlertAcknowledged) -> str:
    numbers = ", ".join(str(number) for number in event.alerts)
    return f"alert {numbers} was acknowledged by {plainly(event.by)}{because(event.reason)}"


@on(ev.AlertResolved)
def _alert_over(event: ev.AlertResolved) -> str:
    return f"alert {event.alert} is over: {plainly(event.said)}{_on_channels(event.channels)}"


@on(ev.AlertSent)
def _alert_sent(event: ev.AlertSent) -> str:
    numbers = ", ".join(str(number) for number in event.messages)
    return f"{plainly(event.channel)} took message {numbers}"


@on(ev.AlertFailed)
def _alert_failed(event: ev.AlertFailed) -> str:
    return f"{plainly(event.channel)} takes no messages: {plainly(event.error)}"


@on(ev.AlertDropped)
def _alert_dropped(event: ev.AlertDropped) -> str:
    many = f"{len(event.messages)} messages for {plainly(event.channel)} were given up"
    return f"{many}: {plainly(event.why)}"


@on(ev.PeopleFollowed)
def _people_followed(event: ev.PeopleFollowed) -> str:
    return f"changes of who people are were told, up to record {event.height} of the chain people"
