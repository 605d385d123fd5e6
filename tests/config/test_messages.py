"""One wrong configuration, one message: key, figure, range, remedy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.config import ConfigError, parse
from riskplugin.config.messages import leaf_paths

pytestmark = pytest.mark.spec("CF-1")

NAN, INFINITY = float("nan"), float("inf")


def problems(section: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(section)
    return str(caught.value).splitlines()


def nested(path: str, value: object) -> dict[str, Any]:
    for name in reversed(path.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "breaker.drawdown.trip_pct",
            150,
            (
                "was 150, must be above 0 and at most 100 (percent of the peak) — write e.g. 15, "
                "or null for none"
            ),
        ),
        (
            "stop.normal_pct",
            0,
            "was 0, must be above 0 and below 100 (percent of price) — write e.g. 5",
        ),
        (
            "stop.normal_pct",
            NAN,
            "was NaN, must be a number above 0 and below 100 (percent of price) — write e.g. 5",
        ),
        (
            "stop.normal_pct",
            INFINITY,
            (
                "was Infinity, must be a number above 0 and below 100 (percent of price) — "
                "write e.g. 5"
            ),
        ),
        (
            "stop.normal_pct",
            True,
            "was true, must be a number above 0 and below 100 (percent of price) — write e.g. 5",
        ),
        (
            "stop.normal_pct",
            "5",
            (
                'was "5", must be a number above 0 and below 100 (percent of price) — '
                "write it without quotes: 5"
            ),
        ),
        (
            "stop.normal_pct",
            "5 %",
            (
                'was "5 %", must be a number above 0 and below 100 (percent of price) — '
                "write the number alone, e.g. 5"
            ),
        ),
        (
            "stop.normal_pct",
            None,
            "was null, must be a number above 0 and below 100 (percent of price) — write e.g. 5",
        ),
        (
            "stop.normal_pct",
            10**400,
            (
                "was 100000000000000000000000000000000000000000000000000000000…, must be a number "
                "above 0 and below 100 (percent of price) — write e.g. 5"
            ),
        ),
        (
            "positions.max",
            2.5,
            (
                "was 2.5, must be a whole number, at least 1 (positions) — write e.g. 5, "
                "or null for none"
            ),
        ),
        (
            "breaker.half_open.size_factor",
            1.5,
            "was 1.5, must be above 0 and at most 1 (times the normal size) — write e.g. 0.25",
        ),
        (
            "leverage.max.minimal",
            0.5,
            "was 0.5, must be at least 1 and at most 125 (times margin) — write e.g. 20",
        ),
        (
            "breaker.cooldown",
            90,
            (
                "was 90, must be a length of time with its unit, above zero and at most 366 days — "
                'the unit is missing: write "90s", "90m", "90h" or "90d"'
            ),
        ),
        (
            "breaker.cooldown",
            "90",
            (
                'was "90", must be a length of time with its unit, above zero and at most 366 days '
                '— the unit is missing: write "90s", "90m", "90h" or "90d"'
            ),
        ),
        (
            "breaker.system.max_price_age",
            "two minutes",
            (
                'was "two minutes", must be a length of time with its unit, above zero and at most '
                '366 days — write e.g. "2m"'
            ),
        ),
        (
            "breaker.daily_loss.hold_until_next_day",
            1,
            "was 1, must be true or false — write e.g. false",
        ),
        (
            "breaker.on_trip",
            "stop",
            'was "stop", must be "halt" or "emergency" or "flatten" — write e.g. "emergency"',
        ),
        (
            "sizing.volatility.estimator",
            "garch",
            'was "garch", must be "ewma" or "atr" — write e.g. "ewma"',
        ),
        (
            "day.timezone",
            "europe/berlin",
            (
                'was "europe/berlin", must be a text (a name such as Europe/Berlin) — '
                'did you mean "Europe/Berlin"?'
            ),
        ),
        (
            "day.timezone",
            "../etc/passwd",
            'was "../etc/passwd", must be a text (a name such as Europe/Berlin) — write e.g. "UTC"',
        ),
        (
            "day.starts_at",
            "25:00",
            'was "25:00", must be a text (HH:MM, 24 hours) — write e.g. "00:00"',
        ),
        (
            "control.kill_file",
            "",
            'was "", must be a text (path, without ~) — write e.g. "user_data/RISK_KILL"',
        ),
        (
            "control.kill_file",
            "user_data/RISK_KILL\n",
            (
                'was "user_data/RISK_KILL\\n", must be a text (path, without ~) — '
                'write e.g. "user_data/RISK_KILL"'
            ),
        ),
        (
            "control.kill_file",
            "~/RISK_KILL",
            (
                'was "~/RISK_KILL", must be a text (path, without ~) — '
                'write e.g. "user_data/RISK_KILL"'
            ),
        ),
        (
            "ledger.url",
            "mysql://bot:geheim@db/risk",
            (
                'was "mysql://bot:***@db/risk", must be a text (sqlite:///… or postgresql://…) — '
                'write e.g. "sqlite:///user_data/risk.sqlite"'
            ),
        ),
        ("modes.stop", "off", 'was "off", must be "enforce" or "observe" — write e.g. "observe"'),
        (
            "modes.input",
            "observe",
            (
                "was \"observe\", must be enforced: without 'input' the other rules have no "
                "figures to go by — take it out"
            ),
        ),
        (
            "breaker.drawdown.trip",
            15,
            "was 15, is not a key; here are warn_pct, trip_pct — did you mean 'trip_pct'?",
        ),
        ("breaker.score", 95, "was 95, must be a group of keys {…}: warn, trip — write e.g. {}"),
        (
            "levels.low",
            50,
            (
                "was 40, must be above risk.levels.low (50): the levels begin one after the other "
                "— write e.g. 20, 40, 60, 80 for low, medium, high, critical"
            ),
        ),
        (
            "breaker.drawdown.warn_pct",
            20,
            (
                "was 20, must be at most risk.breaker.drawdown.trip_pct (15): a warning that comes "
                "after the trip warns nobody — write warn_pct at most 15, "
                "or risk.breaker.drawdown.trip_pct at least 20"
            ),
        ),
        (
            "breaker.liquidation_room.warn_pct",
            10,
            (
                "was 15, must be at most risk.breaker.liquidation_room.warn_pct (10): it acts from "
                "below, so it warns first and trips lower — write trip_pct at most 10, "
                "or risk.breaker.liquidation_room.warn_pct at least 15"
            ),
        ),
        (
            "sizing.base_pct.high",
            0.7,
            (
                "was 0.7, must be at most risk.sizing.base_pct.medium (0.5): more risk may not "
                "allow more, and high is riskier than medium — write high at most 0.5, "
                "or risk.sizing.base_pct.medium at least 0.7"
            ),
        ),
        (
            "emergency.max_leverage",
            25,
            (
                "was 25, must be at most risk.leverage.max.minimal (20): an emergency may not "
                "allow more than the calmest level — write max_leverage at most 20, "
                "or risk.leverage.max.minimal at least 25"
            ),
        ),
        (
            "emergency.max_position_pct",
            3,
            (
                "was 3, must be at most risk.sizing.base_pct.minimal (2): an emergency may not "
                "allow more than the calmest level — write max_position_pct at most 2, "
                "or risk.sizing.base_pct.minimal at least 3"
            ),
        ),
        (
            "positions.max",
            2,
            (
                "was 3, must be at most risk.positions.max (2): it is a part of all positions — "
                "write max_positions at most 2, or risk.positions.max at least 3"
            ),
        ),
        (
            "breaker.max_cooldown",
            "30m",
            (
                'was "30m", must be at least risk.breaker.cooldown ("1h"): the cooldown grows up '
                'to it — write "1h" or longer'
            ),
        ),
        (
            "sizing.volatility.medium_pct",
            16,
            (
                "was 16, must be at most risk.sizing.volatility.high_pct (15): medium comes before "
                "high — write medium_pct at most 15, or risk.sizing.volatility.high_pct at least 16"
            ),
        ),
    ],
)
def test_the_message_says_key_figure_range_and_remedy(
    path: str, value: object, message: str
) -> None:
    (line,) = problems(nested(path, value))
    where, _, rest = line.partition(": ")
    assert rest == message
    assert where.rpartition(".")[0].startswith("risk")


@pytest.mark.parametrize(
    ("section", "remedy"),
    [
        ({"enabled": True}, "there is no switch"),
        ({"max_drawdown_pct": 10}, "in the section this is risk.breaker.drawdown.warn_pct"),
        ({"daily_loss": {}}, "did you mean risk.breaker.daily_loss"),
        ({"Breaker": {}}, "did you mean 'breaker'?"),
        ({"modes": {"stpo": "observe"}}, "did you mean 'stop'?"),
        ({"modes": {"xyzzy": "observe"}}, "take it out"),
        ({"xyzzy": 1}, "take it out"),
    ],
)
def test_an_unknown_key_gets_a_proposal(section: dict[str, Any], remedy: str) -> None:
    (line,) = problems(section)
    assert remedy in line


def test_all_problems_are_said_at_once_and_none_twice() -> None:
    lines = problems(
        {
            "breaker": {
                "drawdown": {"trip_pct": 150, "warn_pct": 120},
                "exposure": {"trip_pct": -1},
                "cooldown": "2d",
            },
            "leverage": {"max": {"minimal": 3}},
            "typo": 1,
        }
    )
    assert sorted(line.partition(":")[0] for line in lines) == [
        "risk.breaker.drawdown.trip_pct",
        "risk.breaker.drawdown.warn_pct",
        "risk.breaker.exposure.trip_pct",
        "risk.breaker.max_cooldown",
        "risk.emergency.max_leverage",
        "risk.leverage.max.critical",
        "risk.leverage.max.high",
        "risk.leverage.max.low",
        "risk.leverage.max.medium",
        "risk.typo",
    ]


@pytest.mark.parametrize("section", [None, [], 3, "x", True])
def test_a_section_that_is_no_group_is_refused(section: object) -> None:
    (line,) = problems(section)
    assert line.startswith("risk: was ")


@pytest.mark.parametrize("path", list(leaf_paths()), ids=".".join)
@pytest.mark.parametrize("value", [NAN, INFINITY, -1, [], {}, object, "", b"x"], ids=repr)
def test_no_key_takes_nonsense(path: tuple[str, ...], value: object) -> None:
    if path in {("modes",), ("alerts", "channels"), ("control", "hard_limits")} and value == {}:
        return
    lines = problems(nested(".".join(path), value))
    assert any(line.startswith("risk." + ".".join(path) + ": was ") for line in lines)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(list(leaf_paths())), _json)
def test_whatever_is_written_is_either_limits_or_a_message(
    path: tuple[str, ...], value: object
) -> None:
    try:
        parse(nested(".".join(path), value))
    except ConfigError as error:
        assert error.problems  # noqa: PT017 -- either outcome is right, none other is
