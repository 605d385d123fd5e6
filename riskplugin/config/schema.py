"""The section "risk" as people write it: every key with its default, unit, range and meaning.

Percentages stay percentages here; convert.py makes ratios of them. What keys must not contradict
each other is contradictions.py's business.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskplugin.config.alerting import (
    AlertLevels,
    ChannelAddresses,
    ChannelNames,
    QuietSpan,
    alert_levels,
    channel_addresses,
    channel_names,
    quiet_span,
)
from riskplugin.config.fields import (
    Clock,
    Duration,
    LedgerUrl,
    Number,
    NumberOrOff,
    PlaceOrOff,
    Switch,
    Text,
    VariableOrOff,
    Wait,
    Whole,
    WholeOrOff,
    Zone,
    key,
    percent,
)
from riskplugin.config.names import ALWAYS_ENFORCED, MODE_NAMES
from riskplugin.core.units import is_number


class Keys(BaseModel):
    """A group of keys: unknown ones are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Levels(Keys):
    """Risk score at which each level begins; below ``low`` the level is MINIMAL (MO-2)."""

    low: Number = key(20.0, "score at which LOW begins", "score", above=0, at_most=100)
    medium: Number = key(40.0, "score at which MEDIUM begins", "score", above=0, at_most=100)
    high: Number = key(60.0, "score at which HIGH begins", "score", above=0, at_most=100)
    critical: Number = key(80.0, "score at which CRITICAL begins", "score", above=0, at_most=100)


class Pair(Keys):
    """A warning and a trip value; null switches that half off.

    Where only the trip value is written, the warning keeps the defaults' proportion to it.
    """

    names: ClassVar[tuple[str, str]] = ("warn_pct", "trip_pct")
    highest_warning: ClassVar[float] = float("inf")

    @model_validator(mode="before")
    @classmethod
    def _warning_follows_trip(cls, data: Any) -> Any:
        warn, trip = cls.names
        if not isinstance(data, dict) or warn in data or not is_number(data.get(trip)):
            return data
        return {**data, warn: cls.warning_for(data[trip])}

    @classmethod
    def warning_for(cls, trip: float | None) -> float | None:
        """The warning that belongs to ``trip`` in the defaults' proportion."""
        warn_default, trip_default = (cls.model_fields[name].default for name in cls.names)
        if trip is None or warn_default is None or trip_default is None:
            return None
        following = min(trip * warn_default / trip_default, cls.highest_warning)
        return max(1, int(following)) if isinstance(warn_default, int) else following


class Drawdown(Pair):
    """Fall of equity from its peak (CB-2)."""

    warn_pct: NumberOrOff = percent(10.0, "drawdown that warns", "the peak")
    trip_pct: NumberOrOff = percent(15.0, "drawdown that trips the breaker", "the peak")


class DailyLoss(Pair):
    """Fall of equity since the start of the day (CB-2, CB-10)."""

    warn_pct: NumberOrOff = percent(1.0, "daily loss that warns", "the day's first equity")
    trip_pct: NumberOrOff = percent(2.0, "daily loss that trips", "the day's first equity")
    hold_until_next_day: Switch = key(
        default=False,
        about="true: after a daily or weekly loss the breaker stays open until the next period",
    )


class WeeklyLoss(Pair):
    """Fall of equity since the start of the week (CB-10); off by default."""

    warn_pct: NumberOrOff = percent(
        None, "weekly loss that warns", "the week's first equity", example=3
    )
    trip_pct: NumberOrOff = percent(
        None, "weekly loss that trips", "the week's first equity", example=5
    )


class Exposure(Pair):
    """Gross exposure: notional of positions and working entries (CB-2)."""

    warn_pct: NumberOrOff = percent(
        45.0, "entries fill up to here; the room above is for prices", "equity", at_most=10_000
    )
    trip_pct: NumberOrOff = percent(
        50.0, "exposure that trips the breaker", "equity", at_most=10_000
    )


