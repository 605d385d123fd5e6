"""What a loaded strategy's class says of itself, as plain data."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.mixin import RiskMixin

#: Settings that freqtrade takes from the strategy into the configuration (strategy_resolver.py).
SETTINGS = (
    "minimal_roi", "timeframe", "stoploss", "trailing_stop", "trailing_stop_positive",
    "trailing_stop_positive_offset", "trailing_only_offset_is_reached", "use_custom_stoploss",
    "process_only_new_candles", "order_types", "order_time_in_force", "stake_currency",
    "stake_amount", "startup_candle_count", "unfilledtimeout", "use_exit_signal",
    "exit_profit_only", "ignore_roi_if_entry_signal", "exit_profit_offset",
    "disable_dataframe_checks", "ignore_buying_expired_candle_after",
    "position_adjustment_enable", "max_entry_position_adjustment", "max_open_trades",
)  # fmt: skip
_HOSTS = ("freqtrade.", "riskplugin.")


def facts_of(strategy: IStrategy) -> dict[str, Any]:
    """The facts, ready for JSON."""
    config = strategy.config
    return {
        "name": type(strategy).__name__,
        "guarded": isinstance(strategy, RiskMixin),
        "overrides": sorted(name for name in dir(IStrategy) if overridden(strategy, name)),
        "constants": list(_constants(strategy)),
        "protections": protections_of(strategy),
        "sends_messages": any("send_msg(" in source for source in _sources(strategy)),
        "freqai": bool((config.get("freqai") or {}).get("enabled")),
        "settings": {name: config[name] for name in SETTINGS if name in config},
    }


def overridden(strategy: IStrategy, name: str) -> bool:
    """The strategy has a method ``name`` of its own; the plugin's seal around it does not count."""
    if not callable(getattr(IStrategy, name, None)) or name.startswith("__"):
        return False
    return any(name in vars(base) for base in _own(strategy))


def protections_of(strategy: IStrategy) -> list[dict[str, Any]]:
    """The protections it asks for; none where asking raises, which its start says as well."""
    try:
        asked = strategy.protections
        return [dict(each) for each in asked]
    except Exception:  # noqa: BLE001  # a property of the strategy may raise anything
        return []


def _constants(strategy: IStrategy) -> Iterator[float]:
    """The numbers that its own ``leverage`` returns, where its source shows them."""
    for owner in _own(strategy):
        method = owner.__dict__.get("leverage")
        if method is None:
            continue
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(method))))
        except (OSError, TypeError, SyntaxError):
            continue
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Return) else None
            if isinstance(value, ast.Constant) and type(value.value) in (int, float):
                yield float(value.value)  # type: ignore[arg-type]


def _sources(strategy: IStrategy) -> Iterator[str]:
    for owner in _own(strategy):
        try:
            yield inspect.getsource(owner)
        except (OSError, TypeError):
            continue


def _own(strategy: IStrategy) -> Iterator[type]:
    """The classes that people wrote."""
    for base in type(strategy).__mro__:
        if base is not object and not f"{base.__module__}.".startswith((*_HOSTS, "abc.")):
            yield base
