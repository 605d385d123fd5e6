"""Types of the keys of the group "alerts": names of channels, addresses, levels, quiet hours.

Each is judged as a whole, so that what is wrong in a list or a table is one problem with its key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from riskplugin.config.durations import PATTERN
from riskplugin.config.fields import CLOCK_PATTERN, OFF_WORDS, VARIABLE_PATTERN, Wait

NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"
#: Channels that are there without an address.
BUILT_IN = ("bot", "log")
_ADDRESS = r"^[A-Za-z][A-Za-z0-9+._-]*://\S+$"


class AlertLevel(BaseModel):
    """One level of the escalation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    channels: tuple[str, ...] = ()
    after: Wait = timedelta(0)


def _names(value: object, *, none: bool = False) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise ValueError("not a list of names")  # noqa: TRY004  # pydantic collects ValueError
    if not value and not none:
        raise ValueError("no name")
    if not all(isinstance(name, str) and re.match(NAME, name, re.ASCII) for name in value):
        raise ValueError("not a list of names")
    return tuple(dict.fromkeys(value))


def _addresses(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError("not a table of channels")  # noqa: TRY004
    for name, address in value.items():
        named = isinstance(name, str) and re.match(NAME, name, re.ASCII) and name not in BUILT_IN
        pattern = f"{VARIABLE_PATTERN}|{_ADDRESS}"
        if not (named and isinstance(address, str) and re.match(pattern, address, re.ASCII)):
            raise ValueError("not a table of channels")
    return dict(value)


def _levels(value: object) -> list[AlertLevel]:
    if not value or not isinstance(value, list | tuple):
        raise ValueError("not a list of levels")
    read: list[AlertLevel] = []
    for each in value:
        level = each if isinstance(each, AlertLevel) else _level(each)
        if read and level.after <= read[-1].after:
            raise ValueError("each level comes later than the one before")
        read.append(level)
    if read and read[0].after:
        raise ValueError("the first level is told at once")
    return read


def _level(value: object) -> AlertLevel:
    if not isinstance(value, Mapping) or not str(value.get("name") or "").strip():
        raise ValueError("a level needs a name")
    level = {**value, "channels": _names(value.get("channels", ()), none=True)}
    try:
        return AlertLevel.model_validate(level)
    except ValidationError as error:  # its own place in the list would not be found again
        raise ValueError("not a level") from error


def _quiet(value: object) -> dict[str, str] | None:
    if value is None or (isinstance(value, str) and value.lower() in OFF_WORDS):
        return None
    times = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
    good = set(times) == {"from", "to"} and all(
        isinstance(time, str) and re.match(CLOCK_PATTERN, time, re.ASCII) for time in times.values()
    )
    if not good or times["from"] == times["to"]:
        raise ValueError("not a span of the day")
    return {"from": times["from"], "to": times["to"]}


_NAMED: dict[str, Any] = {"type": "string", "pattern": NAME}
_NAME_LIST: dict[str, Any] = {"type": "array", "items": _NAMED}
_LEVEL_SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "channels": _NAME_LIST,
        "after": {"type": "string", "pattern": PATTERN},
    },
}
_CLOCK: dict[str, Any] = {"type": "string", "pattern": CLOCK_PATTERN}
_SPAN: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to"],
    "properties": {"from": _CLOCK, "to": _CLOCK},
}

ChannelNames = Annotated[tuple[str, ...], BeforeValidator(_names), WithJsonSchema(_NAME_LIST)]
ChannelAddresses = Annotated[
    dict[str, str],
    BeforeValidator(_addresses),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
AlertLevels = Annotated[
    tuple[AlertLevel, ...],
    BeforeValidator(_levels),
    WithJsonSchema({"type": "array", "items": _LEVEL_SHAPE}),
]
QuietSpan = Annotated[
    dict[str, str] | None,
    BeforeValidator(_quiet),
    WithJsonSchema({"anyOf": [_SPAN, {"type": "null"}]}),
]

DEFAULT_LEVELS: tuple[dict[str, Any], ...] = (
    {"name": "risk manager", "channels": [], "after": "0s"},
    {"name": "senior trader", "channels": [], "after": "5m"},
    {"name": "CTO", "channels": [], "after": "15m"},
)


def channel_names(default: tuple[str, ...], about: str) -> Any:
    """A list of channels."""
    must = "a list of names of channels, one at least"
    return Field(
        default, description=about, examples=[list(default)], json_schema_extra={"must": must}
    )


def channel_addresses(about: str) -> Any:
    """The table of channels with their addresses, which are secrets."""
    must = 'a table of names (not bot, not log) with "env:NAME" or an address such as tgram://…'
    return Field(
        default={},
        description=about,
        examples=[{"duty": "env:RISK_DUTY_URL"}],
        json_schema_extra={"must": must, "secret": True},
    )


def alert_levels(about: str) -> Any:
    """The list of levels, each later than the one before."""
    must = 'a list of levels, the first with "after": "0s", each later than the one before'
    example = [{"name": "risk manager", "after": "0s"}, {"name": "CTO", "after": "15m"}]
    return Field(
        default=DEFAULT_LEVELS,
        validate_default=True,
        description=about,
        examples=[example],
        json_schema_extra={"must": must},
    )


def quiet_span(about: str) -> Any:
    """A part of the day."""
    must = 'null, or {"from": "HH:MM", "to": "HH:MM"} with two different times'
    return Field(
        default=None,
        description=about,
        examples=[{"from": "22:00", "to": "07:00"}],
        json_schema_extra={"must": must},
    )
