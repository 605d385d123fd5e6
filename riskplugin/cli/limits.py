"""riskplugin limits: the limits in force, their schema, and what they mean in money."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.padding import Padding
from rich.table import Table

from riskplugin.api import calculate_position_size
from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    out,
    plain_errors,
    print_json,
)
from riskplugin.config import RiskConfig, RiskLimits, json_schema, parse
from riskplugin.config.messages import field_at, leaf_paths
from riskplugin.core.levels import RiskLevel


class What(StrEnum):
    """What to print of the limits."""

    SHOW = "show"
    SCHEMA = "schema"
    EXPLAIN = "explain"


@plain_errors
def limits(
    what: Annotated[What, typer.Argument(help="show, schema or explain")] = What.SHOW,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    equity: Annotated[
        float, typer.Option(help="Equity for explain, in stake currency.", min=0.01)
    ] = 1000.0,
    as_json: JsonOption = False,
) -> None:
    """The limits in force: every key with its value, its schema, or what it means in money."""
    if what is What.SCHEMA:
        print_json(json_schema())
        return
    section, source = _section(config, userdir)
    risk = parse(section)
    if what is What.EXPLAIN:
        _explain(risk, equity, source, as_json=as_json)
    else:
        _show(risk, source, as_json=as_json)


def _section(config: list[Path] | None, userdir: Path) -> tuple[Any, str]:
    """The section and where it comes from; the defaults when no configuration is there."""
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
        return {}, "defaults, no configuration found"
    section = load_config(files, userdir).get("risk", {})
    return section, ", ".join(str(file) for file in files)


def _show(risk: RiskConfig, source: str, *, as_json: bool) -> None:
    section = risk.public_section
    if as_json:
        print_json({"version": risk.version, "source": source, "risk": section})
        return
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


def _explain(risk: RiskConfig, equity: float, source: str, *, as_json: bool) -> None:
    sentences = dict(explanation(RiskLimits.from_section(risk.section), equity))
    if as_json:
        print_json({"version": risk.version, "source": source, "equity": equity, **sentences})
        return
    console = out()
    console.print(f"[bold]With an equity of {equity:,.2f}[/] ({source}):\n")
    for title, text in sentences.items():
        console.print(f"[cyan]{title.replace('_', ' ')}[/]")
        console.print(Padding(text, (0, 0, 1, 2)))


def explanation(limits: RiskLimits, equity: float) -> Iterator[tuple[str, str]]:
    """Topic and sentences about ``limits``, with the figures for ``equity`` in stake currency."""
    yield "position_size", _sizes(limits, equity)
    yield "leverage", _leverage(limits)
    yield "stop", _stop(limits)
    yield "drawdown", _loss("peak", limits.max_drawdown_pct, limits.emergency_drawdown_pct, equity)
    policy = limits.policy.breaker
    yield (
        "daily_loss",
        _loss(
            "first equity of the day",
            _pct(policy.daily_loss.warn),
            _pct(policy.daily_loss.trip),
            equity,
        ),
    )
    if policy.weekly_loss.trip is not None or policy.weekly_loss.warn is not None:
        weekly = policy.weekly_loss
        yield (
            "weekly_loss",
            _loss("first equity of the week", _pct(weekly.warn), _pct(weekly.trip), equity),
        )
    yield "exposure", _exposure(limits, equity)
    yield "breaker", _breaker(limits)
    yield (
        "emergency",
        (
            f"At most {limits.max_leverage_conservative:g}x, {limits.emergency_max_positions} "
            f"positions of {limits.max_position_size_pct_conservative:g} % of equity each "
            f"({equity * limits.max_position_size_pct_conservative / 100:,.2f} margin), "
            f"stop {limits.emergency_stop_pct:g} % away."
        ),
    )
    observed = ", ".join(limits.modes)
    yield "modes", f"Recorded only, not enforced: {observed}." if observed else "All enforced."


def _pct(ratio: float | None) -> float | None:
    return None if ratio is None else ratio * 100


def _sizes(limits: RiskLimits, equity: float) -> str:
    lines = []
    for level in RiskLevel:
        calm, wild = (
            calculate_position_size(equity, level=level, volatility_pct=volatility, limits=limits)
            for volatility in (0.0, limits.high_volatility_pct * 1.01)
        )
        lines.append(f"{level.value} {calm:,.2f} (calm) to {wild:,.2f} (wild market)")
    return (
        f"Margin of a position by risk level: {'; '.join(lines)}. "
        f"An entry with less than {limits.min_position:g} is refused."
    )


def _leverage(limits: RiskLimits) -> str:
    caps = ", ".join(f"{level} {limits.policy.leverage.max[level]:g}x" for level in RiskLevel)
    return f"At most {caps}. A strategy that asks for less gets less."


def _stop(limits: RiskLimits) -> str:
    if "stop" in limits.modes:
        return "The plugin's stop is off (modes: stop observes); the strategy's own stop holds."
    return (
        f"A position is closed when its price has moved {limits.stop_pct:g} % against it, "
        "or earlier if the strategy's own stop is tighter."
    )


def _loss(reference: str, warn: float | None, trip: float | None, equity: float) -> str:
    words = [
        f"{verb} at {pct:g} % of the {reference}: {equity * pct / 100:,.2f} lost"
        for verb, pct in (("Warns", warn), ("trips", trip))
        if pct is not None
    ]
    return ", ".join(words) + "." if words else "Off."


def _exposure(limits: RiskLimits, equity: float) -> str:
    exposure = limits.policy.breaker.exposure
    words = []
    if exposure.warn is not None:
        words.append(f"Entries fill up to {exposure.warn * 100:g} %: {exposure.warn * equity:,.2f}")
    if exposure.trip is not None:
        words.append(f"trips above {exposure.trip * 100:g} %: {exposure.trip * equity:,.2f}")
    return "; ".join(words) + " of notional, leverage included." if words else "Off."


def _breaker(limits: RiskLimits) -> str:
    does = {
        "halt": "stops entries",
        "emergency": "stops entries and closes what exceeds the emergency limits",
        "flatten": "stops entries and closes everything",
    }[limits.on_trip]
    return (
        f"A trip {does}. After {limits.cooldown} (at most {limits.max_cooldown}) up to "
        f"{limits.half_open_max_positions} probe position(s) of {limits.half_open_size_factor:g} "
        f"times the normal size may open; {limits.half_open_wins} wins close the breaker, "
        f"a loss of {limits.half_open_max_loss_pct:g} % of equity opens it again. "
        "Exits always pass."
    )
