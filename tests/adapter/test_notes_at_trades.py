"""What a strategy notes at its trades is its own: the plugin's facts stand under other names."""

from __future__ import annotations

import pytest

from riskplugin.adapter.charts import TradeFacts
from tests.adapter.bots import BTC
from tests.adapter.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3")]


def test_a_strategys_own_notes_stay_as_they_are(start: Start) -> None:
    """freqtrade keeps the type of the first value: a text in the place of a number would be read
    as a number from then on.
    """
    bot = start()
    noting = TradeFacts()
    bot.session.service.subscribers.append(noting)
    bot.loop(2)
    assert bot.enter(BTC, 500)
    [trade] = bot.trades
    for key in ("risk_level", "risk_stake", "risk_limits"):
        trade.set_custom_data(key, 0.5)
    noting.note(trade)
    for key in ("risk_level", "risk_stake", "risk_limits"):
        assert trade.get_custom_data(key) == 0.5
    assert trade.get_custom_data("riskplugin_level") == "minimal"


def test_a_refused_entry_takes_its_predecessors_facts_with_it(start: Start) -> None:
    bot = start()
    noting = TradeFacts()
    bot.session.service.subscribers.append(noting)
    bot.loop(2)
    assert bot.enter(BTC, 500)
    assert BTC in noting._decided
    bot.session.service.latch(by="alice", reason="a drill", at=bot.session.now())
    bot.loop(1)
    bot.enter(BTC, 500)
    assert BTC not in noting._decided
