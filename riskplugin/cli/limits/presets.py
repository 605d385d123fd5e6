"""The presets side by side with the limits of the file: what differs, and which way."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.console import out, print_json
from riskplugin.config import PRESETS, RiskConfig, parse
from riskplugin.config.ceilings import is_limit, leaves
from riskplugin.config.direction import compare, differing, direction_of, value_of
from riskplugin.config.messages import leaf_paths
from riskplugin.control.limits.words import shown

Flat = dict[str, Any]
_TIGHTER, _LOOSER, _OTHER = "▼", "▲", "◆"
_COLOURS = {_TIGHTER: "green", _LOOSER: "yellow", _OTHER: "magenta", "": ""}


def show_presets(risk: RiskConfig, source: str, *, as_json: bool) -> None:
    """Print every key in which presets or the file differ."""
    own = limits_of(risk)
    flats = {name: limits_of(parse(preset.section)) for name, preset in PRESETS.items()}
    if as_json:
        print_json({"source": source, "version": risk.version, **_told(own, flats)})
        return
    console = out()
    console.print(_table(own, flats, source))
    console.print(
        f"[dim]Beside yours: {_TIGHTER} tighter, {_LOOSER} looser, {_OTHER} other.[/] {_same(risk)}"
    )
    for name, preset in PRESETS.items():
        console.print(f"[cyan]{name}[/]: {preset.whom}")
    _next(console)


def limits_of(risk: RiskConfig) -> Flat:
    """Every limit by its dotted key; a rule that only observes as ``modes.NAME``."""
    return {key: value for key, value in leaves(risk.section) if is_limit(key)}


def _told(own: Flat, flats: dict[str, Flat]) -> dict[str, Any]:
    presets = {}
    for name, preset in PRESETS.items():
        to = compare(own, flats[name])
        presets[name] = {
            "whom": preset.whom,
            "version": parse(preset.section).version,
            "tighter": list(to.tightened),
            "looser_or_other": list(to.loosened),
            "limits": flats[name],
        }
    return {"limits": own, "presets": presets}


def _table(own: Flat, flats: dict[str, Flat], source: str) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("key", no_wrap=True, style="cyan")
    for name in flats:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("yours", justify="right", overflow="fold")
    keys = _keys(own, flats)
    for group, members in groupby(keys, key=lambda key: key.partition(".")[0]):
        table.add_row(f"[bold]{group}[/]")
        for key in members:
            cells = [_cell(key, value_of(flat, key), value_of(own, key)) for flat in flats.values()]
            table.add_row(f"  {key.partition('.')[2]}", *cells, _value(value_of(own, key)))
    table.title = f"[dim]yours: {escape(source)}[/]"
    table.title_justify = "left"
    return table


def _keys(own: Flat, flats: dict[str, Flat]) -> list[str]:
    """Those that differ anywhere, in the order of the schema; ``modes`` at the end."""
    usual, *others = [own, *flats.values()]
    found = {key for flat in others for key in differing(usual, flat)}
    order = {".".join(path): place for place, path in enumerate(leaf_paths())}
    return sorted(found, key=lambda key: (order.get(key, len(order)), key))


def _cell(key: str, value: Any, own: Any) -> str:
    mark = _mark(key, value, own)
    text = f"{_value(value)} {mark or ' '}"
    return f"[{_COLOURS[mark]}]{text}[/]" if mark else text


def _mark(key: str, value: Any, own: Any) -> str:
    direction = direction_of(key)
    if value == own:
        return ""
    if direction.rank is None:
        return _OTHER
    return _LOOSER if direction.exceeds(value, own) else _TIGHTER


def _value(value: Any) -> str:
    return escape(shown(value))


def _same(risk: RiskConfig) -> str:
    for name, preset in PRESETS.items():
        if parse(preset.section).version == risk.version:
            return f"Yours are [bold]{name}[/]."
    return "Yours are none of them."


def _next(console: Console) -> None:
    console.print("\nTo begin with one:          [cyan]riskplugin init --preset conservative[/]")
    console.print("To change a running bot's:  [cyan]riskplugin limits propose --help[/]")
