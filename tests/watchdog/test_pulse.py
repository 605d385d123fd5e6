"""Silence is what the watchdog itself waited through: no clock that is set can make it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from riskplugin.watchdog.pulse import Pulse

LONGEST = timedelta(seconds=10)


def test_looks_without_news_add_up_and_a_sign_of_life_ends_the_silence() -> None:
    pulse = Pulse(LONGEST)
    assert pulse.feel("a", 100.0) == timedelta(0)
    assert pulse.feel("a", 105.0) == timedelta(seconds=5)
    assert pulse.feel("a", 110.0) == timedelta(seconds=10)
    assert pulse.feel("b", 115.0) == timedelta(0)
    assert pulse.feel("b", 116.0) == timedelta(seconds=1)


def test_a_watchdog_that_stood_still_for_an_hour_has_not_watched_for_an_hour() -> None:
    pulse = Pulse(LONGEST)
    pulse.feel("a", 0.0)
    assert pulse.feel("a", 3600.0) == LONGEST


def test_a_look_that_saw_nothing_begins_the_count_anew() -> None:
    pulse = Pulse(LONGEST)
    for second in range(0, 50, 5):
        pulse.feel("a", float(second))
    assert pulse.feel(None, 50.0) == timedelta(0)
    assert pulse.feel("a", 55.0) == timedelta(seconds=5)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.floats(-1e6, 1e6)), max_size=30))
def test_silence_is_never_longer_than_what_was_watched(
    looks: list[tuple[str | None, float]],
) -> None:
    pulse, count = Pulse(LONGEST), 0
    for life, clock in looks:
        same = life is not None and life == pulse.life
        silence = pulse.feel(life, clock)
        count = count + 1 if same else 0
        assert timedelta(0) <= silence <= count * LONGEST
