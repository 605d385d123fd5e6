"""From a bot's configuration to what its session decides and tells with: the service, the channels.

A running bot gets its ledger; a backtest gets memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.exceptions import OperationalException

from riskplugin.adapter import internals
from riskplugin.adapter.botconfig import is_futures, run_mode_of, user_data
from riskplugin.alerts.channels import sinks_of
from riskplugin.alerts.sink import Sink
from riskplugin.bootstrap import live_service, memory_service
from riskplugin.config import ConfigError, RiskConfig
from riskplugin.core.policy import Policy
from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor
from riskplugin.service import RiskService


def open_service(
    risk: RiskConfig,
    policy: Policy,
    config: Any,
    *,
    bot: str,
    redactor: Redactor,
    markets: Callable[[], Collection[str]] = tuple,
) -> RiskService:
    """The service of ``bot``. Raises OperationalException when its ledger cannot be had."""
    mode = run_mode_of(config)
    if mode not in TRADE_MODES:
        keep_at = _kept(config, bot) if _keeps(risk, mode) else None
        return memory_service(risk, policy, bot=bot, keep_at=keep_at, redactor=redactor)
    try:
        return live_service(
            risk,
            policy,
            bot=bot,
            user_data=user_data(config),
            must_run=bool(internals.open_trades(live=True)),
            redactor=redactor,
            futures=is_futures(config),
            markets=markets,
        )
    except LedgerError as error:
        raise OperationalException(f"riskplugin: {error}") from error


def channels_of(risk: RiskConfig) -> dict[str, Sink]:
    """The channels of alerts that have an address, and the log. Raises OperationalException."""
    try:
        return sinks_of(risk)
    except ConfigError as error:
        raise OperationalException(str(error)) from error


def _keeps(risk: RiskConfig, mode: RunMode) -> bool:
    """The records of a backtest are asked for."""
    return risk.ledger.keep_backtests and mode is RunMode.BACKTEST


def _kept(config: Any, bot: str) -> Path:
    """Where the records of this backtest are kept."""
    name = f"risk-{bot}-{datetime.now(UTC):%Y-%m-%d_%H-%M-%S}.sqlite"
    return user_data(config) / "backtest_results" / name
