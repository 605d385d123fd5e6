"""What a report says of a month, held against the month as it was lived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import Side
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.reports.gather import Told
from tests.reports import lives
from tests.reports.conftest import END, Lived, report_on

pytestmark = pytest.mark.spec("DB-3")


def test_the_result_is_what_was_earned_and_the_deposit_is_none_of_it(
    month: Lived, told: Told
) -> None:
    assert told.contribution is not None
    assert told.curve is not None
    held = sum(position.unrealised for position, _ in month.trader.held.values())
    assert told.contribution.result == pytest.approx(month.trader.earned + held)
    assert told.curve.flowed == pytest.approx(250)
    assert told.performance.total_return_pct is not None
    assert told.performance.total_return_pct < 0


def test_the_contributions_add_up_to_the_result(told: Told) -> None:
    parts = told.contribution
    assert parts is not None
    total = parts.closed + parts.open + parts.differences + parts.rest
    assert total == pytest.approx(parts.result)
    assert parts.rest == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("by", ["pair", "side", "tag", "level", "exit_reason"])
def test_each_attribution_adds_up_to_all_trades(month: Lived, told: Told, by: str) -> None:
    table = told.facts.trades.by[by].values()
    closed = month.trader.closed
    assert sum(each.trades for each in table) == len(closed)
    assert sum(each.profit for each in table) == pytest.approx(sum(t.profit for t in closed))
    assert sum(each.fees for each in table) == pytest.approx(sum(t.fees or 0 for t in closed))


def test_trades_are_attributed_to_their_own_tag_and_side(month: Lived, told: Told) -> None:
    for tag in lives.TAGS:
        profits = [trade.profit for trade in month.trader.closed if trade.tag == tag]
        earned = told.facts.trades.by["tag"][tag]
        assert (earned.trades, earned.profit) == (len(profits), pytest.approx(sum(profits)))
        assert earned.wins == sum(profit > 0 for profit in profits)


def test_a_trade_has_the_level_that_its_entry_was_allowed_at(month: Lived, told: Told) -> None:
    assert "(not known)" not in told.facts.trades.by["level"]
    assert set(told.facts.trades.by["level"]) <= {"minimal", "low", "medium", "high", "critical"}


def test_each_breach_says_when_by_what_and_how_it_ended(told: Told) -> None:
    crash, by_hand = told.facts.breaches.all
    assert crash.started is not None
    assert crash.started.date() == (lives.BEGIN + timedelta(days=15)).date()
    [cause] = crash.causes
    assert (cause.limit_name, cause.limit) == ("daily_loss", 0.02)
    assert cause.measured >= 0.02
    assert crash.ended is not None
    assert crash.rearmed_by == ""
    assert (by_hand.by, by_hand.rearmed_by) == ("anna", "carl")
    assert by_hand.reason == lives.TRIP
    assert by_hand.rearm_reason == "withdrawals work again"
    assert by_hand.ended is None


def test_spells_of_an_open_breaker_follow_one_another(told: Told) -> None:
    spells = told.facts.breaches.spells
    assert spells[0].state is BreakerState.OPEN
    assert all(s.begin < s.end for s in spells)
    assert all(one.end <= other.begin for one, other in pairwise(spells))
    assert spells[-1].end == END


def test_decisions_are_counted_by_outcome_and_rule(told: Told, month: Lived) -> None:
    reader = open_reader(month.url, base_dir=month.home)
    decided = [e for e in reader.events(lives.BOT, limit=10_000) if isinstance(e, ev.EntryDecided)]
    reader.close()
    total = told.facts.decisions.total
    assert total.total == len(decided)
    assert total.refused == sum(not each.decision.allowed for each in decided)
    rules = told.facts.decisions.rules
    assert sum(rule.refused for rule in rules.values()) == total.refused
    assert sum(rule.capped for rule in rules.values()) == total.capped > 0
    cut = sum(e.decision.request.stake - e.decision.stake for e in decided if e.decision.allowed)
    assert total.cut == pytest.approx(cut)
    assert sum(rule.cut for rule in rules.values()) == pytest.approx(cut)


def test_limit_changes_name_their_person_and_both_values(told: Told) -> None:
    lines = told.facts.doings.limits.all
    [changed] = [line for line in lines if line.what == "changed"]
    assert changed.who == ("anna",)
    assert "the quarter ends" in changed.text
    latest = [line for line in lines if line.what == "in force"][-1]
    assert "breaker.drawdown.trip_pct 15 → 12" in latest.text


def test_the_limits_in_force_are_those_at_the_end_of_the_period(month: Lived) -> None:
    def trip(end: datetime) -> str:
        limits = report_on(month.home, end=end).limits
        assert limits is not None
        return dict(limits.values)["breaker.drawdown.trip_pct"]

    assert trip(lives.BEGIN + timedelta(days=2)) == "15"
    assert trip(lives.BEGIN + timedelta(days=6)) == "12"


def test_alerts_say_how_long_people_took(told: Told) -> None:
    counts = told.facts.alerts.by_severity()
    taken = sum(count.acknowledged for count in counts.values())
    assert taken == 2
    worst = max(count.worst for count in counts.values() if count.worst is not None)
    slowest = told.facts.alerts.slowest[0]
    assert slowest.acknowledged_by == "bea"
    assert slowest.took == worst
    for alert in told.facts.alerts.unacknowledged:
        assert alert.acknowledged_at is None
        assert alert.resolved_at is None


def test_orders_and_people_are_named(told: Told) -> None:
    assert {line.who[0] for line in told.facts.doings.orders.all} == {"anna", "bea", "carl"}
    assert told.people is not None
    assert [line.what for line in told.people.changes.all] == ["registered", "disabled"]
    assert told.people.sign_ins == 1


def test_the_audit_is_that_of_the_whole_chain(month: Lived, told: Told) -> None:
    reader = open_reader(month.url, base_dir=month.home)
    [latest] = reader.records(lives.BOT, limit=1, newest_first=True)
    reader.close()
    assert told.verified is not None
    assert told.verified.sound
    assert told.head is not None
    assert (told.head.height, told.head.hash) == (latest.seq, latest.hash.hex())
    assert told.verified.records == latest.seq


def test_a_later_report_on_the_same_period_says_the_same(month: Lived) -> None:
    """What happens after a period changes nothing in its report."""
    middle = lives.BEGIN + timedelta(days=22, hours=15)
    told = report_on(month.home, end=middle)
    [_, by_hand] = told.facts.breaches.all
    assert by_hand.rearmed_by == ""
    assert by_hand.ended is None
    assert told.facts.breaches.spells[-1].end == middle


def test_what_began_before_the_period_is_said_to(month: Lived) -> None:
    begin = lives.BEGIN + timedelta(days=22, hours=12)
    told = report_on(month.home, begin=begin)
    first = told.facts.breaches.all[0]
    assert first.began_before
    assert first.rearmed_by == "carl"
    assert told.facts.breaches.spells[0].begin == begin
    assert told.facts.breaches.spells[0].state is BreakerState.LATCHED
    assert told.curve is not None
    assert told.curve.begins_before


def test_periods_side_by_side_multiply_to_the_whole(month: Lived, told: Told) -> None:
    middle = lives.BEGIN + timedelta(days=15, hours=2)
    parts = [report_on(month.home, end=middle), report_on(month.home, begin=middle)]
    growth = 1.0
    for part in parts:
        assert part.performance.total_return_pct is not None
        growth *= 1 + part.performance.total_return_pct / 100
    assert told.performance.total_return_pct is not None
    assert growth == pytest.approx(1 + told.performance.total_return_pct / 100)
    results = [part.contribution.result for part in parts if part.contribution is not None]
    assert told.contribution is not None
    assert sum(results) == pytest.approx(told.contribution.result)
    for part in parts:
        assert part.contribution is not None
        assert part.contribution.rest == pytest.approx(0, abs=1e-6)


def test_an_empty_period_is_an_empty_report(month: Lived) -> None:
    told = report_on(month.home, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC))
    assert told.facts.records == 0
    assert told.curve is None
    assert told.contribution is None
    assert told.performance.total_return_pct is None
    assert told.limits is None
    assert told.unknown == {}


def test_a_bot_that_never_traded(month: Lived) -> None:
    told = report_on(month.home, bot="idle")
    assert told.facts.trades.all.trades == 0
    assert told.facts.decisions.total.total == 0
    assert told.facts.breaches.all == []
    assert told.verified is not None
    assert told.verified.sound


def test_what_the_trades_do_not_explain_is_said(tmp_path: Path) -> None:
    """A trade that was deleted leaves a hole in the attribution, not a wrong sum."""
    risk = lives.service(tmp_path)
    trader = lives.Trader(risk)
    for _ in range(5):
        trader.hour()
    trader.held.clear()
    trader.ended.clear()
    trader.earned = -9.0
    for _ in range(3):
        trader.now += lives.HOUR
        risk.tick(trader.book())
    risk.close()
    told = report_on(tmp_path)
    parts = told.contribution
    assert parts is not None
    assert parts.closed + parts.open + parts.differences + parts.rest == pytest.approx(parts.result)


def test_a_figure_that_is_none_is_counted_apart(tmp_path: Path) -> None:
    ledger = open_ledger(lives.url_of(tmp_path), bot=lives.BOT, base_dir=tmp_path)
    shared: dict[str, Any] = {
        "pair": "A/U",
        "side": Side.LONG,
        "opened_at": lives.BEGIN,
        "exit_reason": "x",
    }
    ledger.append(
        [
            ev.TradeClosed(at=lives.BEGIN, trade_id=1, profit=Quote(float("nan")), **shared),
            ev.TradeClosed(at=lives.BEGIN, trade_id=2, profit=Quote(4.0), **shared),
        ],
        ledger.load(),
    )
    ledger.close()
    trades = report_on(tmp_path).facts.trades
    assert (trades.odd, trades.all.trades, trades.all.profit) == (1, 1, 4.0)
    assert trades.all.told == 0  # a record from before fees were kept
