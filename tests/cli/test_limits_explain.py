"""riskplugin limits explain: what limits mean in this account's money."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin import RiskLimits, calculate_position_size, check_circuit_breaker_conditions
from riskplugin.cli.limits.account import means_of
from riskplugin.cli.limits.reckoned import Reckoner
from riskplugin.cli.limits.sentences import Explanation
from riskplugin.config import PRESETS, parse
from riskplugin.core.levels import RiskLevel
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.units import Quote
from tests.cli.conftest import Run, change
from tests.cli.ledgers import book, service

pytestmark = pytest.mark.spec("CF-1")


def flat(text: str) -> str:
    return " ".join(text.split())


def told(run: Run, *options: str) -> dict[str, Any]:
    result = run("limits", "explain", "--json", *options)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_it_says_what_an_entry_may_be_and_lose(run: Run) -> None:
    assert told(run)["entry"].startswith(
        "At 1,000.00 USDT a MINIMAL entry is at most 20.00 USDT margin, at most 280.00 notional at "
        "14x, and loses 14.00 plus fees at its stop 5 % away. A strategy whose own stop is at most "
        "3.6 % away may use 20x: 400.00 notional, 14.40 lost at that stop. "
    )


def test_on_spot_there_is_no_leverage(run: Run, home: Path) -> None:
    change(home, trading_mode="spot")
    assert told(run)["entry"].startswith(
        "At 1,000.00 USDT a MINIMAL entry is at most 20.00 USDT margin, and loses 1.00 plus fees "
        "at its stop 5 % away. Wild"
    )
    assert told(run)["daily_loss"].endswith(
        "10 entries that go to the stop one after another cost 9.91 (0.99 %), and the breaker "
        "trips: losing streak 10 has reached the limit of 10."
    )


def test_it_says_how_many_positions_fit_and_what_they_lose_together(run: Run) -> None:
    assert told(run)["positions"] == (
        "As many as fit, each as large as its level allows: 3 with a notional of 280.00 (MINIMAL), "
        "140.00 (LOW), 30.00 (MEDIUM), together 450.00 (45 %). If all reach their stops, 22.50 "
        "(2.25 %) is lost, plus fees. No more than 5 pairs may be held."
    )


def test_it_says_what_a_day_can_lose(run: Run) -> None:
    assert told(run)["daily_loss"] == (
        "Warns at 1 % of the first equity of the day: 10.00 lost, trips at 2 % of the first equity "
        "of the day: 20.00 lost. 2 entries that go to the stop one after another cost 27.61 "
        "(2.76 %), and the breaker trips: daily loss 2.76 % has reached the limit of 2 %."
    )


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("mode", ["spot", "futures"])
def test_it_fits_80_columns(preset: str, mode: str, run: Run, home: Path) -> None:
    change(home, trading_mode=mode)
    result = run("limits", "explain", "--preset", preset, "--equity", "123456")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert f"preset {preset}" in result.output


def test_what_is_off_is_said(run: Run, home: Path) -> None:
    off = {"warn_pct": None, "trip_pct": None}
    breaker = {"drawdown": off, "exposure": off, "weekly_loss": {"trip_pct": 5}}
    change(home, risk={"breaker": breaker, "modes": {"stop": "observe"}}, max_open_trades=-1)
    shown = told(run)
    assert shown["drawdown"] == shown["exposure"] == "Off."
    assert "first equity of the week" in shown["weekly_loss"]
    assert "is off" in shown["stop"]
    assert "loses" not in shown["entry"]
    assert "lost" not in shown["positions"]
    assert "No limit counts positions" in shown["positions"]
    assert "stop" in shown["modes"]


def test_an_account_that_is_too_small_is_told_so(run: Run) -> None:
    shown = told(run, "--equity", "20")
    assert "below the minimum of 1" in shown["entry"]
    assert shown["positions"] == "None fits."
    assert "refused" in run("limits", "explain", "--equity", "20").output


def test_the_account_is_the_one_given_else_the_play_money(run: Run, home: Path) -> None:
    change(home, dry_run_wallet=2500)
    assert (told(run)["equity"], told(run)["account"]) == (2500, "dry_run_wallet")
    assert told(run, "--equity", "70")["equity"] == 70
    change(home, dry_run_wallet={"BTC": 1, "USDT": 300})
    assert told(run)["equity"] == 300
    change(home, dry_run_wallet=None)
    assert told(run)["equity"] == 1000
    assert "no bot has run" in told(run)["account"]


def test_the_account_is_read_from_the_ledger_of_a_bot_that_ran(run: Run, home: Path) -> None:
    with service(home) as risk:
        risk.tick(book(equity=812.5))
    shown = told(run)
    assert (shown["equity"], shown["account"]) == (812.5, "what freqtrade.dry said last")
    assert shown["drawdown"].startswith("Warns at 10 % of the peak: 81.25 lost")
    assert told(run, "--equity", "1000")["equity"] == 1000
    unknown = run("limits", "explain", "--bot", "nobody")
    assert unknown.exit_code == 2
    assert "knows no bot 'nobody'" in unknown.stderr


def test_the_account_is_what_the_bot_said_last() -> None:
    status = {"bot": "freqtrade.dry", "equity": 812.5, "trusted": True}
    means = means_of({"dry_run_wallet": 1000}, None, status)
    assert (means.equity, means.source) == (812.5, "what freqtrade.dry said last")
    assert means_of({}, 5.0, status).equity == 5.0
    doubted = means_of({}, None, {**status, "trusted": False})
    assert "not trusted" in doubted.source
    assert means_of({"dry_run_wallet": 7}, None, {**status, "equity": 0.0}).equity == 7


def test_limits_that_people_changed_meanwhile_are_mentioned() -> None:
    status = {"bot": "b", "equity": 1.0, "limits": {"version": "a", "file_version": "b"}}
    assert means_of({}, None, status).changed
    assert not means_of(
        {}, None, {**status, "limits": {"version": "b", "file_version": "b"}}
    ).changed


def explained(equity: float, mode: str, preset: str) -> Explanation:
    settings = {"stake_currency": "USDT", "trading_mode": mode, "max_open_trades": 5}
    return Explanation.of(parse(PRESETS[preset].section), means_of(settings, equity, None))


@given(
    equity=st.floats(1.0, 1e7),
    mode=st.sampled_from(["spot", "futures"]),
    preset=st.sampled_from(list(PRESETS)),
)
def test_its_figures_are_those_of_the_core(equity: float, mode: str, preset: str) -> None:
    limits, words = RiskLimits.preset(preset), explained(equity, mode, preset)
    reckoner = words.reckoner
    for level in RiskLevel:
        entry = reckoner.entry(level)
        size = calculate_position_size(equity, level=level, volatility_pct=0, limits=limits)
        assert entry.margin <= size
        assert entry.margin in (0, pytest.approx(size))  # on its own no entry meets the exposure
        assert entry.notional == pytest.approx(entry.margin * entry.leverage)
        assert entry.loss == pytest.approx(entry.notional * limits.stop_pct / 100)
        assert entry.leverage <= limits.policy.leverage.max[level]
    filled = reckoner.filled()
    share = limits.policy.breaker.exposure.warn
    assert share is not None
    assert sum(entry.notional for entry in filled) <= equity * share * (1 + 1e-9)
    assert len(filled) <= 5
    near = reckoner.with_near_stop()
    assert near.leverage >= reckoner.entry(RiskLevel.MINIMAL).leverage or mode == "spot"


@given(equity=st.floats(200.0, 1e6), preset=st.sampled_from(list(PRESETS)))
def test_the_stops_of_a_day_trip_the_breaker_and_one_less_does_not(
    equity: float, preset: str
) -> None:
    limits = RiskLimits.preset(preset)
    lost = Reckoner(limits.policy, equity, futures=True).to_their_stops()
    after = AccountSnapshot(
        equity=Quote(equity - lost.lost),
        peak_equity=Quote(equity),
        day_start_equity=Quote(equity),
        week_start_equity=Quote(equity),
        losing_streak=lost.count,
    )
    trips = check_circuit_breaker_conditions(after, limits)
    assert ([lost.trigger] if lost.trigger else []) == trips[:1]
    assert lost.trigger is None or lost.count <= limits.policy.breaker.losing_streak.trip  # type: ignore[operator]
