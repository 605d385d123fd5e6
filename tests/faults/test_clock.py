"""A clock that steps, forward or back, under a bot with open positions: limits hold, latches stay,
nothing waits for the time to come round again (RE-1, CB-6, CB-10).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, SOL
from tests.faults.bench import FORGIVING
from tests.faults.clock import Clock
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "CB-6")]

STEPS = {
    "forward an hour": timedelta(hours=1),
    "forward a day": timedelta(days=1),
    "forward ten years": timedelta(days=3653),
    "back an hour": -timedelta(hours=1),
    "back a day": -timedelta(days=1),
}
steps = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
back = pytest.mark.parametrize("step", list(STEPS.values())[3:], ids=list(STEPS)[3:])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@steps
def test_limits_hold_positions_can_be_closed_and_the_bot_goes_on(
    start: Start, clock: Clock, step: timedelta
) -> None:
    bench = start(section=FORGIVING)
    bench.loop(2)
    assert bench.tries_to_enter(BTC, 9_000)
    bench.loop()
    clock.step(step)
    bench.loop()
    bench.tries_to_enter(ETH, 9_000)
    bench.loop(2)
    bench.tries_to_enter(SOL, 9_000)
    assert not bench.audit(ahead=step)
    assert bench.state.peak_equity == pytest.approx(10_000, rel=0.01)
    assert bench.state.distrust is None
    bench.order("close-all")
    bench.ends_flat()
    assert bench.state.breaker is BreakerState.LATCHED
    clock.step(-step)
    bench.loop()
    assert bench.state.breaker is BreakerState.LATCHED, "only a person opens it"
    bench.comes_back(ahead=step)


@steps
def test_an_open_breaker_stays_open_or_comes_to_its_test_and_never_just_closes(
    start: Start, clock: Clock, step: timedelta
) -> None:
    bench = start(section={"breaker": {"daily_loss": {"warn_pct": 0.01, "trip_pct": 0.02}}})
    bench.loop(2)
    bench.tries_to_enter(BTC, 9_000)
    bench.loop(2)
    assert bench.state.breaker is BreakerState.OPEN, "the fees alone have tripped it"
    clock.step(step)
    bench.loop(3)
    came_to_test = bench.told(ev.BreakerHalfOpened)
    expected = BreakerState.HALF_OPEN if came_to_test else BreakerState.OPEN
    assert bench.state.breaker is expected
    assert bool(came_to_test) is (step > timedelta(0))
    assert not bench.audit(ahead=step)


@back
def test_probes_are_counted_though_they_seem_older_than_the_test(
    start: Start, clock: Clock, step: timedelta
) -> None:
    bench = start(section=FORGIVING)
    bench.loop(2)
    bench.order("trip")
    bench.order("rearm")
    assert bench.state.breaker is BreakerState.HALF_OPEN
    clock.step(step)
    bench.loop()
    taken = [bench.tries_to_enter(pair, 50) for pair in (BTC, ETH, SOL)]
    assert sum(taken) == 1, "one probe at a time"


@back
@pytest.mark.spec("MO-4")
def test_a_lost_order_is_looked_for_though_it_seems_to_lie_ahead(
    start: Start, clock: Clock, step: timedelta
) -> None:
    bench = start(section=FORGIVING)
    bench.loop(2)
    bench.bot.control.fault("accepted_no_answer", name=bench.bot.key, method="POST", count=1)
    assert not bench.tries_to_enter(BTC)
    clock.step(step)
    bench.loop()
    for _ in range(2):
        bench.a_minute_later()
    assert bench.state.breaker is BreakerState.LATCHED


@back
@pytest.mark.spec("MO-1")
def test_people_go_on_seeing_a_fresh_status(start: Start, clock: Clock, step: timedelta) -> None:
    bench = start()
    bench.loop(2)
    clock.step(step)
    bench.a_minute_later()
    told = datetime.fromisoformat(bench.status()["at"])
    assert told <= bench.bot.session.now() + timedelta(minutes=2), "written after the step"


@pytest.mark.parametrize("behind", [-2, 2])
def test_a_clock_some_seconds_beside_the_exchanges_changes_nothing(
    start: Start, clock: Clock, behind: int
) -> None:
    clock.step(timedelta(seconds=behind))
    bench = start()
    bench.loop(2)
    assert bench.tries_to_enter(BTC, 9_000)
    bench.loop(2)
    assert not bench.audit(ahead=timedelta(seconds=2))
    bench.order("close-all")
    bench.ends_flat()
    bench.comes_back(ahead=timedelta(seconds=2))
