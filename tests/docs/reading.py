"""Blocks that are not run but read: configurations, and what is neither."""

from __future__ import annotations

from typing import Any

import rapidjson
import yaml

from riskplugin.config import ConfigError, parse
from riskplugin.config.schema import Section

_COMMENTS = rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS


def json_trouble(text: str) -> str:
    """What is wrong with a block of JSON; where it holds limits, they have to be usable."""
    try:
        value = _value(text)
    except ValueError as error:
        return f"no JSON: {error}"
    section = _section(value)
    if section is None:
        return ""
    try:
        parse(section)
    except ConfigError as error:
        return "; ".join(map(str, error.problems))
    return ""


def _value(text: str) -> Any:
    """Pages show a part of a file: `"risk": {…}` without the braces around it."""
    shown = text.strip()
    try:
        return rapidjson.loads(shown, parse_mode=_COMMENTS)
    except rapidjson.JSONDecodeError:
        if shown[:1] in "{[":
            raise
        return rapidjson.loads("{" + shown + "\n}", parse_mode=_COMMENTS)


def _section(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict) or not value:
        return None
    if "risk" in value:
        return dict(value["risk"])
    return value if set(value) <= set(Section.model_fields) else None


def yaml_trouble(text: str) -> str:
    """What is wrong with a block of YAML."""
    try:
        list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        return f"no YAML: {error}"
    return ""


READERS = {
    "json": json_trouble,
    "jsonc": json_trouble,
    "yaml": yaml_trouble,
    "yml": yaml_trouble,
}
