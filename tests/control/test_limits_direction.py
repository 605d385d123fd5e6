"""Which way is tighter: known for every key, and true of what the gate and the triggers say."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from riskplugin.config import ALWAYS_ENFORCED, MODE_NAMES, ConfigError, parse
from riskplugin.config.direction import DIRECTIONS, compare, direction_of, value_of
from riskplugin.control.limits.force import File
from riskplugin.core.gate import Gate
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.triggers import Severity, evaluate
from tests.core.strategies import accounts, requests

pytestmark = pytest.mark.spec("AU-6")

KEYS = sorted({*DIRECTIONS, *(f"modes.{name}" for name in MODE_NAMES)})
FACTORS = (0.05, 0.5, 0.9, 1.1, 2.0, 20.0)
TIMES = ("1s", "30s", "5m", "2h", "3d")
CHOICES: dict[str, tuple[Any, ...]] = {
    "sizing.volatility.estimator": ("ewma", "atr"),
    "sizing.volatility.curve": ("linear", "stepped"),
    "breaker.on_trip": ("halt", "emergency", "flatten"),
    "breaker.daily_loss.hold_until_next_day": (False, True),
    "day.timezone": ("UTC", "Asia/Tokyo"),
    "day.starts_at": ("00:00", "12:00"),
}


def values(key: str, value: Any) -> list[Any]:
    """``value``, others near and far, and off."""
    if key.startswith("modes."):
        return ["enforce", "observe"]
    if key in CHOICES:
        return list(CHOICES[key])
    if isinstance(value, str):
        return [value, *TIMES]
    base = 10 if value is None else value
    if isinstance(base, int):
        return [None, *sorted({base, *(max(1, round(base * f)) for f in FACTORS)})]
    return [None, base, *(base * f for f in FACTORS)]


@cache
def possible(key: str, number: int) -> list[Any]:
    """Values that ``key`` can have in that file."""
    file, found = FILES[number], []
    for value in values(key, value_of(file.flat, key)):
        with suppress(ConfigError):
            file.read({**file.flat, key: value})
            found.append(value)
    return found


def test_every_limit_of_the_section_has_a_direction_and_nothing_else_has() -> None:
    assert set(File.of(parse({}), None).flat) == set(DIRECTIONS)


#: Limits that bite in different places: the defaults, everything off, narrow and crossing ones.
_WIDE = {"warn_pct": None, "trip_pct": None}
SECTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"sizing": {"max_risk_per_trade_pct": 0.2, "min_position": 5}, "positions": {"max": 3}},
    {"breaker": dict.fromkeys(("drawdown", "daily_loss", "exposure"), _WIDE)},
    {"sizing": {"base_pct": {"minimal": 50.0}, "volatility": {"curve": "stepped"}}},
    {
        "sizing": {"full_size_equity": 20_000.0, "max_risk_per_trade_pct": 1.0},
        "modes": {"size": "observe", "drawdown": "observe", "exposure": "observe"},
    },
)
FILES = [File.of(parse(section), slots) for section in SECTIONS for slots in (None, 4)]


@st.composite
def two_limits(draw: st.DrawFn, key: str) -> tuple[Policy, Policy]:
    """Limits, and the same with a value of ``key`` that is called the tighter one."""
    number = draw(st.sampled_from(range(len(FILES))))
    file, known = FILES[number], possible(key, number)
    tightens = direction_of(key).tightens
    pairs = [(a, b) for a in known for b in known if a != b and tightens(a, b)]
    assume(pairs)
    loose, tight = draw(st.sampled_from(pairs))
    return (
        file.read({**file.flat, key: loose}).policy,
        file.read({**file.flat, key: tight}).policy,
    )


def ordered(key: str) -> bool:
    """One person may tighten it."""
    direction, always = direction_of(key), key[6:] in ALWAYS_ENFORCED
    return direction.rank is not None and direction.alone and not always


def judged(account: AccountSnapshot, policy: Policy) -> AccountSnapshot:
    """The account with the level that the limits give it."""
    return replace(account, level=risk_score(account, policy).level)


@pytest.mark.parametrize("key", [k for k in KEYS if ordered(k)])
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data(), account=accounts(), wanted=st.lists(requests(), min_size=2, max_size=3))
def test_a_tighter_value_lets_no_more_through(
    key: str, data: st.DataObject, account: AccountSnapshot, wanted: list[EntryRequest]
) -> None:
    loose, tight = data.draw(two_limits(key))
    for request in wanted:
        before = Gate(loose).decide(request, judged(account, loose))
        after = Gate(tight).decide(request, judged(account, tight))
        assert after.stake <= before.stake * (1 + 1e-12)
    fired = {t.name: t for t in evaluate(judged(account, tight), tight)}
    for trigger in evaluate(judged(account, loose), loose):
        assert trigger.name in fired
        again = fired[trigger.name]
        assert again.severity is Severity.TRIP or trigger.severity is again.severity
        assert trigger.observed or not again.observed


@pytest.mark.parametrize("key", KEYS)
def test_of_two_values_no_two_people_disagree_which_is_looser(key: str) -> None:
    direction, known = direction_of(key), possible(key, 0)
    for one, other in itertools.combinations(known, 2):
        assert not (direction.tightens(one, other) and direction.tightens(other, one))
        if direction.rank is not None:
            assert direction.exceeds(one, other) != direction.exceeds(other, one)


@pytest.mark.parametrize(
    ("key", "loose", "tight"),
    [
        ("breaker.drawdown.trip_pct", 15.0, 10.0),
        ("breaker.drawdown.trip_pct", None, 10.0),
        ("breaker.weekly_loss.trip_pct", None, 90.0),
        ("breaker.liquidation_room.trip_pct", 15.0, 20.0),
        ("breaker.liquidation_room.trip_pct", None, 5.0),
        ("sizing.full_size_equity", 1000.0, 2000.0),
        ("sizing.max_risk_per_trade_pct", None, 1.0),
        ("leverage.liquidation_buffer_pct", 20.0, 30.0),
        ("levels.low", 20.0, 10.0),
        ("breaker.cooldown", "1h", "2h"),
        ("breaker.system.max_price_age", "2m", "90s"),
        ("breaker.on_trip", "halt", "emergency"),
        ("breaker.on_trip", "emergency", "flatten"),
        ("breaker.daily_loss.hold_until_next_day", False, True),
        ("trust.confirm_after", "2m", "1h"),
        ("positions.max", None, 10),
        ("modes.size", "observe", "enforce"),
    ],
)
def test_what_people_call_tighter_is(key: str, loose: Any, tight: Any) -> None:
    flat = dict(File.of(parse({}), None).flat)
    assert compare({**flat, key: loose}, {**flat, key: tight}).tightened == (key,)
    assert compare({**flat, key: tight}, {**flat, key: loose}).loosened == (key,)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("stop.normal_pct", 5.0, 3.0),
        ("emergency.stop_pct", 10.0, 5.0),
        ("sizing.min_position", 1.0, 10.0),
        ("breaker.half_open.wins", 2, 3),
        ("sizing.volatility.curve", "linear", "stepped"),
        ("day.starts_at", "00:00", "12:00"),
        ("modes.stop", "enforce", "observe"),
        ("positions.max", None, 11),
        ("breaker.exposure.trip_pct", None, 51.0),
    ],
)
def test_what_is_tighter_in_one_respect_only_takes_two_people_either_way(
    key: str, one: Any, other: Any
) -> None:
    assert not direction_of(key).tightens(one, other)
    assert not direction_of(key).tightens(other, one)
