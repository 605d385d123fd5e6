"""Orders whose answer is lost, refused or partial: an entry is not made twice, an exit is tried
until the book is flat (RE-1, EM-3, MO-4).
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import FORGIVING, Bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "EM-3", "MO-4")]

LOST = ("accepted_no_answer", "accepted_malformed")
SPOT: dict[str, Any] = {"strategy": "PuppetSpot", "futures": False}
FUTURES: dict[str, Any] = {"strategy": "Puppet", "futures": True}
MARKETS = pytest.mark.parametrize("market", [FUTURES, SPOT], ids=["futures", "spot"])


def pair_of(market: dict[str, Any], pair: str = BTC) -> str:
    return pair if market["futures"] else pair.partition(":")[0]


def lose(bench: Bench, kind: str, count: int = 1) -> None:
    bench.bot.control.fault(kind, name=bench.bot.key, method="POST", match="/order", count=count)


@MARKETS
@pytest.mark.parametrize("kind", LOST)
def test_an_entry_whose_answer_is_lost_is_made_once_and_found(
    start: Start, kind: str, market: dict[str, Any]
) -> None:
    bench = start(**market, section=FORGIVING)
    pair = pair_of(market)
    bench.loop(2)
    lose(bench, kind)
    for _ in range(4):
        bench.tries_to_enter(pair)
        bench.loop()
    assert len(bench.bot.orders()) == 1, "the pair is left alone"
    assert not bench.audit()
    later = bench.bot.session.now() + timedelta(seconds=11)
    for _ in range(2):
        bench.bot.strategy.bot_loop_start(current_time=later)
    assert bench.state.breaker is BreakerState.LATCHED
    assert "the bot does not know it" in bench.state.tripped_by[0]
    assert not bench.audit()


@MARKETS
@pytest.mark.parametrize("kind", LOST)
def test_an_exit_whose_answer_is_lost_ends_flat_in_the_bots_records_too(
    start: Start, kind: str, market: dict[str, Any]
) -> None:
    bench = start(**market, section=FORGIVING)
    bench.loop(2)
    assert bench.tries_to_enter(pair_of(market))
    bench.loop()
    lose(bench, kind)
    bench.order("close-all")
    bench.ends_flat()
    assert bench.told(ev.FlattenVerified)
    bench.comes_back()


@pytest.mark.parametrize(("kind", "times"), [("reject", 7), ("http_500", 7), ("rate_limit", 1)])
def test_a_refused_close_all_is_tried_in_every_loop_until_it_is_flat(
    start: Start, kind: str, times: int
) -> None:
    bench = start(section=FORGIVING)
    bench.loop(2)
    assert bench.tries_to_enter(BTC)
    assert bench.tries_to_enter(ETH)
    bench.loop()
    lose(bench, kind, times)
    bench.order("close-all")
    bench.ends_flat(loops=times + 4)
    [flat] = bench.told(ev.FlattenVerified)
    assert isinstance(flat, ev.FlattenVerified)
    assert {o.pair for o in flat.outcomes} == {BTC, ETH}
    failed = [e for e in bench.told(ev.OrderFailed) if isinstance(e, ev.OrderFailed)]
    assert len(failed) == times
    assert flat.attempts == times + 2
    bench.comes_back()


def test_a_half_filled_entry_counts_as_a_whole_one_and_its_rest_goes_with_the_breaker(
    start: Start,
) -> None:
    bench = start("Limited")
    bench.loop()
    bench.bot.control.fill_policy(fraction_per_second="0.3", limit="cross")
    try:
        assert bench.tries_to_enter(BTC, 9_000)
        while not bench.bot.positions():
            time.sleep(0.05)
        bench.bot.control.fill_policy(limit="never")
        bench.bot.strategy.answers = {"adjust_trade_position": 9_000.0}
        bench.loop(2)
        assert not bench.audit()
        entries = [o for o in bench.bot.orders() if not o["reduce_only"]]
        assert len(entries) == 1, "nothing is added to a working order"
        bench.order("trip")
        bench.loop(2)
        assert not [o for o in bench.bot.orders() if o["status"] in ("NEW", "PARTIALLY_FILLED")]
        assert not bench.audit()
    finally:
        bench.bot.control.fill_policy(limit="cross", market="full", fraction_per_second=None)


@pytest.mark.parametrize("enable_ws", [True, False])
def test_with_or_without_a_websocket_the_bot_trades_within_its_limits(
    start: Start, *, enable_ws: bool
) -> None:
    """The sandbox has no websocket: one that is switched on has nothing to connect to."""
    bench = start(exchange={"enable_ws": enable_ws})
    bench.loop(2)
    assert bench.tries_to_enter(BTC, 9_000)
    bench.loop(2)
    bench.order("close-all")
    bench.ends_flat()
    bench.comes_back()
