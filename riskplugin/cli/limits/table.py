"""The limits of a file as a table: every key, its value and unit."""

from __future__ import annotations

from typing import Any, Literal

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.console import out
from riskplugin.config import RiskConfig, parse
from riskplugin.config.ceilings import is_limit, leaves
from riskplugin.config.messages import field_at, leaf_paths
from riskplugin.control.limits.words import shown

#: Enough for figures, and for the usual paths, on a screen of 80 columns.
_WIDTH = {"right": 12, "left": 24}


def show_file(risk: RiskConfig, source: str) -> None:
    """Print every key: the limits, then what else the section says; a star marks what differs from
    the default.
    """
    keys = list(leaf_paths())
    limits = [key for key in keys if _is_limit(key)]
    settings = [key for key in keys if not _is_limit(key)]
    console = out()
    console.print(_table(risk, settings, "Settings that are no limits", values="left"))
    console.print(_table(risk, limits, f"Limits {risk.version}", values="right"))
    console.print(f"[dim]{escape(source)}; * differs from the default[/]")


def _table(
    risk: RiskConfig,
    keys: list[tuple[str, ...]],
    title: str,
    *,
    values: Literal["left", "right"],
) -> Table:
    table = Table(title=f"[bold]{title}[/]", box=SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("key", no_wrap=True, style="cyan")
    table.add_column("value", justify=values, overflow="fold", min_width=_WIDTH[values])
    table.add_column("unit", overflow="fold", style="dim")
    section, defaults = risk.public_section, parse({}).public_section
    for key in keys:
        value, usual = _at(section, key), _at(defaults, key)
        star = "" if value == usual else " *"
        table.add_row(".".join(key), f"{escape(_text(key, value))}{star}", _unit(key))
    return table


def _is_limit(key: tuple[str, ...]) -> bool:
    return key == ("modes",) or is_limit(".".join(key))


def _at(section: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        section = section[name]
    return section


def _text(key: tuple[str, ...], value: Any) -> str:
    if key == ("modes",) and not value:
        return "all enforced"
    if value is None:
        return "off" if _is_limit(key) else "none"
    if value in ({}, []):
        return "none"
    if key == ("alerts", "levels"):
        return "\n".join(f"{level['name']} after {level['after']}" for level in value)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {shown(each)}" for name, each in leaves(value))
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return shown(value)


def _unit(path: tuple[str, ...]) -> str:
    field = field_at(path)
    extra = field.json_schema_extra if field else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
