"""Protections by name, in real managers, bots and backtests; with the mixin and without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError, OperationalException
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.optimize.hyperopt.hyperopt_optimizer import cloudpickle
from freqtrade.persistence import LocalTrade, PairLocks, Trade
from freqtrade.resolvers import ProtectionResolver
from freqtrade.strategy import IntParameter

from riskplugin.adapter import internals
from riskplugin.adapter.locks import PREFIX
from riskplugin.adapter.protections import base, registration
from riskplugin.adapter.protections.daily_loss import RiskDailyLoss, day_begin
from riskplugin.adapter.protections.drawdown import RiskDrawdown
from riskplugin.adapter.protections.history import ClosedProfits
from riskplugin.adapter.registry import session_for, session_of
from riskplugin.adapter.trades import aware
from riskplugin.core.policy import DayPolicy
from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.adapter.protections_bench import (
    NOON,
    backtest,
    book_in_memory,
    configuration,
    earn,
    freqtrade,
    manager,
    reasons,
    trade,
    write_strategies,
)

DRAWDOWN = {"method": "RiskDrawdown", "max_drawdown_pct": 5}
DAILY = {"method": "RiskDailyLoss", "max_loss_pct": 5}
EXPOSURE = {"method": "RiskExposure", "max_exposure_pct": 20}
NAMES = sorted(registration.HOMES)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
#: freqtrade rounds the end of a lock up to the candle after it.
TO_NEXT_CANDLE = timedelta(hours=1)


@pytest.fixture
def book() -> Iterator[None]:
    with book_in_memory():
        yield


# --- by name -------------------------------------------------------------------------------------


@pytest.mark.spec("PR-1")
@pytest.mark.parametrize("name", NAMES)
def test_freqtrades_own_manager_knows_each_name(name: str) -> None:
    loaded = manager({"method": name})
    assert loaded.name_list == [name]
    assert loaded.short_desc()[0][name].endswith("locks for 60 minutes.")


@pytest.mark.spec("PR-3")
def test_freqtrades_own_protections_load_and_lock_beside_ours(book: None) -> None:
    both = manager({"method": "CooldownPeriod", "stop_duration": 60}, DRAWDOWN)
    earn(-60)
    found = reasons(both)
    assert len(found) == 2
    assert any(text.startswith("Cooldown period") for text in found)
    assert any(text.startswith("RiskDrawdown: ") for text in found)


@pytest.mark.spec("PR-3")
def test_a_name_that_nobody_knows_is_refused_as_ever() -> None:
    with pytest.raises(OperationalException, match="Impossible to load Protection 'RiskDrawDown'"):
        manager({"method": "RiskDrawDown"})


def test_registering_twice_patches_once() -> None:
    before = ProtectionResolver.load_protection
    registration.register()
    assert ProtectionResolver.load_protection is before


def test_a_resolver_of_another_shape_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load_protection(name: str) -> None: ...

    monkeypatch.setattr(ProtectionResolver, "load_protection", staticmethod(load_protection))
    registration.register()
    assert ProtectionResolver.load_protection is load_protection
    assert "does not know how freqtrade" in caplog.text


@pytest.mark.spec("PR-1")
def test_what_hyperopt_sends_to_its_workers_brings_us_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class HyperOptimizer:
        def __init__(self) -> None:
            self.config = {"a": 1}

    stand_in = ModuleType(registration._OPTIMIZER)
    stand_in.HyperOptimizer = HyperOptimizer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, registration._OPTIMIZER, stand_in)
    registration.register()
    sent = cloudpickle.dumps(HyperOptimizer())
    assert registration.__name__.encode() in sent
    assert cloudpickle.loads(sent).config == {"a": 1}


# --- parameters ----------------------------------------------------------------------------------


@pytest.mark.spec("PR-1")
@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"method": "RiskDrawdown", "max_drawdown": 10},
            (
                "RiskDrawdown.max_drawdown: was 10, is not a key; here are stop_duration, "
                "stop_duration_candles, unlock_at, max_drawdown_pct, lookback_period, "
                "lookback_period_candles — did you mean 'max_drawdown_pct'?"
            ),
        ),
        (
            {"method": "RiskDrawdown", "max_drawdown_pct": 150},
            (
                "RiskDrawdown.max_drawdown_pct: was 150, must be above 0 and at most 100 "
                "(percent of the peak) — write e.g. 15"
            ),
        ),
        (
            {"method": "RiskDailyLoss", "max_loss_pct": "2"},
            (
                'RiskDailyLoss.max_loss_pct: was "2", must be a number above 0 and at most 100 '
                "(percent of equity at the start of the day) — write e.g. 2"
            ),
        ),
        (
            {"method": "RiskDailyLoss", "max_loss_pct": float("nan")},
            (
                "RiskDailyLoss.max_loss_pct: was NaN, must be a number above 0 and at most 100 "
                "(percent of equity at the start of the day) — write e.g. 2"
            ),
        ),
        (
            {"method": "RiskDailyLoss", "timezone": "Europe/Berln"},
            (
                'RiskDailyLoss.timezone: was "Europe/Berln", must be a text (name of a time zone) '
                '— did you mean "Europe/Berlin"?'
            ),
        ),
        (
            {"method": "RiskExposure", "stop_duration": 0},
            (
                "RiskExposure.stop_duration: was 0, must be a whole number, at least 1 (minutes) "
                "— write e.g. 60"
            ),
        ),
        (
            {"method": "RiskExposure", "stop_duration_candles": True},
            (
                "RiskExposure.stop_duration_candles: was true, must be a whole number, at least 1 "
                "(candles of the strategy's timeframe) — write e.g. 1"
            ),
        ),
        (
            {"method": "RiskExposure", "lookback_period": 60},
            (
                "RiskExposure.lookback_period: was 60, is not a key; here are stop_duration, "
                "stop_duration_candles, unlock_at, max_exposure_pct — take it out"
            ),
        ),
        (
            {"method": "RiskEmergency", "stop_entries": 1},
            "RiskEmergency.stop_entries: was 1, must be true or false — write e.g. false",
        ),
        (
            {
                "method": "RiskCircuitBreaker",
                "stop_duration": IntParameter(1, 9, default=5, space="protection"),
            },
            (
                "RiskCircuitBreaker.stop_duration: was IntParameter, must be a whole number, "
                "at least 1 (minutes) — write its .value"
            ),
        ),
    ],
)
def test_a_wrong_parameter_stops_the_start_and_says_what_it_may_be(
    config: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        manager(config)
    assert str(caught.value) == message


def test_every_wrong_parameter_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        manager({"method": "RiskExposure", "max_exposure_pct": -1, "unlock_at": "12:30", "x": 1})
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.spec("PR-2")
def test_numbers_of_an_optimiser_are_numbers(book: None) -> None:
    tuned = manager(
        {**DRAWDOWN, "max_drawdown_pct": np.float64(5), "stop_duration_candles": np.int64(3)}
    )
    earn(-60)
    reasons(tuned)
    lock = PairLocks.get_pair_longest_lock("*", NOON)
    assert lock is not None
    assert lock.lock_end_time == NOON + timedelta(hours=3) + TO_NEXT_CANDLE


@pytest.mark.parametrize("mode", [RunMode.LIVE, RunMode.DRY_RUN, RunMode.BACKTEST])
@pytest.mark.parametrize("name", ["RiskCircuitBreaker", "RiskEmergency"])
def test_what_needs_the_mixin_says_so_at_the_start(name: str, mode: RunMode) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} needs a strategy that is guarded"):
        manager({"method": name}, runmode=mode)


# --- without the mixin ---------------------------------------------------------------------------


@pytest.mark.spec("PR-1")
@pytest.mark.parametrize(("loss", "locked"), [(49.9, False), (50, True), (400, True)])
@pytest.mark.parametrize("protection", [DRAWDOWN, DAILY], ids=lambda p: p["method"])
def test_a_loss_locks_at_its_limit(
    protection: dict[str, Any], loss: float, locked: bool, book: None
) -> None:
    earn(-loss)
    assert bool(reasons(manager(protection))) is locked


@pytest.mark.spec("PR-1")
def test_a_reason_names_protection_figure_basis_limit_and_end(book: None) -> None:
    earn(-62.5)
    assert reasons(manager(DRAWDOWN)) == [
        "RiskDrawdown: drawdown 6.25 % of realised equity has reached 5 %, locking for 60 minutes"
    ]


@pytest.mark.spec("PR-1")
def test_a_drawdown_is_measured_from_the_peak_not_from_the_start(book: None) -> None:
    protection = manager(DRAWDOWN)
    earn(1000, NOON - 2 * DAY)
    assert not reasons(protection, NOON - 2 * DAY)
    earn(-99, NOON - DAY)
    assert not reasons(protection, NOON - DAY)
    earn(-1)
    assert reasons(protection)


@pytest.mark.parametrize(("candles", "locked"), [(1, False), (25, True)])
def test_a_lookback_forgets_older_peaks(candles: int, locked: bool, book: None) -> None:
    earn(-100, NOON - DAY)
    protection = manager({**DRAWDOWN, "lookback_period_candles": candles})
    assert bool(reasons(protection)) is locked


def test_the_peak_of_a_period_is_that_of_its_results_whenever_it_is_asked_for(book: None) -> None:
    """Also of an earlier period after a later one, and of trades that close in between."""
    results = {
        NOON - hours * HOUR: profit for hours, profit in ((9, 40), (7, -30), (5, 60), (3, -90))
    }
    closed = ClosedProfits()
    for late in (False, True):
        for at, profit in results.items():
            if (at > NOON - 6 * HOUR) is late:
                earn(profit, at)
        closed.update()
        for hours in (8, 4, 2, 10, 6, 12, 1, 7):
            since = NOON - hours * HOUR
            before = closed.before(since)
            totals = [closed.before(at + SECOND) for at in results if at >= since]
            assert closed.highest(since) == pytest.approx(max([before, *totals]))


@pytest.mark.parametrize(("starts_at", "locked"), [("00:00", True), ("12:00", False)])
def test_a_daily_loss_ends_with_the_day(starts_at: str, locked: bool, book: None) -> None:
    earn(-60, NOON - timedelta(hours=1))
    assert bool(reasons(manager({**DAILY, "starts_at": starts_at}))) is locked


def test_a_day_has_its_own_zone(book: None) -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    earn(-60, late)
    after = late + timedelta(hours=1)
    assert not reasons(manager(DAILY), after)
    assert reasons(manager({**DAILY, "timezone": "America/New_York"}), after)


@pytest.mark.parametrize(
    ("at", "begin"),
    [
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)),
    ],
)
def test_days_of_25_and_23_hours_begin_once(at: datetime, begin: datetime) -> None:
    from zoneinfo import ZoneInfo

    assert day_begin(at, DayPolicy(timezone=ZoneInfo("Europe/Berlin"))) == begin


@pytest.mark.spec("PR-1")
@pytest.mark.parametrize(("stake", "locked"), [(200, False), (201, True)])
def test_exposure_may_fill_its_limit_but_not_pass_it(
    stake: float, locked: bool, book: None
) -> None:
    trade(stake=stake)
    assert bool(reasons(manager(EXPOSURE))) is locked


def test_an_open_position_counts_at_its_entry_price(book: None) -> None:
    trade(stake=500)
    assert not reasons(manager(DRAWDOWN, DAILY))


def test_unlock_at_is_a_time_of_day(book: None) -> None:
    earn(-60)
    assert reasons(manager({**DRAWDOWN, "unlock_at": "18:00"}))[0].endswith("locking until 18:00")
    lock = PairLocks.get_pair_longest_lock("*", NOON)
    assert lock is not None
    assert lock.lock_end_time == NOON + timedelta(hours=6) + TO_NEXT_CANDLE


def test_profits_that_are_read_on_are_those_read_at_once(book: None) -> None:
    read_on = ClosedProfits()
    for hour, profit in enumerate([5, -3, -3, 10, -20, 1]):
        earn(profit, NOON + timedelta(hours=hour // 2))  # two close at the same moment
        read_on.update()
        at_once = ClosedProfits()
        at_once.update()
        for since in (None, NOON, NOON + timedelta(hours=1), NOON + DAY):
            assert read_on.highest(since) == at_once.highest(since)
        assert read_on.total == pytest.approx(LocalTrade.bt_total_profit)


def test_a_deleted_trade_is_noticed(book: None) -> None:
    known = ClosedProfits()
    earn(-5)
    earn(-7)
    known.update()
    gone = LocalTrade.bt_trades.pop(0)
    LocalTrade.bt_total_profit -= gone.close_profit_abs
    known.update()
    assert known.total == pytest.approx(-7)


# --- failures ------------------------------------------------------------------------------------


@pytest.mark.spec("PR-1", "CF-4")
@pytest.mark.parametrize("name", NAMES)
def test_an_error_inside_locks_and_never_leaves(
    name: str, book: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such figure")

    protection = manager({"method": name, "stop_duration_candles": 5})
    monkeypatch.setattr(protection._protection_handlers[0], "judge", broken)
    (reason,) = reasons(protection)
    assert "cannot be judged (ValueError: no such figure), locking for 5 candles" in reason
    assert "Traceback" in caplog.text
    lock = PairLocks.get_pair_longest_lock("*", NOON)
    assert lock is not None
    assert lock.lock_end_time == NOON + timedelta(hours=5) + TO_NEXT_CANDLE


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("balance", [float("nan"), float("inf"), 0.0, -1.0, None])
@pytest.mark.parametrize("protection", [DRAWDOWN, DAILY, EXPOSURE], ids=lambda p: p["method"])
def test_a_balance_that_is_no_balance_locks(
    protection: dict[str, Any], balance: Any, book: None
) -> None:
    trade()
    earn(-10)
    handler = manager(protection)._protection_handlers[0]
    found = handler.global_stop(date_now=NOON, side="long", starting_balance=balance)
    assert found is not None
    assert found.until > NOON


def test_a_reason_fits_freqtrades_table(book: None, monkeypatch: pytest.MonkeyPatch) -> None:
    protection = manager(DRAWDOWN)
    stop = base.Stop("x" * 1000)
    monkeypatch.setattr(protection._protection_handlers[0], "judge", lambda *_: stop)
    assert len(reasons(protection)[0]) <= 255


def test_without_a_session_the_breaker_locks_where_nothing_said_so_before(book: None) -> None:
    """In hyperopt's workers, where sessions come later than protections."""
    (reason,) = reasons(manager({"method": "RiskCircuitBreaker"}, runmode=RunMode.HYPEROPT))
    assert "needs a strategy that is guarded by RiskMixin" in reason


