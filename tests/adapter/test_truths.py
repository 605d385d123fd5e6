"""What a running bot must not change is put back; what it may is left alone."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from freqtrade.strategy.interface import IStrategy

from tests.adapter.bots import BTC
from tests.adapter.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3", "EM-3")]
#: freqtrade's own default, with every key that its schema knows.
TYPES: dict[str, Any] = {
    **dict.fromkeys(("entry", "exit", "stoploss", "emergency_exit"), "market"),
    **{k: v for k, v in IStrategy.order_types.items() if not isinstance(v, str)},
    "stoploss_on_exchange_limit_ratio": 0.99,
}


def test_freqtrades_own_order_types_are_left_alone(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    bot = start()
    bot.strategy.order_types = changed = {**TYPES, "exit": "limit"}
    bot.loop(2)
    assert bot.strategy.order_types is changed
    ours = [r for r in caplog.records if r.name.startswith("riskplugin")]
    assert not [r for r in ours if r.levelno >= logging.WARNING]


@pytest.mark.parametrize("types", [None, {}, {**TYPES, "exit": None}, [("exit", "market")]])
def test_order_types_that_nobody_can_read_are_put_back(start: Start, types: Any) -> None:
    bot = start()
    bot.loop()
    assert bot.enter(BTC, 50)
    bot.strategy.order_types = types
    bot.loop()
    assert bot.strategy.order_types["emergency_exit"] == "market"
    bot.flatten()


def test_a_live_bot_is_not_turned_into_a_simulation(start: Start) -> None:
    bot = start()
    bot.loop()
    bot.freqtrade.config["dry_run"] = bot.freqtrade.exchange._config["dry_run"] = True
    bot.loop()
    assert bot.freqtrade.config["dry_run"] is False
    assert bot.freqtrade.exchange._config["dry_run"] is False