class Score(Pair):
    """Risk score (MO-2)."""

    names = ("warn", "trip")
    warn: NumberOrOff = key(80.0, "score that warns", "score", above=0, at_most=100)
    trip: NumberOrOff = key(95.0, "score that trips", "score", above=0, at_most=100)


class LosingStreak(Pair):
    """Losing trades in a row."""

    names = ("warn", "trip")
    warn: WholeOrOff = key(5, "losses in a row that warn", "trades", at_least=1)
    trip: WholeOrOff = key(10, "losses in a row that trip", "trades", at_least=1)


class VolatilitySpike(Pair):
    """Volatility of the open book."""

    warn_pct: NumberOrOff = percent(
        50.0, "volatility of the book that warns", "price per day", at_most=1000
    )
    trip_pct: NumberOrOff = percent(
        100.0, "volatility of the book that trips", "price per day", at_most=1000
    )


class RejectedOrders(Pair):
    """Share of recent orders that the exchange refused."""

    warn_pct: NumberOrOff = percent(30.0, "refused orders that warn", "recent orders")
    trip_pct: NumberOrOff = percent(60.0, "refused orders that trip", "recent orders")


class LiquidationRoom(Pair):
    """What is left of the way to liquidation; the only limit that acts from below (LV-4)."""

    highest_warning = 100.0
    warn_pct: NumberOrOff = percent(40.0, "room at and below which it warns", "the whole way")
    trip_pct: NumberOrOff = percent(15.0, "room at and below which it trips", "the whole way")


class System(Keys):
    """When the bot itself is not to be trusted (CB-2)."""

    max_consecutive_errors: Whole = key(5, "errors in a row that trip", "errors", at_least=1)
    max_price_age: Duration = key("2m", "an older price is stale", validate_default=True)


class HalfOpen(Keys):
    """The test that a breaker has to pass before it closes (CB-6)."""

    max_positions: Whole = key(1, "probe positions at a time", "positions", at_least=1)
    size_factor: Number = key(0.25, "size of a probe", "times the normal size", above=0, at_most=1)
    wins: Whole = key(2, "won probes that close the breaker", "trades", at_least=1)
    max_loss_pct: Number = percent(0.5, "loss of the test that opens it again", "equity")


class Breaker(Keys):
    """The circuit breaker: what trips it, how it recovers."""

    drawdown: Drawdown = Drawdown()
    daily_loss: DailyLoss = DailyLoss()
    weekly_loss: WeeklyLoss = WeeklyLoss()
    exposure: Exposure = Exposure()
    score: Score = Score()
    losing_streak: LosingStreak = LosingStreak()
    volatility: VolatilitySpike = VolatilitySpike()
    rejected_orders: RejectedOrders = RejectedOrders()
    liquidation_room: LiquidationRoom = LiquidationRoom()
    system: System = System()
    cooldown: Duration = key("1h", "rest after a trip", validate_default=True)
    max_cooldown: Duration = key("1d", "longest rest after failed tests", validate_default=True)
    on_trip: Literal["halt", "emergency", "flatten"] = key(
        "emergency",
        "halt: no entries; emergency: also close what exceeds the emergency limits; "
        "flatten: also close everything",
    )
    half_open: HalfOpen = HalfOpen()


class Emergency(Keys):
    """Limits while emergency mode is on (EM-1)."""

    max_leverage: Number = _leverage(5.0, "in an emergency")
    max_position_pct: Number = percent(0.5, "margin of a position", "equity")
    max_positions: Whole = key(3, "open positions", "positions", at_least=0)
    stop_pct: Number = percent(10.0, "distance of the stop", "price", below=100)


class Trust(Keys):
    """When a wallet that disagrees with the book is disbelieved (CB-11)."""

    tolerance_pct: Number = percent(0.5, "disagreement that is still believed", "equity", below=100)
    confirm_after: Duration = key(
        "2m", "a disagreement that stays this long is a fact", validate_default=True
    )
    max_jump_pct: Number = percent(
        90.0, "a fall by more than this is confirmed by a person only", "equity"
    )


