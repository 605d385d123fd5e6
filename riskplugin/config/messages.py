"""From pydantic's findings to problems that people can mend: key, figure, range, remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches
from typing import get_args, get_origin
from zoneinfo import available_timezones

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from riskplugin.config.errors import Problem
from riskplugin.config.schema import Section
from riskplugin.core.units import is_number

ROOT = "risk"
_BOUNDS = (("gt", "above"), ("ge", "at least"), ("lt", "below"), ("le", "at most"))
_NOT_KEYS = {
    "risk.enabled": "there is no switch: a strategy without RiskMixin runs unguarded, and modes "
    'lets single rules only observe, e.g. "modes": {"stop": "observe"}',
}


def problem_of(error: ErrorDetails, was: object) -> Problem:
    """The problem that one of pydantic's errors stands for; ``was`` is the value as written."""
    parts = tuple(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown_key(parts, was)
    path = dotted(parts)
    field = field_at(parts)
    if field is None or _group(field):
        group = f"must be a group of keys {{…}}: {_list(_siblings((*parts, '')))}"
        return Problem(path, shown(was), group, "write e.g. {}", (path,))
    told = '"***"' if _names_a_secret(field) else mask(shown(was))
    return Problem(path, told, allowed(field, was), _mend(field, was), (path,))


def _names_a_secret(field: FieldInfo) -> bool:
    """Whoever writes the secret itself where its variable belongs must not read it in a log."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and (
        extra.get("unit") == "env:NAME" or extra.get("secret") is True
    )


def dotted(parts: Iterable[str]) -> str:
    """The path as people write it, from the root of the configuration."""
    return ".".join((ROOT, *parts))


def shown(value: object) -> str:
    """``value`` as it stands in a configuration, cut to 60 characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def mask(text: str) -> str:
    """``text`` with the password of an URL in it hidden (AU-4).

    >>> mask("postgresql://bot:secret@db/risk")
    'postgresql://bot:***@db/risk'
    """
    return re.sub(r"(://[^:/@\s]*:)[^\s]*(@)", r"\1***\2", text)


def field_at(parts: tuple[str, ...]) -> FieldInfo | None:
    """The key of the schema that ``parts`` lead to; for an entry of ``modes`` the key ``modes``."""
    model: type[BaseModel] | None = Section
    field: FieldInfo | None = None
    for part in parts:
        if model is None:
            return field
        field = model.model_fields.get(part)
        if field is None:
            return None
        model = _group(field)
    return field


def allowed(field: FieldInfo, was: object) -> str:
    """What ``field`` may be, as the middle of a sentence about what it ``was``."""
    shape = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    if "must" in shape:
        return f"must be {shape['must']}"
    bounds = _range(field)
    kind = "" if bounds and is_number(was) and _kind(field) == "a number" else _kind(field)
    text = f"must be {' '.join(word for word in (kind, bounds) if word)}"
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return f"{text} ({extra['unit']})" if "unit" in extra else text


def did_you_mean(word: str, words: Iterable[str]) -> str | None:
    """The one of ``words`` that ``word`` was most likely meant to be."""
    near = get_close_matches(word.lower(), list(words), n=1, cutoff=0.6)
    return near[0] if near else None


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _choices(field: FieldInfo) -> tuple[str, ...]:
    inner = get_args(field.annotation)
    if inner and all(isinstance(word, str) for word in inner):
        return inner
    return ("enforce", "observe") if get_origin(field.annotation) is dict else ()


def _name(field: FieldInfo) -> str:
    kind = field.annotation
    return getattr(kind, "__name__", "") or " ".join(a.__name__ for a in get_args(kind))


def _kind(field: FieldInfo) -> str:
    if choices := _choices(field):
        return " or ".join(f'"{choice}"' for choice in choices)
    name = _name(field)
    if "timedelta" in name:
        return "a length of time with its unit, above zero and at most 366 days"
    if "bool" in name:
        return "true or false"
    if "str" in name:
        return "a text"
    return "a whole number," if "int" in name else "a number"


def _range(field: FieldInfo) -> str:
    limits: dict[str, float] = {}
    for constraint in field.metadata:
        for bound, _ in _BOUNDS:
            if (value := getattr(constraint, bound, None)) is not None:
                limits[bound] = value
    words = [f"{word} {limits[bound]:g}" for bound, word in _BOUNDS if bound in limits]
    return " and ".join(words)


def _mend(field: FieldInfo, was: object) -> str:
    kind = _name(field)
    if "timedelta" in kind and _looks_like_count(was):
        return f'the unit is missing: write "{was}s", "{was}m", "{was}h" or "{was}d"'
    if "timedelta" in kind and isinstance(was, str) and was.strip() == "":
        return 'write e.g. "2m"'
    if "float" in kind or "int" in kind:
        if isinstance(was, str) and _looks_like_count(was.strip()):
            return f"write it without quotes: {was.strip()}"
        if isinstance(was, str) and was.strip().endswith("%"):
            return f"write the number alone, e.g. {was.strip().rstrip('%').strip()}"
    if "time zone" in (field.description or "") and isinstance(was, str):
        zones = {zone.lower(): zone for zone in available_timezones()}
        if near := did_you_mean(was, zones):
            return f'did you mean "{zones[near]}"?'
    off = ", or null for none" if type(None) in get_args(field.annotation) else ""
    return f"write e.g. {_example(field)}{off}"


def _looks_like_count(value: object) -> bool:
    return is_number(value) or (
        isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) is not None
    )


def _example(field: FieldInfo) -> str:
    if field.examples:
        return shown(field.examples[0])
    if choices := _choices(field):
        return f'"{field.default if field.default in choices else choices[-1]}"'
    default = field.default
    if isinstance(default, float):
        return f"{default:g}"
    return shown(default)


def _unknown_key(parts: tuple[str, ...], was: object) -> Problem:
    path, known = dotted(parts), _siblings(parts)
    if path in _NOT_KEYS:
        return Problem(path, shown(was), "is not a key", _NOT_KEYS[path], (path,))
    must = f"is not a key; here are {_list(known)}"
    return Problem(path, mask(shown(was)), must, _remedy(parts, known), (path,))


def _remedy(parts: tuple[str, ...], known: tuple[str, ...]) -> str:
    word = parts[-1]
    if word in (flat := flat_names()):
        return f"in the section this is {dotted(flat[word])}"
    if near := did_you_mean(word, known):
        return f"did you mean '{near}'?"
    elsewhere = [path for path in leaf_paths() if path[-1] == word or word in path]
    if elsewhere:
        return f"did you mean {dotted(elsewhere[0])}?"
    return "take it out"


def _siblings(parts: tuple[str, ...]) -> tuple[str, ...]:
    if len(parts) == 1:
        return tuple(Section.model_fields)
    field = field_at(parts[:-1])
    group = _group(field) if field else None
    return tuple(group.model_fields) if group else ()


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


def leaf_paths(model: type[BaseModel] = Section) -> Iterator[tuple[str, ...]]:
    """The path of every key that has a value of its own, in the order of the schema."""
    for name, field in model.model_fields.items():
        group = _group(field)
        if group is None:
            yield (name,)
        else:
            yield from ((name, *rest) for rest in leaf_paths(group))


def flat_names() -> dict[str, tuple[str, ...]]:
    """Field of RiskLimits → path in the section."""
    from riskplugin.config.limits import RiskLimits  # limits.py parses, so it is above this file

    return {each.name: tuple(each.metadata["path"].split(".")) for each in fields(RiskLimits)}
