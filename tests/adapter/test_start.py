"""Before the first loop: a wrong set-up stops the bot, a right one is guarded at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import freqtrade
import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from riskplugin.adapter import internals
from riskplugin.adapter.guards import OrderGuard, StakeGuard
from riskplugin.adapter.registry import session_of
from tests.adapter.bots import BTC, ETH
from tests.adapter.conftest import Start
from tests.adapter.test_sealing import load


@pytest.mark.spec("CF-2", "LV-2")
def test_the_guards_stand_before_the_strategys_bot_start_runs(start: Start) -> None:
    bot = start("LooksAround")
    assert bot.strategy.at_start == ("StakeGuard", "OrderGuard")


@pytest.mark.spec("CF-2", "LV-2")
def test_an_entry_before_the_first_loop_is_limited_as_any(start: Start) -> None:
    bot = start("Inherits")
    bot.enter(BTC, 9_000)
    bot.enter(ETH, 9_000, leverage_=40.0)
    bot.assert_within_limits()
    assert all(trade.pair == BTC for trade in bot.trades), "40x past leverage() is refused"


@pytest.mark.spec("CF-3")
def test_guards_that_a_strategy_takes_away_stand_again_before_anything_can_trade(
    start: Start,
) -> None:
    bot = start("TakesGuardsAway")
    bot.loop()
    assert isinstance(bot.freqtrade.wallets.validate_stake_amount, StakeGuard)
    assert isinstance(bot.freqtrade.exchange.create_order, OrderGuard)
    assert "had been taken away" in (bot.session.service.state.last_fault or "")


@pytest.mark.spec("CF-1", "CF-3")
def test_what_a_strategy_does_to_its_configuration_changes_no_limit(start: Start) -> None:
    bot = start("SetsSlots", max_open_trades=1)
    bot.loop()
    assert bot.enter(BTC, 9_000)
    bot.assert_within_limits()
    assert not bot.enter(ETH, 9_000), "the slots are those of the start"


@pytest.mark.spec("LV-3", "CF-3")
def test_a_stop_that_a_strategy_claims_later_earns_it_no_leverage(start: Start) -> None:
    bot = start("Inherits", section={"modes": {"stop": "observe"}})
    bot.strategy.stoploss = -0.0001  # the trade would have it at first, and widen it afterwards
    bot.loop()
    assert not bot.enter(BTC, 9_000)
    bot.strategy.stoploss = -0.99
    bot.assert_within_limits()


@pytest.mark.spec("CF-1")
@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"leverage": {"maximum": 3}}, "maximum"),
        ({"breaker": {"drawdown": {"trip_pct": float("nan")}}}, "trip_pct"),
        ({"breaker": {"drawdown": {"warn_pct": 20, "trip_pct": 10}}}, "drawdown"),
        ({"sizing": {"base_pct": {"minimal": True}}}, "minimal"),
        ("no group", "risk"),
    ],
)
def test_a_wrong_section_stops_the_start_and_says_what_is_wrong(
    section: Any, said: str, tmp_path: Path
) -> None:
    with pytest.raises(OperationalException, match=said):
        load("Inherits", tmp_path, risk=section)


@pytest.mark.spec("CF-1")
def test_a_wrong_section_stops_the_start_though_the_strategy_skips_our_init(start: Start) -> None:
    with pytest.raises(OperationalException, match="maximum"):
        start("OwnInit", section={"leverage": {"maximum": 3}})


@pytest.mark.spec("CF-5")
@pytest.mark.parametrize("version", ["2025.10", "2024.12", "2026.10", "2030.1"])
def test_a_freqtrade_that_was_not_tested_is_refused(
    start: Start, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freqtrade, "__version__", version)
    with pytest.raises(OperationalException, match=version):
        start("Inherits")


@pytest.mark.spec("CF-5")
@pytest.mark.parametrize("version", ["2025.11.2", "2026.2.1", "2026.9", "develop-1a2b3c"])
def test_a_freqtrade_that_was_tested_or_is_in_development_is_accepted(
    start: Start, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freqtrade, "__version__", version)
    start("Inherits")


@pytest.mark.spec("CF-5")
def test_a_freqtrade_without_a_part_that_is_relied_on_is_refused_by_name(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internals, "_WALLETS", ("_wallets", "_no_such_part"))
    with pytest.raises(OperationalException, match=r"Wallets\._no_such_part"):
        start("Inherits")


@pytest.mark.spec("AU-1", "RE-1")
def test_a_ledger_that_cannot_be_opened_stops_the_start(start: Start, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("x")
    with pytest.raises(OperationalException, match="riskplugin"):
        start("Inherits", section={"ledger": {"url": f"sqlite:///{tmp_path}/occupied/risk.sqlite"}})


@pytest.mark.parametrize("mode", [RunMode.DRY_RUN, RunMode.LIVE])
def test_dry_run_and_live_keep_apart_what_they_remember(start: Start, mode: RunMode) -> None:
    bot = start("Inherits", dry_run=mode is RunMode.DRY_RUN)
    assert bot.session.bot.endswith(".dry") is (mode is RunMode.DRY_RUN)
    assert isinstance(bot.freqtrade.exchange.create_order, OrderGuard)


def test_tools_that_analyse_are_not_guarded(start: Start) -> None:
    bot = start("Inherits", dry_run=True, runmode=RunMode.UTIL_NO_EXCHANGE)
    assert session_of(bot.strategy) is None
    assert "create_order" not in bot.freqtrade.exchange.__dict__