class Reconciliation(Keys):
    """How far fills may differ from what was approved, holdings from the trades (MO-4)."""

    amount_tolerance_pct: Number = percent(
        1.0, "difference that rounding, fees and dust explain", "the amount", below=100
    )
    slippage_warn_pct: Number = percent(1.0, "slippage of a fill that is told", "the price")


class Day(Keys):
    """When the trading day begins (CB-10)."""

    timezone: Zone = key("UTC", "time zone of the trading day", "a name such as Europe/Berlin")
    starts_at: Clock = key("00:00", "time of day at which it begins", "HH:MM, 24 hours")


class Control(Keys):
    """How people stop the bot from outside."""

    kill_file: Text = key("user_data/RISK_KILL", "while this file exists no entry is made", "path")
    token_key_file: Text = key(
        "user_data/risk_token.key",
        "key that signs the tokens of people who signed in; made at the first sign-in",
        "path",
    )
    token_life: Duration = key("12h", "how long a sign-in lasts", validate_default=True)
    second_factor: Switch = key(
        default=True,
        about="true: risk managers and administrators sign in with a code of their phone as well",
    )
    newcomer_wait: Wait = key(
        "24h",
        "time before somebody whom an administrator made or changed may approve what others want",
        "0s for none",
        validate_default=True,
    )
    hard_limits: dict[str, Any] = Field(
        default_factory=dict,
        description="limits up to which two people may loosen while the bot runs, written like the "
        "section; a key that is not here cannot be loosened beyond the section's own value",
        json_schema_extra={"default": {}},
    )
    loosen_delay: Wait = key(
        "0s", "time between an approval and the looser limit", "0s for none", validate_default=True
    )
    proposal_expires: Duration = key(
        "24h", "a proposal that nobody approved is forgotten", validate_default=True
    )
    longest_override: Duration = key(
        "24h", "longest time for which a pair may have limits of its own", validate_default=True
    )


class Checkpoints(Keys):
    """Signed statements of how long the chain of records is, and how it ends."""

    key_file: Text = key(
        "user_data/risk_signing.key",
        "private key that signs; without one nothing is signed",
        "path",
    )
    every_records: Whole = key(1000, "records between two checkpoints", "records", at_least=1)
    every: Duration = key(
        "15m", "time between two checkpoints, if anything was recorded", validate_default=True
    )
    copy_to: PlaceOrOff = key(
        None,
        "a second place for checkpoints, out of reach of whoever can write the ledger",
        "path, or http(s):// to post them to",
        example="/mnt/elsewhere/checkpoints.jsonl",
    )


class Keep(Keys):
    """How long the metrics stay as fine as they were taken; records are kept for ever."""

    raw: Duration = key("2d", "rows as they were taken", validate_default=True)
    minutes: Duration = key("90d", "one row a minute; hours stay for ever", validate_default=True)


class Ledger(Keys):
    """Where decisions and states are recorded."""

    url: LedgerUrl = key(
        "sqlite:///user_data/risk.sqlite",
        "data base of the records",
        "sqlite:///… or postgresql://…",
    )
    durability: Literal["full", "normal"] = key(
        "full", "normal is faster; a power cut may then take the latest records"
    )
    metrics_interval: Duration = key(
        "5s", "time between two rows of the metrics", validate_default=True
    )
    keep: Keep = Keep()
    checkpoints: Checkpoints = Checkpoints()
    encrypt: Switch = key(
        default=False,
        about="true: names, reasons, tags are encrypted with the key in RISKPLUGIN_ENCRYPTION_KEY",
    )
    keep_backtests: Switch = key(
        default=False,
        about="true: a backtest leaves a ledger of its own beside its results",
    )


