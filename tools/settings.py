"""Writes docs/settings.md from the schema of the section "risk".

`python -m tools.settings` brings it up to date; `--check` only says whether it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from riskplugin.config import ALWAYS_ENFORCED, MODE_NAMES, parse
from riskplugin.config.messages import flat_names
from riskplugin.config.schema import Section
from tools.generated import written
from tools.words import words_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
_TABLE = ["| Parameter | Description | Datatype | Default |", "|---|---|---|---|"]
#: Rows of the specification mean nothing to who reads the page.
_ROW = re.compile(r"\s*\([A-Z]{2}-\d+(?:, [A-Z]{2}-\d+)*\)")


def page() -> str:
    """The whole page."""
    words = words_of("settings.md")
    groups = [_group(name, words[name]) for name in Section.model_fields]
    parts = [words["head"], *groups, words["variables"], _in_python(words["in python"])]
    return "\n\n".join(parts) + "\n"


def _group(name: str, introduction: str) -> str:
    field, default = Section.model_fields[name], parse({}).section[name]
    if name == "modes":
        introduction = fill(introduction.replace("NAMES", _names()), 118)
    table = "\n".join([*_TABLE, *_rows((name,), field, default)])
    return f"## {name}\n\n{introduction}\n\n{table}"


def _names() -> str:
    return ", ".join(f"`{name}`" for name in MODE_NAMES if name not in ALWAYS_ENFORCED)


def _rows(path: tuple[str, ...], field: FieldInfo, default: Any) -> Iterator[str]:
    inner = field.annotation
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        for name, each in inner.model_fields.items():
            yield from _rows((*path, name), each, default[name])
        return
    cells = f"`{'.'.join(path)}`", _sentence(field), datatype(field), f"`{json.dumps(default)}`"
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _sentence(field: FieldInfo) -> str:
    about = re.sub(r"^(true|halt):", r"`\1`:", _ROW.sub("", field.description or ""))
    return f"{about[:1].upper()}{about[1:]}."


def datatype(field: FieldInfo) -> str:
    """What a value is, its unit and its range.

    >>> from riskplugin.config.schema.entries import BasePct
    >>> datatype(BasePct.model_fields["low"])
    'Float, percent of equity, above 0, at most 100'
    """
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    if "must" in extra:
        return f"{_kind(field)}: {extra['must']}"
    if words := _choices(field.annotation):
        return " or ".join(f'`"{word}"`' for word in words)
    off = ", or null" if type(None) in get_args(field.annotation) else ""
    parts = [_kind(field), str(extra.get("unit", "")), *_bounds(field)]
    return ", ".join(part for part in parts if part) + off


def _choices(annotation: Any) -> tuple[str, ...]:
    inner = get_args(annotation)
    return inner if inner and all(isinstance(word, str) for word in inner) else ()


def _kind(field: FieldInfo) -> str:
    origin = get_origin(field.annotation)
    if origin in (dict, tuple, list):
        return "Dict" if origin is dict else "List"
    kinds = {kind.__name__ for kind in (*get_args(field.annotation), field.annotation)
             if isinstance(kind, type)}  # fmt: skip
    known = {"timedelta": "Duration", "bool": "Boolean", "int": "Integer", "float": "Float"}
    found = [word for kind, word in known.items() if kind in kinds]
    return found[0] if found else "Dict" if "dict" in str(field.annotation) else "String"


def _bounds(field: FieldInfo) -> Iterator[str]:
    for bound in field.metadata:
        match bound:
            case Gt():
                yield f"above {bound.gt:g}"
            case Ge():
                yield f"at least {bound.ge:g}"
            case Lt():
                yield f"below {bound.lt:g}"
            case Le():
                yield f"at most {bound.le:g}"


def _in_python(introduction: str) -> str:
    rows = [f"| `{name}` | `{'.'.join(path)}` |" for name, path in flat_names().items()]
    return "\n".join([introduction, "", "| `RiskLimits` | Parameter |", "|---|---|", *rows])


if __name__ == "__main__":
    raise SystemExit(written(PAGE, page(), __doc__))
