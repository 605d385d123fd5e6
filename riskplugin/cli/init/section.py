"""The section "risk" as text that people read and change: few keys, each with some words.

freqtrade reads comments that begin with //. What is not written has its default. ASCII only:
freqtrade opens the file in whatever encoding the machine has.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from riskplugin.config import PRESETS, parse
from riskplugin.config.ceilings import leaves, section_of
from riskplugin.config.messages import field_at, leaf_paths

#: What people change, in the order of the schema.
_KEYS = (
    "sizing.base_pct",
    "leverage.max",
    "stop",
    "breaker.drawdown.warn_pct",
    "breaker.drawdown.trip_pct",
    "breaker.daily_loss.warn_pct",
    "breaker.daily_loss.trip_pct",
    "breaker.exposure",
    "breaker.on_trip",
    "emergency",
    "control.kill_file",
    "ledger.url",
)
_WORDS = {
    "sizing.base_pct": "margin of a whole position by risk level, percent of equity",
    "sizing.max_risk_per_trade_pct": "most that a stop may cost, fees included, percent of equity",
    "leverage.max": "highest leverage by risk level; a strategy that asks for less gets less",
    "leverage.liquidation_buffer_pct": "share of the way to liquidation that a stop leaves free",
    "stop.normal_pct": "a position is closed when its price moved so far against it, percent",
    "positions.max": "pairs that may be held",
    "breaker": "percent of equity; warn tells people, trip opens the circuit breaker",
    "breaker.drawdown": "fall of equity from its peak",
    "breaker.daily_loss": "loss since the day began",
    "breaker.weekly_loss": "loss since the week began",
    "breaker.exposure": "notional of all positions, leverage included; entries fill up to warn",
    "breaker.losing_streak": "losing trades in a row",
    "breaker.liquidation_room": "what is left of the way to liquidation; lower is worse",
    "breaker.cooldown": "rest after a trip, later up to max_cooldown; then a test with one probe",
    "breaker.on_trip": "then: halt = no entries, emergency = close what exceeds it, "
    "flatten = close all",
    "breaker.half_open": "the test after the rest: wins that close the breaker, loss that opens it",
    "emergency": "what may be held in an emergency; the rest is closed",
    "control.kill_file": "while this file exists the bot closes everything and opens nothing",
    "ledger.url": "where every decision is recorded; postgresql://... for several bots",
}
#: With the sign of a difference before it, a line fits 80 columns.
_WIDTH = 78


def preset_section(preset: str, *, full: bool) -> dict[str, Any]:
    """What ``init`` writes for a preset: every key, or those that people change and those in which
    the preset differs from the defaults. Values that are whole are whole numbers.
    """
    section, own = parse(PRESETS[preset].section).section, dict(leaves(PRESETS[preset].section))
    keys = {".".join(path): path for path in leaf_paths()}
    written = {k: path for k, path in keys.items() if full or k in own or _is_shown(k)}
    return section_of({key: _plain(_at(section, path)) for key, path in written.items()})


def section_lines(preset: str, *, full: bool, indent: str) -> list[str]:
    """The lines of ``"risk": {…}``, indented once, without a comma at the end."""
    section = preset_section(preset, full=full)
    title = f'// riskplugin, preset "{preset}"; other keys: riskplugin limits'
    return [
        f"{indent}{title}",
        f'{indent}"risk": {{',
        *_group(section, (), indent, 2, full=full),
        f"{indent}}}",
    ]


def _is_shown(key: str) -> bool:
    return any(key == shown or key.startswith(f"{shown}.") for shown in _KEYS)


def _at(section: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        section = section[name]
    return section


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _group(
    group: Mapping[str, Any], path: tuple[str, ...], indent: str, depth: int, *, full: bool
) -> Iterator[str]:
    last = len(group) - 1
    for place, (name, value) in enumerate(group.items()):
        here, pad, comma = (*path, name), indent * depth, "," if place < last else ""
        words = _words(here, full=full)
        if isinstance(value, Mapping) and not _on_one_line(value, here, full=full):
            yield from _comment(pad, words)
            yield f"{pad}{json.dumps(name)}: {{"
            yield from _group(value, here, indent, depth + 1, full=full)
            yield f"{pad}}}{comma}"
            continue
        line = f"{pad}{json.dumps(name)}: {_value(value, pad, indent)}{comma}"
        if words and len(line) + len(words) + 5 <= _WIDTH:
            yield f"{line}  // {words}"
        else:
            yield from (*_comment(pad, words), *line.splitlines())


def _comment(pad: str, words: str) -> Iterator[str]:
    return (f"{pad}// {line}" for line in textwrap.wrap(words, _WIDTH - len(pad) - 3))


def _value(value: Any, pad: str, indent: str) -> str:
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        inner = ",\n".join(f"{pad}{indent}{json.dumps(each)}" for each in value)
        return f"[\n{inner}\n{pad}]"
    return json.dumps(value)


def _on_one_line(value: Mapping[str, Any], path: tuple[str, ...], *, full: bool) -> bool:
    """A group of plain values that are explained together, or a key whose value is a group."""
    if path in leaf_paths():
        return True
    if any(isinstance(each, Mapping | list) for each in value.values()):
        return False
    return ".".join(path) in _WORDS or not (full or len(path) == 1)


def _words(path: tuple[str, ...], *, full: bool) -> str:
    key = ".".join(path)
    if key in _WORDS:
        return _WORDS[key]
    field = field_at(path)
    if not full and ".".join(path[:-1]) in _WORDS:
        return ""  # its group is explained
    if field is None or field.description is None:
        return ""
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    about = re.sub(r" \([A-Z]{2}-\d+\)", "", field.description).replace("→", "->")
    return f"{about} ({unit})".replace("…", "...") if unit else about
