"""The proof's checks: an honest log passes all, and each doctored one fails the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from riskplugin.cli.demo.checks import Check, check_all
from riskplugin.core.levels import RiskLevel
from tests.demo.play import (
    Play,
    flat,
    until_flat,
    until_half_open,
    until_open,
    until_the_crash,
    whole,
)


def failed(play: Play) -> dict[str, Check]:
    return {check.name: check for check in check_all(play.evidence()) if not check.passed}


@pytest.mark.spec("SZ-1", "LV-1", "CB-2", "CB-5", "CB-6", "EM-1", "EM-3", "AU-1")
def test_an_honest_run_passes_every_check() -> None:
    assert failed(whole()) == {}


def test_every_check_says_what_it_found() -> None:
    for check in check_all(whole().evidence()):
        assert check.question
        assert any(sign.isdigit() for sign in check.found), check


def test_a_run_without_any_order_proves_nothing() -> None:
    assert {"halted", "flat"} <= failed(Play()).keys()


@pytest.mark.spec("SZ-1", "SZ-2", "SZ-3")
@pytest.mark.parametrize(
    ("level", "size"),
    [(RiskLevel.MINIMAL, 180.0), (RiskLevel.LOW, 90.0), (RiskLevel.MEDIUM, 45.0)],
)
def test_a_margin_above_the_levels_size_is_found(level: RiskLevel, size: float) -> None:
    inside, above = Play(), Play()
    inside.entry("BTC", size * 1.004, 5, level=level)
    above.entry("BTC", size * 1.006, 5, level=level)
    assert "margins" not in failed(inside)
    assert "margins" in failed(above)


def test_a_limit_order_below_the_market_is_valued_at_the_market() -> None:
    play = Play()
    play.entry("BNB", 180.0, 5, limit=85.0)
    assert "margins" in failed(play)


@pytest.mark.spec("SZ-10")
def test_what_is_held_already_counts_for_the_margin() -> None:
    play = Play()
    play.entry("BTC", 100.0, 5)
    play.entry("BTC", 100.0, 5)
    assert "margins" in failed(play)


@pytest.mark.spec("LV-1")
def test_leverage_above_the_levels_cap_is_found() -> None:
    play = Play()
    play.entry("BTC", 20.0, 16, level=RiskLevel.LOW)
    assert failed(play)["leverage"].violations == ("order 1 on BTCUSDT: leverage 16x, limit 15x",)


@pytest.mark.spec("EM-1")
def test_leverage_above_the_emergencys_cap_is_found() -> None:
    play = until_half_open()
    play.entry("XRP", 10.0, 6)
    assert failed(play).keys() == {"leverage"}


@pytest.mark.spec("CB-2")
def test_a_book_above_the_exposure_limit_is_found() -> None:
    play, _ = until_the_crash()
    play.entry("XRP", 45.0, 15)
    assert failed(play)["exposure"].violations == ("order 4 brought exposure to 47.2%, limit 45%",)


@pytest.mark.spec("CB-2")
def test_marked_exposure_above_the_breakers_limit_is_found() -> None:
    evidence = whole().evidence()
    evidence.tape.samples[3] = replace(evidence.tape.samples[3], exposure=5_100.0)
    found = {check.name for check in check_all(evidence) if not check.passed}
    assert found == {"exposure"}


def test_a_position_too_many_is_found() -> None:
    play, _ = until_the_crash()
    evidence = replace(play.evidence(), slots=2)
    assert "positions" in {check.name for check in check_all(evidence) if not check.passed}


@pytest.mark.spec("AU-1", "LV-2")
def test_an_order_that_nobody_decided_on_is_found() -> None:
    play = whole()
    play.events = [e for e in play.events if getattr(e, "intent", None) != "1"]
    assert "has no allowing decision" in failed(play)["records"].violations[0]


@pytest.mark.spec("LV-2")
def test_an_order_larger_than_its_approval_is_found() -> None:
    play = whole()
    first = play.orders[0]
    play.change(1, quantity=first.quantity * 1.02)
    assert "notional" in failed(play)["records"].violations[0]


@pytest.mark.spec("AU-1")
def test_an_order_recorded_afterwards_is_found() -> None:
    play = whole()
    play.change(1, created=play.orders[0].created - timedelta(seconds=5))
    assert "not recorded before" in failed(play)["records"].violations[0]


@pytest.mark.spec("CB-5")
def test_an_entry_while_open_is_found() -> None:
    play = until_flat()
    play.entry("XRP", 10.0, 5)
    assert failed(play)["halted"].violations == (
        "order 6 on XRPUSDT arrived while the breaker was open",
    )


@pytest.mark.spec("CB-5", "CB-1")
def test_an_entry_while_latched_is_found() -> None:
    play = whole()
    latched = next(s for s in play.evidence().breaker if s.what == "latched")
    play.change(play.orders[-1].id, created=latched.begin)
    assert "while the breaker was latched" in failed(play)["halted"].violations[0]


@pytest.mark.spec("CB-5")
def test_a_refused_entry_while_open_counts_as_one_that_was_sent() -> None:
    play = until_flat()
    order = play.entry("XRP", 10.0, 5)
    play.change(order.id, status="REJECTED", fills=())
    assert "halted" in failed(play)


@pytest.mark.spec("CB-5")
def test_a_working_entry_that_is_left_is_found() -> None:
    play, _ = until_open()
    play.exit("BTC")
    play.exit("ETH")
    flat(play)
    assert failed(play).keys() == {"cancelled", "flat"}


@pytest.mark.spec("CB-5")
def test_a_working_entry_that_fills_after_the_trip_is_found() -> None:
    play, working = until_open()
    play.wait(1)
    filled = replace(play.orders[0].fills[0], id=99, at=play.at)
    play.change(working.id, status="FILLED", updated=play.at, fills=(filled,))
    assert "filled after the breaker was open" in failed(play)["cancelled"].violations[0]


@pytest.mark.spec("EM-3")
def test_a_book_that_is_not_flat_is_found() -> None:
    play, working = until_open()
    play.cancel(working)
    play.exit("BTC")
    flat(play)
    assert failed(play)["flat"].violations == ("4.5 ETHUSDT held when flat was reported",)


@pytest.mark.spec("EM-3")
def test_a_close_all_that_never_ended_is_found() -> None:
    play, _ = until_open()
    assert failed(play)["flat"].violations == ("1 close-alls, 0 verified flat",)


@pytest.mark.spec("CB-6")
def test_a_probe_too_large_is_found() -> None:
    play = until_half_open()
    play.entry("XRP", 12.6, 5)
    assert failed(play).keys() == {"probes", "margins"}


@pytest.mark.spec("CB-6")
def test_two_probes_at_a_time_are_found() -> None:
    play = until_half_open()
    play.entry("XRP", 12.5, 5)
    play.entry("BNB", 12.5, 5)
    assert failed(play).keys() == {"probes", "positions"}


@pytest.mark.spec("LV-3")
def test_a_liquidation_is_found() -> None:
    play = whole()
    play.exit("ETH", origin="liquidation")
    assert failed(play).keys() == {"liquidation"}


@pytest.mark.parametrize("doctored", [until_the_crash, until_open])
def test_what_has_not_happened_is_not_proved(
    doctored: Callable[[], tuple[Play, object]],
) -> None:
    play, _ = doctored()
    assert "flat" in failed(play)
