"""What FreqUI shows of the plugin: the breaker's periods in its charts, facts at each trade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from riskplugin.adapter.charts import TradeFacts
from riskplugin.adapter.hooks.plots import plot_annotations
from tests.adapter.bots import BTC, Bot
from tests.adapter.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("DB-1", "CF-3")]


def drawn(bot: Bot, hours: float = 2.0) -> list[dict[str, Any]]:
    """The annotations of a chart of the last hours, as freqtrade's API asks for them."""
    now = datetime.now(UTC)
    frame = pd.DataFrame({"date": [now - timedelta(hours=hours), now + timedelta(minutes=1)]})
    found: list[dict[str, Any]] = bot.strategy.ft_plot_annotations(pair=BTC, dataframe=frame)
    return found


def test_a_trade_carries_what_was_decided_on_it(start: Start) -> None:
    bot = start()
    bot.loop(2)
    assert bot.enter(BTC, 2_000)
    bot.loop(2)
    [trade] = bot.trades
    told = {each.cd_key: each.value for each in trade.get_all_custom_data()}
    assert told["riskplugin_level"] == "minimal"
    assert told["riskplugin_limits"] == bot.session.service.version
    stake, _, why = told["riskplugin_stake"].partition(": ")
    assert stake.endswith("asked")
    assert float(stake.split()[0]) == pytest.approx(trade.stake_amount, rel=0.01)
    assert why


def test_the_breakers_periods_are_drawn_behind_the_strategys_own(
    start: Start,
) -> None:
    bot = start()
    bot.loop(2)
    assert drawn(bot) == []
    bot.session.service.latch(by="alice", reason="a drill", at=datetime.now(UTC))
    [area] = drawn(bot)
    assert area["type"] == "area"
    assert area["label"] == "breaker latched: latched by alice: a drill"
    assert area["start"] <= area["end"]
    assert getattr(type(bot.strategy).plot_annotations, "__riskplugin_sealed__", False)
    asked = {"start_date": area["start"], "end_date": area["end"] + timedelta(hours=1)}
    line = {"type": "line", "y_start": 1.0, "label": "mine"}
    found = plot_annotations(bot.strategy, bot.session, lambda **_: [line], asked)
    assert [each["type"] for each in found] == ["area", "line"], "later ones lie on top"


def test_a_ledger_that_cannot_be_read_costs_the_chart_its_periods_and_the_bot_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = start()
    bot.loop(2)

    def broken(*_: Any) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr("riskplugin.adapter.hooks.plots.areas", broken)
    assert drawn(bot) == []
    bot.loop(1)
    assert bot.session.service.state.consecutive_errors == 0


def test_a_strategy_whose_own_annotations_fail_keeps_the_breakers(start: Start) -> None:
    bot = start()
    bot.loop(1)
    bot.session.service.latch(by="alice", reason="a drill", at=datetime.now(UTC))

    def fails(**_: Any) -> Any:
        raise ValueError("a typo")

    now = datetime.now(UTC)
    asked = {"start_date": now - timedelta(hours=1), "end_date": now + timedelta(hours=1)}
    found = plot_annotations(bot.strategy, bot.session, fails, asked)
    assert [area["type"] for area in found] == ["area"]


def test_facts_that_cannot_be_written_are_no_fault(start: Start) -> None:
    bot = start()
    noting = TradeFacts()
    bot.session.service.subscribers.append(noting)
    bot.loop(2)
    assert bot.enter(BTC, 500)

    def fails(*_: Any) -> None:
        raise RuntimeError("database is locked")

    noting.note(SimpleNamespace(pair=BTC, id=1, set_custom_data=fails))
