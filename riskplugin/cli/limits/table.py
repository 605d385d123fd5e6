"""The limits of a file as a table: every key, its value and unit."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from riskplugin.cli.console import out
from riskplugin.config import RiskConfig, parse
from riskplugin.config.messages import field_at, leaf_paths


def show_file(risk: RiskConfig, source: str) -> None:
    """Print every key; a star marks what differs from the default."""
    section = risk.public_section
    table = Table(
        title=f"Limits {risk.version}",
        caption=f"{source}; * differs from the default",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    table.add_column("key", no_wrap=True, style="cyan")
    table.add_column("value", justify="right", overflow="fold", min_width=12)
    table.add_column("unit", overflow="fold", style="dim")
    defaults = parse({}).public_section
    for path in leaf_paths():
        value, star = _at(section, path), "" if _at(section, path) == _at(defaults, path) else " *"
        table.add_row(".".join(path), f"{_text(value)}{star}", _unit(path))
    out().print(table)


def _at(section: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        section = section[name]
    return section


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{name}: {mode}" for name, mode in value.items()) or "all enforced"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unit(path: tuple[str, ...]) -> str:
    field = field_at(path)
    extra = field.json_schema_extra if field else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