class AlertRoutes(Keys):
    """Where alerts are told; ``bot`` is the bot's own channels, ``log`` its log."""

    info: ChannelNames = channel_names(("log",), "channels for what is good to know")
    warning: ChannelNames = channel_names(("bot", "log"), "channels for what is looked at today")
    critical: ChannelNames = channel_names(("bot", "log"), "channels for what is looked at now")


class Alerts(Keys):
    """Who is told what, on which channel, and who is told next when nobody answers."""

    channels: ChannelAddresses = channel_addresses(
        "channels besides bot and log: a name, and the address of any service that apprise knows"
    )
    routes: AlertRoutes = AlertRoutes()
    levels: AlertLevels = alert_levels(
        "who is told of a critical alert when nobody has acknowledged it after so long; without "
        "channels of their own, where critical alerts are told"
    )
    again_after: Duration = key(
        "5m", "what comes again sooner is not told again", validate_default=True
    )
    per_minute: Whole = key(
        20, "what a channel takes; more is joined into one message", "messages", at_least=1
    )
    quiet_hours: QuietSpan = quiet_span("hours of the trading day's time zone without infos")
    digest: Switch = key(default=True, about="true: the figures of a day are told at its end")


def _secret(about: str, example: str) -> Any:
    return key(None, f"{about}: never the secret itself", "env:NAME", example=f"env:{example}")


class WatchdogExchange(Keys):
    """Keys of the watchdog's own at the exchange, for the action "exchange"."""

    use_bot_keys: Switch = key(
        default=False, about="true: the bot's own keys, from the configuration, are used"
    )
    key: VariableOrOff = _secret("variable that holds the API key", "WATCHDOG_KEY")
    secret: VariableOrOff = _secret("variable that holds the API secret", "WATCHDOG_SECRET")
    password: VariableOrOff = _secret("variable that holds its passphrase", "WATCHDOG_PASSPHRASE")


class Watchdog(Keys):
    """A process of its own that looks after the bot: riskplugin watchdog."""

    interval: Duration = key("5s", "time between two looks", validate_default=True)
    silent_after: Duration = key(
        "1m", "a bot that said nothing for so long is silent", validate_default=True
    )
    action: Literal["alert", "rest", "exchange"] = key(
        "alert",
        "when the bot is silent with positions open. alert: tell people; rest: also close through "
        "the bot's own REST; exchange: also at the exchange, when the bot is gone",
    )
    act_after: Duration = key(
        "3m", "silence with positions open after which it acts", validate_default=True
    )
    bot_url: PlaceOrOff = key(
        None,
        "the bot's own API server",
        "http(s):// address",
        example="http://127.0.0.1:8080",
    )
    bot_username: VariableOrOff = _secret("variable that holds the API's username", "BOT_USERNAME")
    bot_password: VariableOrOff = _secret("variable that holds its password", "BOT_PASSWORD")
    min_free_mb: Number = key(
        500.0, "less free disk space than this is told", "megabytes", at_least=0
    )
    exchange: WatchdogExchange = WatchdogExchange()


class Section(Keys):
    """The section "risk" of a freqtrade configuration. Everything is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="riskplugin: section risk")

    sizing: Sizing = Sizing()
    leverage: Leverage = Leverage()
    stop: Stop = Stop()
    positions: Positions = Positions()
    levels: Levels = Levels()
    breaker: Breaker = Breaker()
    emergency: Emergency = Emergency()
    trust: Trust = Trust()
    reconciliation: Reconciliation = Reconciliation()
    day: Day = Day()
    control: Control = Control()
    ledger: Ledger = Ledger()
    alerts: Alerts = Alerts()
    watchdog: Watchdog = Watchdog()
    modes: dict[str, Literal["enforce", "observe"]] = Field(
        default_factory=dict,
        description='rule or trigger → "observe": record what it would do, without enforcing',
        json_schema_extra={
            "default": {},
            "propertyNames": {"enum": [n for n in MODE_NAMES if n not in ALWAYS_ENFORCED]},
        },
    )
