"""The other side of the matrix: a bot to which nothing happens is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.sandbox import Sandbox
from tests.matrix.limits import WIDE
from tests.matrix.stage import stage
from tests.matrix.table import MARKETS, RUNNING, Market, Mode

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::freqtrade|urllib3|ccxt")]

ALARMS = (
    ev.MismatchFound,
    ev.EquityDistrusted,
    ev.BreakerTripped,
    ev.BreakerLatched,
    ev.FaultRecorded,
)


@pytest.mark.spec("MO-4", "CB-11", "CB-2")
@pytest.mark.parametrize("mode", RUNNING)
@pytest.mark.parametrize("market", MARKETS)
def test_positions_and_a_working_order_that_stay_as_they_are_raise_no_alarm(
    exchange: Sandbox, tmp_path: Path, market: Market, mode: Mode
) -> None:
    with stage(exchange, tmp_path, market, mode) as quiet:
        quiet.clean("Walker", WIDE)
        quiet.hold("ETH")
        quiet.orders_are("limit")
        quiet.hold("BTC")
        heard: list[ev.Event] = []
        quiet.listen(heard)
        began = datetime.now(UTC)
        for seconds in range(10, 200, 10):
            quiet.strategy.bot_loop_start(current_time=began + timedelta(seconds=seconds))
        assert not [event for event in heard if isinstance(event, ALARMS)]
        assert quiet.bot.session.service.state.breaker is BreakerState.CLOSED
        assert quiet.force_entry("SOL", stake_amount=50.0)


@pytest.mark.spec("MO-4", "CB-2")
@pytest.mark.parametrize("mode", RUNNING)
@pytest.mark.parametrize("market", MARKETS)
def test_an_entry_that_is_given_up_unfilled_raises_no_alarm(
    exchange: Sandbox, tmp_path: Path, market: Market, mode: Mode
) -> None:
    with stage(exchange, tmp_path, market, mode) as quiet:
        quiet.clean("Walker", WIDE)
        quiet.orders_are("limit")
        quiet.hold("BTC")
        quiet.loop()
        heard: list[ev.Event] = []
        quiet.listen(heard)
        rpc = quiet.bot.freqtrade.rpc._rpc
        rpc._rpc_cancel_open_order(quiet.trade().id)
        assert not quiet.bot.trades
        for _ in range(2):
            quiet.loop()
        assert not [event for event in heard if isinstance(event, ALARMS)]
        assert quiet.force_entry("SOL", stake_amount=50.0)