# --- a dry-run bot -------------------------------------------------------------------------------

PROTECTED = """
class Protected({bases}):
    protections = [
        {{"method": "CooldownPeriod", "stop_duration": 5}},
        {{"method": "RiskDrawdown", "max_drawdown_pct": 0.1, "stop_duration": 90}},
        {{"method": "RiskDailyLoss", "max_loss_pct": 50}},
        {{"method": "RiskExposure", "max_exposure_pct": 100}},
        {more}
    ]
"""
STATE_ONES = """{"method": "RiskCircuitBreaker"},
        {"method": "RiskEmergency", "stop_entries": True},"""


#: What freqtrade's code is warned of is its business.
HOSTS_WARNINGS = pytest.mark.filterwarnings(r"ignore:::(freqtrade|ccxt|urllib3)\..*")


class Bot:
    """A real bot of this process on a sandbox whose prices stand still."""

    def __init__(self, home: Path, sandbox: Sandbox, *, mixin: bool, live: bool) -> None:
        self.sandbox = sandbox
        database = f"sqlite:///{home}/trades.sqlite"
        self.mixin = mixin
        keys: dict[str, Any] = {"db_url": database, "dry_run": not live}
        if live and not mixin and not internals.TELLS_BALANCE:
            keys["available_capital"] = 10_000
        file = configuration(sandbox.port, home, timeframe="5m", **keys)
        write_strategies(
            home,
            PROTECTED.format(
                bases="RiskMixin, Plain" if mixin else "Plain", more=STATE_ONES if mixin else ""
            ),
            imports="from riskplugin import RiskMixin"
            if mixin
            else "import riskplugin.protections",
            timeframe="5m",
        )
        arguments = {"config": [str(file)], "strategy": "Protected"}
        config = Configuration(arguments, RunMode.LIVE if live else RunMode.DRY_RUN).get_config()
        self.bot = FreqtradeBot(config)
        self.bot.startup()

    def locks(self) -> dict[str, timedelta]:
        now = datetime.now(UTC)
        found = PairLocks.get_pair_locks("*", now)
        return {str(lock.reason): aware(lock.lock_end_time) - now for lock in found}

    def asked(self) -> list[str]:
        """The reasons of each protection that would lock now."""
        told = [self.bot.wallets.get_starting_balance()] if internals.TELLS_BALANCE else []
        handlers = self.bot.protections._protection_handlers
        found = [h.global_stop(datetime.now(UTC), "long", *told) for h in handlers]
        return [stop.reason for stop in found if stop is not None]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings()) as running:
        running.control.hold()
        yield running


