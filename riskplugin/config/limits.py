"""RiskLimits: the section "risk" as one flat Python object, for scripts and strategies.

Figures are percent, as in the configuration. Each field names its key of the section; a test sees
to it that every key has its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal

from riskplugin.config.alerting import DEFAULT_LEVELS
from riskplugin.config.loading import normalised, parse, read
from riskplugin.config.presets import preset as preset_named
from riskplugin.config.schema.breaker import Exposure
from riskplugin.core.policy import Policy

Off = Literal["off"]


def _at(path: str) -> dict[str, str]:
    return {"path": path}


@dataclass(frozen=True, kw_only=True)
class RiskLimits:
    """Every limit, flat, in percent; None switches a limit off.

    Two fields follow another one while they are None, and are switched off by ``"off"``:
    ``daily_loss_trip_pct`` is twice ``max_daily_loss_pct``, ``exposure_warn_pct`` is 0.9 times
    ``max_total_exposure_pct``.

    Raises ConfigError when a figure is out of range or contradicts another.
    """

    max_leverage_conservative: float = field(default=5.0, metadata=_at("emergency.max_leverage"))
    """Highest leverage in an emergency."""
    max_position_size_pct_conservative: float = field(
        default=0.5, metadata=_at("emergency.max_position_pct")
    )
    """Largest position in an emergency, percent of equity."""
    max_daily_loss_pct: float | None = field(
        default=1.0, metadata=_at("breaker.daily_loss.warn_pct")
    )
    """Daily loss that warns; twice as much trips."""
    max_drawdown_pct: float | None = field(default=10.0, metadata=_at("breaker.drawdown.warn_pct"))
    """Drawdown that warns."""
    emergency_drawdown_pct: float | None = field(
        default=15.0, metadata=_at("breaker.drawdown.trip_pct")
    )
    """Drawdown that trips the breaker."""
    max_total_exposure_pct: float | None = field(
        default=50.0, metadata=_at("breaker.exposure.trip_pct")
    )
    """Gross exposure that trips the breaker, percent of equity."""

    daily_loss_trip_pct: float | Off | None = field(
        default=None, metadata=_at("breaker.daily_loss.trip_pct")
    )
    exposure_warn_pct: float | Off | None = field(
        default=None, metadata=_at("breaker.exposure.warn_pct")
    )

    base_position_pct_minimal: float = field(default=2.0, metadata=_at("sizing.base_pct.minimal"))
    base_position_pct_low: float = field(default=1.0, metadata=_at("sizing.base_pct.low"))
    base_position_pct_medium: float = field(default=0.5, metadata=_at("sizing.base_pct.medium"))
    base_position_pct_high: float = field(default=0.25, metadata=_at("sizing.base_pct.high"))
    base_position_pct_critical: float = field(
        default=0.25, metadata=_at("sizing.base_pct.critical")
    )
    volatility_estimator: str = field(default="ewma", metadata=_at("sizing.volatility.estimator"))
    volatility_curve: str = field(default="linear", metadata=_at("sizing.volatility.curve"))
    medium_volatility_pct: float = field(default=10.0, metadata=_at("sizing.volatility.medium_pct"))
    high_volatility_pct: float = field(default=15.0, metadata=_at("sizing.volatility.high_pct"))
    full_size_equity: float = field(default=1000.0, metadata=_at("sizing.full_size_equity"))
    min_position: float = field(default=1.0, metadata=_at("sizing.min_position"))
    max_risk_per_trade_pct: float | None = field(
        default=None, metadata=_at("sizing.max_risk_per_trade_pct")
    )

    max_leverage_minimal: float = field(default=20.0, metadata=_at("leverage.max.minimal"))
    max_leverage_low: float = field(default=15.0, metadata=_at("leverage.max.low"))
    max_leverage_medium: float = field(default=10.0, metadata=_at("leverage.max.medium"))
    max_leverage_high: float = field(default=5.0, metadata=_at("leverage.max.high"))
    max_leverage_critical: float = field(default=5.0, metadata=_at("leverage.max.critical"))
    liquidation_buffer_pct: float = field(
        default=20.0, metadata=_at("leverage.liquidation_buffer_pct")
    )

    stop_pct: float = field(default=5.0, metadata=_at("stop.normal_pct"))
    emergency_stop_pct: float = field(default=10.0, metadata=_at("emergency.stop_pct"))
    max_positions: int | None = field(default=None, metadata=_at("positions.max"))
    emergency_max_positions: int = field(default=3, metadata=_at("emergency.max_positions"))

    level_low_from: float = field(default=20.0, metadata=_at("levels.low"))
    level_medium_from: float = field(default=40.0, metadata=_at("levels.medium"))
    level_high_from: float = field(default=60.0, metadata=_at("levels.high"))
    level_critical_from: float = field(default=80.0, metadata=_at("levels.critical"))

    hold_daily_loss_until_next_day: bool = field(
        default=False, metadata=_at("breaker.daily_loss.hold_until_next_day")
    )
    weekly_loss_warn_pct: float | None = field(
        default=None, metadata=_at("breaker.weekly_loss.warn_pct")
    )
    weekly_loss_trip_pct: float | None = field(
        default=None, metadata=_at("breaker.weekly_loss.trip_pct")
    )
    score_warn: float | None = field(default=80.0, metadata=_at("breaker.score.warn"))
    score_trip: float | None = field(default=95.0, metadata=_at("breaker.score.trip"))
    losing_streak_warn: int | None = field(default=5, metadata=_at("breaker.losing_streak.warn"))
    losing_streak_trip: int | None = field(default=10, metadata=_at("breaker.losing_streak.trip"))
    volatility_warn_pct: float | None = field(
        default=50.0, metadata=_at("breaker.volatility.warn_pct")
    )
    volatility_trip_pct: float | None = field(
        default=100.0, metadata=_at("breaker.volatility.trip_pct")
    )
    rejected_orders_warn_pct: float | None = field(
        default=30.0, metadata=_at("breaker.rejected_orders.warn_pct")
    )
    rejected_orders_trip_pct: float | None = field(
        default=60.0, metadata=_at("breaker.rejected_orders.trip_pct")
    )
    liquidation_room_warn_pct: float | None = field(
        default=40.0, metadata=_at("breaker.liquidation_room.warn_pct")
    )
    liquidation_room_trip_pct: float | None = field(
        default=15.0, metadata=_at("breaker.liquidation_room.trip_pct")
    )
    max_consecutive_errors: int = field(
        default=5, metadata=_at("breaker.system.max_consecutive_errors")
    )
    max_price_age: str = field(default="2m", metadata=_at("breaker.system.max_price_age"))
    cooldown: str = field(default="1h", metadata=_at("breaker.cooldown"))
    max_cooldown: str = field(default="1d", metadata=_at("breaker.max_cooldown"))
    on_trip: str = field(default="emergency", metadata=_at("breaker.on_trip"))
    half_open_max_positions: int = field(default=1, metadata=_at("breaker.half_open.max_positions"))
    half_open_size_factor: float = field(
        default=0.25, metadata=_at("breaker.half_open.size_factor")
    )
    half_open_wins: int = field(default=2, metadata=_at("breaker.half_open.wins"))
    half_open_max_loss_pct: float = field(
        default=0.5, metadata=_at("breaker.half_open.max_loss_pct")
    )

    trust_tolerance_pct: float = field(default=0.5, metadata=_at("trust.tolerance_pct"))
    trust_confirm_after: str = field(default="2m", metadata=_at("trust.confirm_after"))
    trust_max_jump_pct: float = field(default=90.0, metadata=_at("trust.max_jump_pct"))
    fill_tolerance_pct: float = field(
        default=1.0, metadata=_at("reconciliation.amount_tolerance_pct")
    )
    slippage_warn_pct: float = field(default=1.0, metadata=_at("reconciliation.slippage_warn_pct"))
    day_timezone: str = field(default="UTC", metadata=_at("day.timezone"))
    day_starts_at: str = field(default="00:00", metadata=_at("day.starts_at"))
    hard_limits: Mapping[str, Any] = field(
        default_factory=dict, metadata=_at("control.hard_limits"), hash=False
    )
    loosen_delay: str = field(default="0s", metadata=_at("control.loosen_delay"))
    proposal_expires: str = field(default="1d", metadata=_at("control.proposal_expires"))
    longest_override: str = field(default="1d", metadata=_at("control.longest_override"))
    kill_file: str = field(default="user_data/RISK_KILL", metadata=_at("control.kill_file"))
    token_key_file: str = field(
        default="user_data/risk_token.key", metadata=_at("control.token_key_file")
    )
    token_life: str = field(default="12h", metadata=_at("control.token_life"))
    second_factor: bool = field(default=True, metadata=_at("control.second_factor"))
    newcomer_wait: str = field(default="1d", metadata=_at("control.newcomer_wait"))
    ledger_url: str = field(
        default="sqlite:///user_data/risk.sqlite", metadata=_at("ledger.url"), repr=False
    )
    ledger_durability: str = field(default="full", metadata=_at("ledger.durability"))
    metrics_interval: str = field(default="5s", metadata=_at("ledger.metrics_interval"))
    keep_raw_metrics: str = field(default="2d", metadata=_at("ledger.keep.raw"))
    keep_minute_metrics: str = field(default="90d", metadata=_at("ledger.keep.minutes"))
    signing_key_file: str = field(
        default="user_data/risk_signing.key", metadata=_at("ledger.checkpoints.key_file")
    )
    checkpoint_every_records: int = field(
        default=1000, metadata=_at("ledger.checkpoints.every_records")
    )
    checkpoint_every: str = field(default="15m", metadata=_at("ledger.checkpoints.every"))
    checkpoint_copy_to: str | None = field(default=None, metadata=_at("ledger.checkpoints.copy_to"))
    encrypt_ledger: bool = field(default=False, metadata=_at("ledger.encrypt"))
    keep_backtests: bool = field(default=False, metadata=_at("ledger.keep_backtests"))
    alert_channels: Mapping[str, str] = field(
        default_factory=dict, metadata=_at("alerts.channels"), hash=False, repr=False
    )
    alert_routes_info: Sequence[str] = field(
        default_factory=lambda: ["log"], metadata=_at("alerts.routes.info"), hash=False
    )
    alert_routes_warning: Sequence[str] = field(
        default_factory=lambda: ["bot", "log"], metadata=_at("alerts.routes.warning"), hash=False
    )
    alert_routes_critical: Sequence[str] = field(
        default_factory=lambda: ["bot", "log"], metadata=_at("alerts.routes.critical"), hash=False
    )
    alert_levels: Sequence[Mapping[str, Any]] = field(
        default_factory=lambda: [dict(each) for each in DEFAULT_LEVELS],
        metadata=_at("alerts.levels"),
        hash=False,
    )
    alert_again_after: str = field(default="5m", metadata=_at("alerts.again_after"))
    alerts_per_minute: int = field(default=20, metadata=_at("alerts.per_minute"))
    alert_quiet_hours: Mapping[str, str] | None = field(
        default=None, metadata=_at("alerts.quiet_hours"), hash=False
    )
    alert_digest: bool = field(default=True, metadata=_at("alerts.digest"))
    watchdog_interval: str = field(default="5s", metadata=_at("watchdog.interval"))
    watchdog_silent_after: str = field(default="1m", metadata=_at("watchdog.silent_after"))
    watchdog_action: str = field(default="alert", metadata=_at("watchdog.action"))
    watchdog_act_after: str = field(default="3m", metadata=_at("watchdog.act_after"))
    watchdog_bot_url: str | None = field(default=None, metadata=_at("watchdog.bot_url"))
    watchdog_bot_username: str | None = field(default=None, metadata=_at("watchdog.bot_username"))
    watchdog_bot_password: str | None = field(default=None, metadata=_at("watchdog.bot_password"))
    watchdog_min_free_mb: float = field(default=500.0, metadata=_at("watchdog.min_free_mb"))
    watchdog_use_bot_keys: bool = field(
        default=False, metadata=_at("watchdog.exchange.use_bot_keys")
    )
    watchdog_key: str | None = field(default=None, metadata=_at("watchdog.exchange.key"))
    watchdog_secret: str | None = field(default=None, metadata=_at("watchdog.exchange.secret"))
    watchdog_password: str | None = field(default=None, metadata=_at("watchdog.exchange.password"))
    modes: Mapping[str, str] = field(default_factory=dict, metadata=_at("modes"), hash=False)

    def __post_init__(self) -> None:
        section = normalised(read(self._written()))
        for name, value in _flat(section).items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_section(cls, section: Mapping[str, Any]) -> RiskLimits:
        """The limits of a section "risk". Raises ConfigError that lists every problem."""
        return cls(**_flat(normalised(read(section))))

    @classmethod
    def preset(cls, name: str) -> RiskLimits:
        """The limits of a preset: conservative, moderate (the defaults) or aggressive.

        >>> RiskLimits.preset("conservative").max_drawdown_pct
        5.0

        Raises ValueError for another name.
        """
        return cls.from_section(preset_named(name).section)

    def to_section(self) -> dict[str, Any]:
        """The section "risk" with every key written out."""
        return normalised(read(self._written()))

    @cached_property
    def policy(self) -> Policy:
        """The limits in the core's units."""
        return parse(self._written()).policy

    def _written(self) -> dict[str, Any]:
        section: dict[str, Any] = {}
        for each in fields(self):
            *groups, last = each.metadata["path"].split(".")
            inner = section
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[last] = getattr(self, each.name)
        breaker = section["breaker"]
        if self.daily_loss_trip_pct is None:
            breaker["daily_loss"]["trip_pct"] = _twice(self.max_daily_loss_pct)
        if self.exposure_warn_pct is None:
            breaker["exposure"]["warn_pct"] = Exposure.warning_for(self.max_total_exposure_pct)
        return section


def _twice(warn: float | None) -> float | None:
    return None if warn is None else 2 * warn


def _flat(section: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of RiskLimits for a normalised section."""
    flat = {}
    for each in fields(RiskLimits):
        value: Any = section
        for name in each.metadata["path"].split("."):
            value = value[name]
        flat[each.name] = value
    followed = {
        "daily_loss_trip_pct": _twice(flat["max_daily_loss_pct"]),
        "exposure_warn_pct": Exposure.warning_for(flat["max_total_exposure_pct"]),
    }
    for name, following in followed.items():
        value = flat[name]
        flat[name] = None if value == following else "off" if value is None else value
    return flat
