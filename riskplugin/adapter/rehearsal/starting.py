"""What freqtrade itself would say to this configuration, without starting a bot."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import freqtrade.exchange
from freqtrade.configuration import config_validation
from freqtrade.configuration import deprecated_settings as deprecated
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import Exchange
from freqtrade.exchange.common import MAP_EXCHANGE_CHILDCLASS


def refused(config: dict[str, Any]) -> str:
    """Why freqtrade would not start with ``config``, the strategy's settings in it; "" if it would.

    ``config`` stays as it is.
    """
    copied = deepcopy({key: value for key, value in config.items() if key != "risk"})
    copied["runmode"] = RunMode.DRY_RUN if copied.get("dry_run", True) else RunMode.LIVE
    copied["trading_mode"] = str(copied.get("trading_mode") or "spot")
    copied["margin_mode"] = str(copied.get("margin_mode") or "")
    with _silence():
        try:
            deprecated.process_temporary_deprecated_settings(copied)
            config_validation.validate_config_consistency(copied)
        except (OperationalException, ValueError, TypeError, KeyError) as error:
            return str(error).strip() or type(error).__name__
    return ""


def stops_of(config: dict[str, Any]) -> tuple[bool, list[str]]:
    """Whether stops can rest on the exchange of ``config``, and by which prices they trigger.

    >>> stops_of({"exchange": {"name": "binance"}, "trading_mode": "futures"})
    (True, ['last', 'mark'])
    >>> stops_of({"exchange": {"name": "nowhere"}})
    (False, [])
    """
    name = str((config.get("exchange") or {}).get("name") or "")
    futures = str(config.get("trading_mode") or "spot") == "futures"
    kind = getattr(freqtrade.exchange, MAP_EXCHANGE_CHILDCLASS.get(name, name).title(), Exchange)
    has = kind.combine_ft_has(include_futures=futures)
    types = has.get("stop_price_type_value_mapping") or {}
    able = bool(has.get("stoploss_on_exchange"))
    return able, [str(getattr(price, "value", price)) for price in types]


@contextmanager
def _silence() -> Iterator[None]:
    """What freqtrade logs about it is said by the finding."""
    loggers = [logging.getLogger(module.__name__) for module in (config_validation, deprecated)]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger in loggers:
            logger.disabled = False
