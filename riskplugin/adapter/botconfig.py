"""What a bot's configuration says, as far as riskplugin needs it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.core.policy import Policy


def read_config(config: Any) -> RiskConfig:
    """The section "risk" of a bot's configuration. Raises OperationalException that says what to
    mend.
    """
    try:
        return parse(config.get("risk") or {})
    except ConfigError as error:
        raise OperationalException(str(error)) from error


def run_mode_of(config: Any) -> RunMode:
    """How freqtrade was started."""
    return RunMode(config.get("runmode", RunMode.OTHER))


def is_futures(config: Any) -> bool:
    """The bot trades futures."""
    return str(getattr(config.get("trading_mode"), "value", "")) == "futures"


def bot_name(config: Any) -> str:
    """The name under which a bot keeps its state; dry-run and live never share it."""
    name = str(config.get("bot_name") or "freqtrade")
    return f"{name}.dry" if config.get("dry_run", True) else name


def user_data(config: Any) -> Path:
    """The bot's own folder."""
    return Path(config["user_data_dir"]).resolve()


def frozen_slots(policy: Policy, slots: object) -> Policy:
    """The bot's max_open_trades as it was at start, unless the section says otherwise."""
    if policy.max_positions is not None:
        return policy
    if not isinstance(slots, int | float) or not math.isfinite(slots) or slots <= 0:
        return policy
    return replace(policy, max_positions=int(slots))
