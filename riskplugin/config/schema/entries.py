"""Limits on a single entry: its size, its leverage, its stop, how many there may be."""

from __future__ import annotations

from typing import Any, Literal

from riskplugin.config.fields import Number, NumberOrOff, Whole, WholeOrOff, key, percent
from riskplugin.config.schema.keys import Keys


class BasePct(Keys):
    """Position size by risk level, before the volatility and balance factors (SZ-2)."""

    minimal: Number = percent(2.0, "margin of a position at level MINIMAL", "equity")
    low: Number = percent(1.0, "margin of a position at level LOW", "equity")
    medium: Number = percent(0.5, "margin of a position at level MEDIUM", "equity")
    high: Number = percent(0.25, "margin of a position at level HIGH", "equity")
    critical: Number = percent(0.25, "margin of a position at level CRITICAL", "equity")


class Volatility(Keys):
    """How volatility shrinks a position (SZ-3, SZ-6)."""

    estimator: Literal["ewma", "atr"] = key("ewma", "how the volatility of a pair is measured")
    curve: Literal["linear", "stepped"] = key("linear", "how the size falls with volatility")
    medium_pct: Number = percent(
        10.0, "volatility from which the curve 'stepped' gives 0.75", "price per day", at_most=1000
    )
    high_pct: Number = percent(
        15.0, "volatility above which both curves give 0.3", "price per day", at_most=1000
    )


class Sizing(Keys):
    """Position size: equity x base x volatility factor x balance factor (SZ-1)."""

    base_pct: BasePct = BasePct()
    volatility: Volatility = Volatility()
    full_size_equity: Number = key(
        1000.0, "equity from which positions have full size (SZ-4)", "stake currency", above=0
    )
    min_position: Number = key(
        1.0, "an entry with less margin is refused (SZ-5)", "stake currency", at_least=0
    )
    max_risk_per_trade_pct: NumberOrOff = percent(
        None, "largest loss if the stop is hit, fees included (SZ-7)", "equity", example=1
    )


def _leverage(default: float, where: str) -> Any:
    about = f"highest leverage {where}"
    return key(default, about, "times margin", at_least=1, at_most=125)


class MaxLeverage(Keys):
    """Leverage caps by risk level (LV-1)."""

    minimal: Number = _leverage(20.0, "at level MINIMAL")
    low: Number = _leverage(15.0, "at level LOW")
    medium: Number = _leverage(10.0, "at level MEDIUM")
    high: Number = _leverage(5.0, "at level HIGH")
    critical: Number = _leverage(5.0, "at level CRITICAL")


class Leverage(Keys):
    """Leverage caps and the distance that a stop keeps from liquidation (LV-3)."""

    max: MaxLeverage = MaxLeverage()
    liquidation_buffer_pct: Number = percent(
        20.0,
        "what a stop must leave free of the way to liquidation",
        "the way from entry to liquidation",
        at_least=0,
        below=100,
    )


class Stop(Keys):
    """The plugin's own stop."""

    normal_pct: Number = percent(
        5.0, "distance of the stop; the tighter of it and the strategy's holds", "price", below=100
    )


class Positions(Keys):
    """How many positions may be open."""

    max: WholeOrOff = key(
        None,
        "pairs with a position or a working entry; null: freqtrade's max_open_trades",
        "positions",
        at_least=1,
        example=5,
    )


class Emergency(Keys):
    """Limits while emergency mode is on (EM-1)."""

    max_leverage: Number = _leverage(5.0, "in an emergency")
    max_position_pct: Number = percent(0.5, "margin of a position", "equity")
    max_positions: Whole = key(3, "open positions", "positions", at_least=0)
    stop_pct: Number = percent(10.0, "distance of the stop", "price", below=100)
