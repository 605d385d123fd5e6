"""Types of the keys: numbers that are numbers, durations with a unit, zones that exist.

freqtrade's environment overrides arrive as int, float, bool, str or list, converted by freqtrade
from text. A number written in the environment is therefore a number here, and a numeric *string* is
a mistake in a file. Only null cannot be written there, so the words "null" and "off" stand for it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from riskplugin.config.durations import PATTERN, format_duration, parse_duration
from riskplugin.core.units import is_number

OFF_WORDS = frozenset({"null", "none", "off"})
CLOCK_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d$"
VARIABLE_PATTERN = r"^env:[A-Za-z_][A-Za-z0-9_]*$"
LEDGER_PATTERN = r"^(sqlite|postgresql)(\+\w+)?://"


def _number(value: object) -> float:
    if not is_number(value):
        raise ValueError("not a finite number")
    return float(value)  # type: ignore[arg-type]  # is_number has seen to it


def _whole(value: object) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError("not a whole number")
    return int(number)


def _off(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.lower() in OFF_WORDS)


def _number_or_off(value: object) -> float | None:
    return None if _off(value) else _number(value)


def _whole_or_off(value: object) -> int | None:
    return None if _off(value) else _whole(value)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")  # noqa: TRY004 -- pydantic collects ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text")
    return value


def _file_name(value: object) -> str:
    """A name that everybody reads alike: no blanks at its ends, no control character, no home."""
    name = _text(value)
    if name != name.strip() or not name.isprintable() or name.startswith("~"):
        raise ValueError("not the name of a file")
    return name


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return parse_duration(format_duration(value))
    return parse_duration(_text(value))


def _wait(value: object) -> timedelta:
    """A length of time that may be none at all."""
    if value == timedelta(0) or value in ("0s", "0m", "0h", "0d"):
        return timedelta(0)
    return _duration(value)


def _variable_or_off(value: object) -> str | None:
    if _off(value):
        return None
    text = _text(value)
    if not re.fullmatch(VARIABLE_PATTERN, text, re.ASCII):
        raise ValueError("not the name of an environment variable, written env:NAME")
    return text


def _place_or_off(value: object) -> str | None:
    if _off(value):
        return None
    text = _text(value)
    if "://" in text and not re.match(r"https?://[^/\s]+", text):
        raise ValueError("neither a path nor an address of http(s)")
    return text


def _zone(value: object) -> str:
    name = _text(value)
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("not a known time zone") from error
    return name


def _matching(pattern: str) -> Any:
    def check(value: object) -> str:
        text = _text(value)
        if not re.search(pattern, text, re.ASCII):
            raise ValueError(f"does not match {pattern}")
        return text

    return check


Number = Annotated[float, BeforeValidator(_number)]
NumberOrOff = Annotated[float | None, BeforeValidator(_number_or_off)]
Whole = Annotated[int, BeforeValidator(_whole)]
WholeOrOff = Annotated[int | None, BeforeValidator(_whole_or_off)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
FileName = Annotated[str, BeforeValidator(_file_name), Field(min_length=1)]
VariableOrOff = Annotated[str | None, BeforeValidator(_variable_or_off)]
PlaceOrOff = Annotated[str | None, BeforeValidator(_place_or_off)]
Zone = Annotated[str, BeforeValidator(_zone)]
Clock = Annotated[str, BeforeValidator(_matching(CLOCK_PATTERN)), Field(pattern=CLOCK_PATTERN)]
LedgerUrl = Annotated[
    str, BeforeValidator(_matching(LEDGER_PATTERN)), Field(pattern=LEDGER_PATTERN)
]
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["90s", "2m", "1h30m"]}),
]


Wait = Annotated[
    timedelta,
    BeforeValidator(_wait),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["0s", "30m", "24h"]}),
]


def key(
    default: Any,
    about: str,
    unit: str = "",
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
    example: Any = None,
    validate_default: bool = False,
) -> Any:
    """A key of the section: its default, meaning, unit and range (``above``/``below`` exclusive).

    ``example`` is what a message proposes where the default (null) proposes nothing;
    ``validate_default`` lets a duration's default be written as people write it.
    """
    return Field(
        default,
        description=about,
        gt=above,
        ge=at_least,
        le=at_most,
        lt=below,
        examples=None if example is None else [example],
        json_schema_extra={"unit": unit} if unit else None,
        validate_default=validate_default,
    )


def percent(default: float | None, about: str, of: str, **bounds: Any) -> Any:
    """A percentage ``of`` something: above 0 and at most 100 unless ``bounds`` say otherwise."""
    if not bounds.keys() & {"above", "at_least"}:
        bounds["above"] = 0
    if not bounds.keys() & {"below", "at_most"}:
        bounds["at_most"] = 100
    return key(default, about, f"percent of {of}", **bounds)
