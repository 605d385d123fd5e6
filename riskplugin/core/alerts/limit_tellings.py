"""What changes of limits mean for people, as :mod:`tellings`: nobody loosens one unheard (AU-6)."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.core.alerts.tellings import INFO, WARNING, Raise, Resolve, Telling, tells
from riskplugin.core.events import limits as lim


@tells(lim.LimitsProposed)
def _proposed(event: lim.LimitsProposed) -> Iterator[Telling]:
    if event.loosens:
        said = (
            f"proposal {event.number} of {_people(event.by)} wants LOOSER limits"
            f"{_where(event.pair)}: {_settings(event.settings)} ({event.reason}). "
            f"A second person has to approve until {event.expires:%Y-%m-%d %H:%M} UTC"
        )
        key = f"limits_proposed {event.number}"
        yield Raise(name="limits_proposed", key=key, severity=WARNING, said=said, lasting=True)


@tells(lim.LimitsApproved)
def _approved(event: lim.LimitsApproved) -> Iterator[Telling]:
    said = f"approved by {_people(event.by)}, in force from {event.effective:%H:%M:%S} UTC"
    yield Resolve(keys=(f"limits_proposed {event.number}",), said=said)


@tells(lim.LimitsDropped)
def _dropped(event: lim.LimitsDropped) -> Iterator[Telling]:
    yield Resolve(keys=(f"limits_proposed {event.number}",), said=f"dropped: {event.reason}")


@tells(lim.LimitsChanged)
def _changed(event: lim.LimitsChanged) -> Iterator[Telling]:
    """What was proposed and approved is looser; a tighter limit needs no second person."""
    loosened = event.proposal is not None
    what = _settings(event.settings) or f"back to the file: {', '.join(event.to_file)}"
    how = "LOOSENED" if loosened else "tightened"
    said = f"limits {how} by {_people(event.by)}: {what} ({event.reason})"
    name, severity = ("limits_loosened", WARNING) if loosened else ("limits_tightened", INFO)
    yield Raise(name=name, severity=severity, said=said, fresh=True)


@tells(lim.OverrideBegan)
def _override(event: lim.OverrideBegan) -> Iterator[Telling]:
    end = "for one entry, at most " if event.once else ""
    said = (
        f"OVERRIDE{_where(event.pair)} by {_people(event.by)} {end}until "
        f"{event.until:%Y-%m-%d %H:%M} UTC: {_settings(event.settings)} ({event.reason})"
    )
    key = f"override {event.number}"
    yield Raise(name="override", key=key, severity=WARNING, said=said, lasting=True)


@tells(lim.OverrideEnded)
def _override_over(event: lim.OverrideEnded) -> Iterator[Telling]:
    by = f" by {_people(event.by)}" if event.by else ""
    said = f"the override ended{by}: {event.reason}"
    yield Resolve(keys=(f"override {event.number}",), said=said)


@tells(lim.LimitsUnacknowledged)
def _unacknowledged(event: lim.LimitsUnacknowledged) -> Iterator[Telling]:
    said = (
        f"the file LOOSENS limits, the old ones hold until a person acknowledges it: "
        f"{'; '.join(event.texts)}"
    )
    name = "limits_unacknowledged"
    yield Raise(name=name, severity=WARNING, said=said, lasting=True, fresh=True)


@tells(lim.LimitsFiled)
def _filed(event: lim.LimitsFiled) -> Iterator[Telling]:
    by = f" as {_people(event.by)} acknowledged" if event.by else ""
    said = f"the limits of the file hold{by}"
    yield Resolve(keys=("limits_unacknowledged",), said=said)


@tells(lim.ControlFiled)
def _control(event: lim.ControlFiled) -> Iterator[Telling]:
    if event.looser:
        looser = [text for text in event.texts if text.split(" ")[0] in event.looser]
        said = f"the file LOOSENS how people control the bot: {'; '.join(looser)}"
        yield Raise(name="control_loosened", severity=WARNING, said=said, fresh=True)


@tells(lim.BotJoined)
def _joined(event: lim.BotJoined) -> Iterator[Telling]:
    said = (
        f"a NEW BOT NAME runs beside {', '.join(event.others)}: its limits are those of its file, "
        "which nobody acknowledged, and its breaker begins closed"
    )
    yield Raise(name="bot_joined", severity=WARNING, said=said, fresh=True)


def _people(by: tuple[str, ...]) -> str:
    return " and ".join(by) or "nobody"


def _where(pair: str) -> str:
    return f" on {pair}" if pair else ""


def _settings(settings: tuple[lim.Setting, ...]) -> str:
    return ", ".join(f"{each.key} = {each.value}" for each in settings)
