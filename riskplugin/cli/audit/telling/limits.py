"""Sentences about limits that change while a bot runs."""

from __future__ import annotations

import json

from riskplugin.cli.audit.telling.sentences import on
from riskplugin.control.limits.words import shown
from riskplugin.core.events import limits as ev


def _values(settings: tuple[ev.Setting, ...]) -> str:
    return ", ".join(f"{s.key} = {shown(json.loads(s.value))}" for s in settings)


def _who(names: tuple[str, ...]) -> str:
    return f" by {' and '.join(names)}" if names else ""


@on(ev.LimitsFiled)
def _filed(event: ev.LimitsFiled) -> str:
    return f"the file's limits {event.version} count from here on{_who(event.by)} {event.reason}"


@on(ev.LimitsUnacknowledged)
def _looser(event: ev.LimitsUnacknowledged) -> str:
    return (
        f"the file {event.version} is looser than what was acknowledged "
        f"({'; '.join(event.texts)}): the old values hold until a person acknowledges it"
    )


@on(ev.ControlFiled)
def _control(event: ev.ControlFiled) -> str:
    if not event.texts:
        return "how people control the bot, as the file says it"
    looser = f", LOOSER: {', '.join(event.looser)}" if event.looser else ""
    return f"the file changed how people control the bot: {'; '.join(event.texts)}{looser}"


@on(ev.BotJoined)
def _joined(event: ev.BotJoined) -> str:
    return (
        f"runs for the first time under this name, beside {', '.join(event.others)}: its limits "
        "are those of its file"
    )


@on(ev.LimitsProposed)
def _proposed(event: ev.LimitsProposed) -> str:
    where = f" for {event.pair}" if event.pair else ""
    return (
        f"proposal {event.number}{where}{_who(event.by)}: {_values(event.settings)} "
        f"({event.reason}); a second person has to approve until {event.expires:%Y-%m-%d %H:%M} UTC"
    )


@on(ev.LimitsApproved)
def _approved(event: ev.LimitsApproved) -> str:
    return (
        f"proposal {event.number} approved{_who(event.by)} ({event.reason}), in force from "
        f"{event.effective:%Y-%m-%d %H:%M:%S} UTC on"
    )


@on(ev.LimitsDropped)
def _dropped(event: ev.LimitsDropped) -> str:
    return f"proposal {event.number} came to nothing{_who(event.by)}: {event.reason}"


@on(ev.LimitsChanged)
def _changed(event: ev.LimitsChanged) -> str:
    back = f"; as in the file again: {', '.join(event.to_file)}" if event.to_file else ""
    return f"limits changed{_who(event.by)}: {_values(event.settings)}{back} ({event.reason})"


@on(ev.OverrideBegan)
def _began(event: ev.OverrideBegan) -> str:
    length = "its next entry, at most" if event.once else ""
    return (
        f"override {event.number} for {event.pair}{_who(event.by)}: {_values(event.settings)} for "
        f"{length} until {event.until:%Y-%m-%d %H:%M} UTC ({event.reason})"
    ).replace("for  until", "until")


@on(ev.OverrideTrimmed)
def _trimmed(event: ev.OverrideTrimmed) -> str:
    return f"override {event.number} says nothing of {', '.join(event.keys)} any more"


@on(ev.OverrideMoved)
def _moved(event: ev.OverrideMoved) -> str:
    return f"override {event.number} ends {event.until:%Y-%m-%d %H:%M} UTC: the clock was set back"


@on(ev.OverrideEnded)
def _ended(event: ev.OverrideEnded) -> str:
    return f"override {event.number} ended{_who(event.by)}: {event.reason}"
