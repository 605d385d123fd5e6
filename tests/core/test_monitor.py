"""One look after the other: references, trust, warnings, breaker, half-open test, emergency,
close-all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.commands import Order, Refused, carry_out
from riskplugin.core.levels import Mode, OnTrip
from riskplugin.core.policy import (
    BreakerPolicy,
    DayPolicy,
    HalfOpenPolicy,
    Policy,
    Threshold,
    TrustPolicy,
)
from riskplugin.core.recovery import cooldown_after
from riskplugin.core.units import Quote, Ratio
from tests.core.books import MINUTE, START, Account, closed, position
from tests.orders import entry_sent

HOUR = timedelta(hours=1)


def breaker_policy(**changes: Any) -> Policy:
    return Policy(breaker=replace(BreakerPolicy(), **changes))


def tripped(**changes: Any) -> Account:
    """An account whose breaker has just opened on a daily loss of 3 %."""
    account = Account(breaker_policy(**changes))
    account.look(1000)
    account.look(970)
    assert account.state.breaker is BreakerState.OPEN
    return account


def half_open(**changes: Any) -> Account:
    account = tripped(**changes)
    account.look(970, wait=HOUR)
    assert account.state.breaker is BreakerState.HALF_OPEN
    return account


# --- references --------------------------------------------------------------------------------


@pytest.mark.spec("CB-3")
def test_the_peak_only_rises() -> None:
    account = Account()
    for equity in (1000, 1010, 1005, 1020, 1019):
        account.look(equity)
    assert account.state.peak_equity == 1020
    assert account.look(1019).account.drawdown == pytest.approx(1 / 1020)


@pytest.mark.spec("CB-10")
def test_a_day_begins_at_its_hour_in_its_time_zone() -> None:
    day = DayPolicy(timezone=timezone(timedelta(hours=2)), starts_at=time(8))
    account = Account(Policy(day=day), at=datetime(2026, 3, 12, 5, 58, tzinfo=UTC))
    account.look(1000)
    account.look(995)  # 06:00 UTC is 08:00 there: the boundary itself belongs to the new day
    assert account.state.day_equity == 995
    assert account.state.day_until == datetime(2026, 3, 13, 6, 0, tzinfo=UTC)


@pytest.mark.spec("CB-10")
def test_a_clock_that_steps_back_does_not_begin_a_day_again() -> None:
    account = Account(at=datetime(2026, 3, 12, 23, 59, tzinfo=UTC))
    account.look(1000)
    account.look(990, wait=-2 * HOUR)
    assert account.kinds().count("DayStarted") == 1
    assert account.state.day_equity == 1000


@pytest.mark.spec("CB-10")
def test_a_weekly_limit_trips_where_the_daily_one_is_new_each_morning() -> None:
    account = Account(breaker_policy(weekly_loss=Threshold(warn=0.02, trip=0.03)))
    account.look(1000)
    account.look(985, wait=timedelta(days=1))
    assert account.state.breaker is BreakerState.CLOSED
    account.look(969, wait=timedelta(days=1))
    assert account.state.breaker is BreakerState.OPEN
    assert "weekly loss" in account.state.tripped_by[0]


@pytest.mark.spec("CB-4")
@given(
    start=st.floats(100, 1e6),
    fall=st.floats(0.0, 0.009),
    flow=st.floats(-0.7, 5.0).filter(lambda share: abs(share) > 0.02),
)
def test_deposits_and_withdrawals_change_neither_drawdown_nor_daily_loss(
    start: float, fall: float, flow: float
) -> None:
    account = Account(capital=start)
    account.look(start)
    before = account.look(start * (1 - fall)).account
    moved = start * (1 - fall) * (1 + flow)
    account.look(wallet=moved)
    account.look(wallet=moved, wait=timedelta(minutes=3))
    after = account.look(wallet=moved).account
    assert after.untrusted is None
    assert after.equity == pytest.approx(moved)
    assert after.drawdown == pytest.approx(before.drawdown, abs=1e-9)
    assert after.daily_loss == pytest.approx(before.daily_loss, abs=1e-9)


# --- trust -------------------------------------------------------------------------------------


@pytest.mark.spec("CB-11")
@pytest.mark.parametrize("wallet", [0.0, 1.0, 500.0, 2000.0])
def test_a_jump_of_the_balance_stops_entries_and_moves_nothing(wallet: float) -> None:
    account = Account()
    account.look(1000)
    seen = account.look(wallet=wallet)
    assert seen.account.untrusted is not None
    assert seen.account.equity == 1000
    assert (account.state.peak_equity, account.state.day_equity) == (1000, 1000)
    assert account.state.breaker is BreakerState.CLOSED
    assert "EquityDistrusted" in account.kinds()


@pytest.mark.spec("CB-11")
def test_a_balance_that_comes_back_is_trusted_again() -> None:
    account = Account()
    account.look(1000)
    account.look(no_balance=True)
    assert account.state.distrust == "the balance is unknown"
    assert account.look(1000).account.untrusted is None
    assert account.kinds().count("EquityDistrusted") == 1


@pytest.mark.spec("CB-11")
def test_a_balance_that_vanished_is_never_confirmed_by_time_alone() -> None:
    account = Account()
    account.look(1000)
    for _ in range(10):
        account.look(wallet=0.0, wait=HOUR)
    assert account.state.distrust is not None
    assert account.state.peak_equity == 1000


@pytest.mark.spec("CB-11")
def test_a_person_confirms_what_time_does_not() -> None:
    account = Account()
    account.look(1000)
    account.look(wallet=50.0)
    book = account_book(account, wallet=50.0)
    for event in carry_out(
        account.state, book, "confirm-balance", Order(by="ann", reason="withdrawn")
    ):
        account.state.observe(event)
    seen = account.look(wallet=50.0).account
    assert (seen.untrusted, seen.equity, seen.drawdown) == (None, 50.0, 0.0)


@pytest.mark.spec("CB-11")
def test_a_gap_that_keeps_moving_starts_its_confirmation_anew() -> None:
    account = Account(Policy(trust=TrustPolicy(confirm_after=timedelta(minutes=5))))
    account.look(1000)
    for wallet in (1100, 1200, 1300, 1400, 1500, 1600, 1700):
        account.look(wallet=wallet)
    assert account.state.distrust is not None


@pytest.mark.spec("CB-11")
def test_holdings_that_no_trade_explains_are_not_a_deposit() -> None:
    account = Account()
    account.look(1000)
    for _ in range(5):
        seen = account.look(wallet=1200, unknown="the exchange holds X", wait=HOUR)
        assert seen.account.untrusted is not None
    assert account.state.capital == 1000


@pytest.mark.spec("CB-11")
def test_a_wallet_older_than_the_latest_fill_is_not_compared() -> None:
    account = Account()
    account.look(1000)
    seen = account.look(995, wallet=700, settling=True)
    assert (seen.account.untrusted, seen.account.equity) == (None, 995)
    assert account.look(995).account.untrusted is None


@pytest.mark.spec("CB-4", "CB-11")
def test_small_differences_follow_the_wallet_and_count_as_result() -> None:
    account = Account()
    account.look(1000)
    for fee in range(1, 30):
        account.look(wallet=1000 - fee)  # 2.9 % in the end, never more than 0.1 % at once
    assert account.look(wallet=971).account.equity == 971
    assert account.state.breaker is BreakerState.OPEN
    assert account.state.capital == 1000


@pytest.mark.spec("CB-11")
def test_doubtful_prices_trip_nothing_until_they_are_confirmed() -> None:
    account = Account()
    account.look(1000)
    account.look(500, position(), untrusted="BTC jumped")
    assert account.state.breaker is BreakerState.CLOSED
    account.look(500, position())
    assert account.state.breaker is BreakerState.OPEN


# --- trips -------------------------------------------------------------------------------------


@pytest.mark.spec("CB-2", "CB-3")
def test_an_unrealised_loss_trips_without_any_trade_closing() -> None:
    account = Account()
    account.look(1000, position(unrealised=0))
    account.look(979.9, position(unrealised=-20.1))
    assert account.state.breaker is BreakerState.OPEN


@pytest.mark.spec("CB-8")
def test_a_trip_says_which_limit_what_was_measured_and_what_is_stopped() -> None:
    account = tripped()
    event = next(e for e in account.events if isinstance(e, ev.BreakerTripped))
    assert [t.name for t in event.triggers] == ["daily_loss"]
    assert event.triggers[0].measured == pytest.approx(0.03)
    assert event.triggers[0].limit == 0.02
    assert event.equity == 970
    assert "entries" in event.stopped
    assert "exits" in event.not_stopped


@pytest.mark.spec("CB-2")
def test_an_observed_trigger_warns_and_does_not_trip() -> None:
    account = Account(Policy(modes={"daily_loss": Mode.OBSERVE}))
    account.look(1000)
    account.look(970)
    assert account.state.breaker is BreakerState.CLOSED
    raised = [e for e in account.events if isinstance(e, ev.WarningRaised)]
    assert raised[0].trigger.observed


@pytest.mark.spec("CB-2")
def test_a_warning_is_said_when_it_begins_and_when_it_ends() -> None:
    account = Account()
    account.look(1000)
    for equity in (989, 988, 987, 995, 994):
        account.look(equity)
    assert account.kinds().count("WarningRaised") == 1
    assert account.kinds().count("WarningCleared") == 1


@pytest.mark.spec("CB-2", "RE-1")
def test_a_standing_fault_trips() -> None:
    account = Account()
    account.look(1000)
    account.look(1000, fault="the ledger cannot be written")
    assert account.state.breaker is BreakerState.OPEN


@pytest.mark.spec("CB-2", "RE-1")
@pytest.mark.parametrize("on_trip", list(OnTrip))
def test_a_failure_of_the_machinery_stops_entries_and_closes_nothing(on_trip: OnTrip) -> None:
    account = Account(breaker_policy(on_trip=on_trip))
    account.look(1000, position())
    seen = account.look(1000, position(), price_age=timedelta(minutes=5))
    assert seen.directive.halted
    assert not account.state.emergency
    assert not account.state.flattening


@pytest.mark.spec("CB-5")
@pytest.mark.parametrize(
    ("on_trip", "emergency", "flattening"),
    [(OnTrip.HALT, False, False), (OnTrip.EMERGENCY, True, False), (OnTrip.FLATTEN, True, True)],
)
def test_on_trip_decides_what_happens_to_the_book(
    on_trip: OnTrip, emergency: bool, flattening: bool
) -> None:
    account = Account(breaker_policy(on_trip=on_trip))
    account.look(1000, position())
    seen = account.look(970, position())
    assert seen.directive.halted
    assert account.state.emergency is emergency
    assert account.state.flattening is flattening
    assert (seen.directive.close_all is not None) is flattening


@pytest.mark.spec("CB-5", "EM-3")
def test_a_crash_that_goes_on_while_the_machinery_had_opened_the_breaker_still_flattens() -> None:
    account = Account(breaker_policy(on_trip=OnTrip.FLATTEN))
    account.look(1000, position())
    account.look(1000, position(), price_age=timedelta(minutes=5))
    assert not account.state.flattening
    seen = account.look(970, position(unrealised=-30))
    assert seen.directive.close_all
    assert account.kinds().count("BreakerEscalated") == 1
    account.look(960, position(unrealised=-40))
    assert account.kinds().count("FlattenOrdered") == 1


@pytest.mark.spec("CB-5", "EM-3")
def test_a_latched_breaker_does_not_let_a_crash_run_through_the_book() -> None:
    account = Account(breaker_policy(on_trip=OnTrip.FLATTEN))
    account.look(1000, position())
    order(account, "trip", position())
    assert account.look(970, position(unrealised=-30)).directive.close_all


@pytest.mark.spec("CB-10", "RE-1")
def test_a_clock_that_jumped_ahead_does_not_hold_the_day_for_years() -> None:
    account = Account()
    account.look(1000)
    account.look(1000, wait=timedelta(days=4000))
    account.look(1000, wait=-timedelta(days=4000))
    account.look(1000, wait=timedelta(days=1))
    assert account.look(979).account.daily_loss == pytest.approx(0.021)


@pytest.mark.spec("CB-6")
def test_a_test_that_nobody_took_ends_though_a_cent_was_lost() -> None:
    account = half_open()
    account.look(969.99, wait=timedelta(hours=24))
    assert account.state.breaker is BreakerState.CLOSED


@pytest.mark.spec("CB-2", "MO-4")
def test_a_holding_that_no_trade_explains_opens_the_breaker_and_mutes_no_limit() -> None:
    account = Account(breaker_policy(on_trip=OnTrip.FLATTEN))
    account.look(1000, position())
    account.look(1000, position(), unknown="the exchange holds X")
    assert account.state.breaker is BreakerState.OPEN
    assert account.look(900, position(), unknown="the exchange holds X").directive.close_all


# --- recovery ----------------------------------------------------------------------------------


@pytest.mark.spec("CB-6")
def test_the_breaker_stays_open_until_the_cooldown_is_over() -> None:
    account = tripped()
    account.look(970, wait=HOUR - timedelta(seconds=1))
    assert account.state.breaker is BreakerState.OPEN
    account.look(970, wait=timedelta(seconds=1))
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-6")
def test_an_untrusted_account_does_not_begin_its_test() -> None:
    account = tripped()
    account.look(wallet=400, wait=2 * HOUR)
    assert account.state.breaker is BreakerState.OPEN


@pytest.mark.spec("CB-6")
def test_the_old_loss_does_not_end_the_test_it_led_to() -> None:
    account = half_open()
    account.look(970)
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-6", "EM-4")
def test_enough_winning_probes_close_the_breaker_and_rebase_the_references() -> None:
    account = half_open()
    assert account.state.emergency
    since = account.at
    account.look(971, ended=(closed(1, 1.0, since),))
    assert account.state.breaker is BreakerState.HALF_OPEN
    seen = account.look(972, ended=(closed(2, 1.0, since),))
    assert account.state.breaker is BreakerState.CLOSED
    assert not account.state.emergency
    assert (account.state.peak_equity, account.state.day_equity) == (972, 972)
    assert seen.account.breaker is BreakerState.CLOSED
    event = next(e for e in account.events if isinstance(e, ev.BreakerReclosed))
    assert (event.equity, event.old_peak) == (972, 1000)


@pytest.mark.spec("CB-6")
def test_wins_do_not_count_while_open_probes_have_lost_more() -> None:
    account = half_open()
    since = account.at
    seen = account.look(
        968, position(9, unrealised=-4), ended=(closed(1, 1.0, since), closed(2, 1.0, since))
    )
    assert account.state.wins == 2
    assert seen.account.equity < 970
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-6")
def test_trades_from_before_the_test_are_no_probes() -> None:
    account = half_open()
    account.look(975, ended=(closed(1, 5.0, START), closed(2, 5.0, START)))
    assert account.state.wins == 0


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(("equity", "state"), [(930.01, "half_open"), (930.0, "open")])
def test_the_test_fails_at_its_loss_budget(equity: float, state: str) -> None:
    """30 of 960 is 1/32, which binary figures hold exactly."""
    account = Account(breaker_policy(half_open=HalfOpenPolicy(max_loss=Ratio(1 / 32))))
    account.look(1000)
    account.look(960)
    account.look(960, wait=HOUR)
    account.look(equity, position(9))
    assert account.state.breaker == state


@pytest.mark.spec("CB-6")
def test_losing_probes_fail_the_test_and_the_cooldown_doubles() -> None:
    account = half_open()
    since = account.at
    account.look(969.5, ended=(closed(1, -0.1, since), closed(2, -0.1, since)))
    assert account.state.breaker is BreakerState.OPEN
    assert account.state.open_until == account.at + 2 * HOUR


@pytest.mark.spec("CB-6")
def test_cooldowns_double_up_to_the_maximum() -> None:
    policy = BreakerPolicy()
    hours = [cooldown_after(trips, policy) / HOUR for trips in range(8)]
    assert hours == [1, 2, 4, 8, 16, 24, 24, 24]
    assert cooldown_after(10_000, policy) == policy.max_cooldown


@pytest.mark.spec("CB-6")
def test_a_test_that_nobody_takes_ends_after_the_longest_cooldown() -> None:
    account = half_open()
    account.look(970, wait=timedelta(hours=24) - MINUTE)
    assert account.state.breaker is BreakerState.HALF_OPEN
    account.look(970, wait=MINUTE)
    assert account.state.breaker is BreakerState.CLOSED


@pytest.mark.spec("CB-6")
def test_an_open_probe_keeps_the_test_open() -> None:
    account = half_open()
    since = account.at
    account.look(970, position(9, opened_at=since), wait=timedelta(hours=30))
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-6", "CB-10")
def test_a_daily_loss_can_hold_until_the_next_day() -> None:
    account = tripped(hold_daily_loss=True)
    account.look(970, wait=2 * HOUR)
    assert account.state.breaker is BreakerState.OPEN
    account.look(970, wait=10 * HOUR)
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-6")
def test_a_losing_streak_does_not_keep_the_test_from_starting() -> None:
    account = Account(breaker_policy(losing_streak=Threshold(warn=1, trip=2)))
    account.look(1000)
    account.look(999, ended=(closed(1, -0.5, START), closed(2, -0.5, START)))
    assert account.state.breaker is BreakerState.OPEN
    account.look(999, wait=HOUR)
    assert account.state.breaker is BreakerState.HALF_OPEN
    assert account.state.losing_streak == 0


# --- emergency and close-all -------------------------------------------------------------------


@pytest.mark.spec("EM-1")
def test_emergency_closes_what_lies_outside_its_limits() -> None:
    account = Account()
    small = [position(i, notional=4, unrealised=-i, opened_at=START) for i in range(1, 6)]
    book = [*small, position(6, notional=50), position(7, notional=30, leverage=6)]
    account.look(1000, *book)
    account.look(979, *book)
    assert account.state.emergency
    seen = account.look(979, *book)
    # 6 is above 0.5 % of equity, 7 above 5x; of the five small ones the three best may stay
    assert set(seen.directive.close) == {6, 7, 4, 5}


@pytest.mark.spec("EM-1")
def test_a_position_sized_in_the_emergency_is_not_closed_when_equity_falls() -> None:
    account = half_open()
    probe = position(9, notional=4.85, opened_at=account.at + MINUTE)
    seen = account.look(969, probe)
    assert account.state.emergency
    assert not seen.directive.close


@pytest.mark.spec("LV-2")
def test_leverage_above_the_hard_cap_is_closed_in_the_loop() -> None:
    account = Account()
    seen = account.look(1000, position(1, leverage=20), position(2, leverage=21))
    assert dict(seen.directive.close) == {2: "risk_leverage"}


@pytest.mark.spec("EM-3")
def test_close_all_goes_on_until_the_book_is_flat_and_says_how_each_position_ended() -> None:
    account = Account()
    one, two = position(1), position(2)
    account.look(1000, one, two)
    order(account, "close-all", one, two)
    assert account.state.breaker is BreakerState.LATCHED
    assert account.look(1000, one, two).directive.close_all
    assert account.look(1001, two, ended=(closed(1, 1.0, START),)).directive.close_all
    account.look(1000, ended=(closed(2, -1.0, START),), unknown="the exchange still holds P2")
    assert account.state.flattening
    account.look(1000)
    event = next(e for e in account.events if isinstance(e, ev.FlattenVerified))
    assert [(o.trade_id, o.profit) for o in event.outcomes] == [(1, 1.0), (2, -1.0)]
    assert not account.state.flattening
    assert account.state.breaker is BreakerState.LATCHED


@pytest.mark.spec("CB-1")
def test_a_latched_breaker_waits_for_a_person_for_ever() -> None:
    account = Account()
    account.look(1000)
    order(account, "trip")
    account.look(1000, wait=timedelta(days=400))
    assert account.state.breaker is BreakerState.LATCHED
    order(account, "rearm")
    assert account.state.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("CB-1", "EM-2")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("rearm", "nothing to re-arm"),
        ("emergency-off", "not on"),
        ("confirm-balance", "nothing to confirm"),
        ("dance", "unknown command"),
    ],
)
def test_a_command_without_sense_is_refused_in_words(command: str, words: str) -> None:
    account = Account()
    account.look(1000)
    with pytest.raises(Refused, match=words):
        order(account, command)


@pytest.mark.spec("EM-3")
def test_nobody_rearms_while_everything_is_being_closed() -> None:
    account = Account()
    account.look(1000, position())
    order(account, "close-all", position())
    with pytest.raises(Refused, match="still running"):
        order(account, "rearm", position())


# --- orders of unknown fate ----------------------------------------------------------------------


@pytest.mark.spec("MO-4")
def test_an_order_of_unknown_fate_binds_budget() -> None:
    account = Account()
    account.look(1000)
    sent = entry_sent(at=account.at, leverage=2.0)
    failed = ev.OrderFailed(
        at=account.at, intent="i", pair="X/USDT", error="timeout", uncertain=True, reduces=False
    )
    account.state.observe(sent)
    account.state.observe(failed)
    seen = account.look(1000).account
    assert seen.exposure == 100
    assert seen.holding("X/USDT").stake == 50
    account.state.observe(ev.IntentResolved(at=account.at, intent="i", how="never arrived"))
    assert account.look(1000).account.exposure == 0


# --- invariants over random lives ----------------------------------------------------------------


@pytest.mark.spec("CB-5", "CB-6", "CB-7")
@given(st.lists(st.tuples(st.floats(0.95, 1.04), st.integers(1, 200)), min_size=5, max_size=60))
def test_whatever_happens_state_and_directive_agree(steps: list[tuple[float, int]]) -> None:
    account = Account(
        breaker_policy(half_open=HalfOpenPolicy(max_loss=Ratio(0.005)), on_trip=OnTrip.HALT)
    )
    equity = 1000.0
    for factor, minutes in steps:
        equity *= factor
        seen = account.look(equity, wait=timedelta(minutes=minutes))
        shut = account.state.breaker in (BreakerState.OPEN, BreakerState.LATCHED)
        assert seen.directive.halted is shut
        assert seen.account.breaker is account.state.breaker
        if account.state.breaker is BreakerState.CLOSED:
            assert seen.account.daily_loss < 0.02
            assert seen.account.drawdown < 0.15
        if shut:
            assert account.state.open_until is not None


@pytest.mark.spec("CB-7")
@given(st.lists(st.floats(0.95, 1.04), min_size=1, max_size=40))
def test_folding_the_events_again_gives_the_same_state(factors: list[float]) -> None:
    account = Account()
    equity = 1000.0
    for factor in factors:
        equity *= factor
        account.look(equity, wait=timedelta(minutes=47))
    again = type(account.state)()
    for event in account.events:
        again.observe(event)
    assert again == account.state


def account_book(account: Account, *positions: Any, wallet: float | None = None) -> Any:
    from riskplugin.core.book import Book

    shown = account.capital + account.result if wallet is None else wallet
    return Book(
        at=account.at,
        wallet=Quote(shown),
        result=Quote(account.result),
        positions=positions,
    )


def order(account: Account, command: str, *positions: Any) -> None:
    book = account_book(account, *positions)
    for event in carry_out(account.state, book, command, Order(by="ann", reason="test")):
        account.state.observe(event)
        account.events.append(event)
