"""What limits mean in money, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding

from riskplugin.api import calculate_position_size
from riskplugin.cli.console import out, print_json
from riskplugin.config import RiskConfig, RiskLimits
from riskplugin.core.levels import RiskLevel


def explained(risk: RiskConfig, equity: float, source: str, *, as_json: bool) -> None:
    """Print the sentences for an account of ``equity``."""
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