@pytest.fixture(
    params=[(True, False), (False, False), (True, True), (False, True)],
    ids=["dry-mixin", "dry-plain", "live-mixin", "live-plain"],
)
def bot(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Iterator[Bot]:
    mixin, live = request.param
    made = Bot(tmp_path, sandbox, mixin=mixin, live=live)
    session = session_for(made.bot.config)
    yield made
    made.bot.cleanup()
    if session is not None:
        session.service.close()
    Trade.session.remove()


@HOSTS_WARNINGS
@pytest.mark.slow
@pytest.mark.spec("PR-1", "PR-3")
def test_a_bot_locks_itself_after_a_losing_exit(bot: Bot) -> None:
    bot.bot.process()
    assert len(Trade.get_open_trades()) == 3
    bot.sandbox.control.price(None, 0.9)
    bot.bot.process()
    assert not Trade.get_open_trades()
    kind = "marked" if bot.mixin else "realised"
    (ours,) = [text for text in bot.locks() if text.startswith("RiskDrawdown: ")]
    assert f" % of {kind} equity has reached 0.1 %, locking for 90 minutes" in ours
    assert timedelta(minutes=89) < bot.locks()[ours] <= timedelta(minutes=95)
    cooled = PairLocks.get_pair_locks("BTC/USDT", datetime.now(UTC))
    assert any("Cooldown period" in str(lock.reason) for lock in cooled)
    bot.bot.process()
    assert not Trade.get_open_trades()


@HOSTS_WARNINGS
@pytest.mark.slow
@pytest.mark.spec("PR-1")
@pytest.mark.parametrize("bot", [(True, False)], ids=["dry-mixin"], indirect=True)
def test_breaker_and_emergency_lock_with_the_plugins_state(bot: Bot) -> None:
    session = session_of(bot.bot.strategy)
    assert session is not None
    assert session_for(bot.bot.config) is session
    assert session_for(dict(bot.bot.config)) is None
    bot.bot.process()
    assert bot.asked() == []

    def order(command: str) -> None:
        now = datetime.now(UTC)
        outcome = session.service.command(
            command, by="ann", reason="a test", book=session.look(now)
        )
        assert outcome == "done"

    order("emergency-on")
    assert bot.asked() == [
        f"{PREFIX}RiskEmergency: emergency mode, entered by ann, locking for 60 minutes"
    ]
    order("emergency-off")
    assert bot.asked() == []
    order("trip")
    assert bot.asked() == [
        f"{PREFIX}RiskCircuitBreaker: breaker latched: a test, locking for 60 minutes"
    ]
    order("close-all")
    assert (
        f"{PREFIX}RiskEmergency: closing everything, ordered by ann, locking for 60 minutes"
        in bot.asked()
    )


# --- backtests and hyperopt as processes ---------------------------------------------------------

VARIANTS = """
OWN = [{"method": "CooldownPeriod", "stop_duration_candles": 12}]
FIRST_LOSS = {"method": "RiskDrawdown", "max_drawdown_pct": 0.001, "stop_duration": 500000}
FIRST_DAY = {"method": "RiskDailyLoss", "max_loss_pct": 0.001, "stop_duration": 500000}
NEVER = [
    {"method": "RiskDrawdown", "max_drawdown_pct": 100},
    {"method": "RiskDailyLoss", "max_loss_pct": 100, "timezone": "Europe/Berlin"},
    {"method": "RiskExposure", "max_exposure_pct": 1000},
]


class PlainOwn(Plain):
    protections = OWN


class PlainBoth(Plain):
    protections = OWN + NEVER


class PlainLoss(Plain):
    protections = [*OWN, FIRST_LOSS]


class PlainDay(Plain):
    protections = [*OWN, FIRST_DAY]


class PlainExposure(Plain):
    protections = [*OWN, {"method": "RiskExposure", "max_exposure_pct": 1, "unlock_at": "23:00"}]


class GuardedOwn(RiskMixin, Plain):
    protections = OWN


class GuardedBoth(RiskMixin, Plain):
    protections = [*OWN, *NEVER, {"method": "RiskCircuitBreaker"}, {"method": "RiskEmergency"}]


class GuardedLoss(RiskMixin, Plain):
    protections = [*OWN, FIRST_LOSS]
"""
BOTH_IMPORTS = "import riskplugin.protections\nfrom riskplugin import RiskMixin"


@pytest.fixture(scope="module")
def trades(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One run of all variants, over real candles."""
    home = tmp_path_factory.mktemp("backtest")
    with Sandbox(SandboxSettings()) as running:
        configuration(running.port, home, timeframe="1h")
        write_strategies(home, VARIANTS, imports=BOTH_IMPORTS)
        names = [line[6:].split("(")[0] for line in VARIANTS.splitlines() if line[:6] == "class "]
        return backtest(home, shared_data, *names)


@pytest.mark.e2e
@pytest.mark.spec("PR-1")
@pytest.mark.parametrize("name", ["PlainLoss", "PlainDay", "GuardedLoss"])
def test_a_backtest_takes_no_entry_after_the_lock(name: str, trades: Any) -> None:
    first_loss = min(t["close_timestamp"] for t in trades[name] if t["profit_abs"] < 0)
    assert max(t["open_timestamp"] for t in trades[name]) <= first_loss
    without = trades["GuardedOwn" if name.startswith("Guarded") else "PlainOwn"]
    assert len(trades[name]) < len(without)


@pytest.mark.e2e
@pytest.mark.spec("PR-1")
def test_a_backtest_knows_the_exposure(trades: Any) -> None:
    assert 0 < len(trades["PlainExposure"]) < len(trades["PlainOwn"])


@pytest.mark.e2e
@pytest.mark.spec("PR-3")
@pytest.mark.parametrize("kind", ["Plain", "Guarded"])
def test_protections_that_never_lock_leave_a_backtest_as_it_was(kind: str, trades: Any) -> None:
    """Those of the breaker would lock at every exit if they found no session (--strategy-list)."""

    def short(name: str) -> list[tuple[Any, ...]]:
        return [
            (t["pair"], t["open_timestamp"], t["close_timestamp"], t["profit_abs"])
            for t in trades[name]
        ]

    assert short(f"{kind}Both") == short(f"{kind}Own")


TUNED = """
class Tuned(Plain):
    limit = DecimalParameter(0.5, 5, default=1, space="protection")

    @property
    def protections(self):
        return [{"method": "RiskDrawdown", "max_drawdown_pct": self.limit.value}]
"""


@pytest.mark.e2e
@pytest.mark.spec("PR-2")
def test_hyperopts_workers_know_the_names_without_the_mixin(
    tmp_path: Path, sandbox: Sandbox, shared_data: Path
) -> None:
    pytest.importorskip("optuna", reason="hyperopt needs freqtrade[hyperopt]")
    configuration(sandbox.port, tmp_path, timeframe="1h")
    write_strategies(tmp_path, TUNED, imports="import riskplugin.protections")
    run = freqtrade(
        tmp_path, "hyperopt", "-c", "config.json", "--datadir", str(shared_data / "binance"),
        "--timerange", "20200301-20200320", "-s", "Tuned", "--spaces", "protection", "-j", "2",
        "-e", "2", "--hyperopt-loss", "SharpeHyperOptLossDaily",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert "protection_params" in run.stdout


def test_the_public_module_names_all_of_them() -> None:
    import riskplugin.protections as public

    assert sorted(public.__all__) == NAMES
    assert public.RiskDrawdown is RiskDrawdown
    assert public.RiskDailyLoss is RiskDailyLoss
