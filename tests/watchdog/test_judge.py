"""What is told of a bot, and how urgent it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskplugin.core.alerts.tellings import CRITICAL, WARNING
from riskplugin.watchdog.judge import NAMES, Bounds, Look, findings
from riskplugin.watchdog.standing import MENDED
from tests.watchdog.acting import AT, seen

pytestmark = pytest.mark.spec("AL-1", "AL-3")

BOUNDS = Bounds(
    silent_after=timedelta(minutes=1),
    max_price_age=timedelta(minutes=2),
    checkpoint_every=timedelta(minutes=15),
    min_free_mb=500,
    signs=True,
)
WELL = seen(timedelta(0))


def names(look: Look) -> list[tuple[str, str]]:
    return [(each.name, str(each.severity)) for each in findings(look, BOUNDS)]


def well(**changes: Any) -> Look:
    """A bot that spoke just now, but for ``changes`` of the sight."""
    return replace(WELL, sight=replace(WELL.sight, **changes))


def test_all_is_well() -> None:
    assert not findings(WELL, BOUNDS)


def test_silence_with_positions_is_critical_without_a_warning() -> None:
    minute = timedelta(minutes=1)
    assert names(seen(minute)) == [("bot_exposed", CRITICAL)]
    assert names(seen(minute, listed=())) == [("bot_silent", WARNING)]
    assert not names(seen(minute - timedelta(seconds=1)))


def test_a_bot_that_was_stopped_in_order_may_be_silent_unless_it_holds_something() -> None:
    assert not names(seen(ended=True, listed=()))
    (told,) = findings(seen(ended=True), BOUNDS)
    assert told.severity is CRITICAL
    assert "was stopped" in told.said


@pytest.mark.parametrize(
    ("lives", "words"), [(True, "hangs"), (False, "is gone"), (None, "cannot be seen")]
)
def test_the_alert_says_what_became_of_the_process(lives: bool | None, words: str) -> None:
    (told,) = findings(seen(lives=lives), BOUNDS)
    assert words in told.said
    assert "BTC/USDT, ETH/USDT" in told.said


@pytest.mark.parametrize(
    ("look", "name", "severity"),
    [
        (well(oldest_price_s=121.0), "prices_old", WARNING),
        (well(waiting=(AT - timedelta(minutes=2),)), "commands_wait", WARNING),
        (well(spoke=AT + timedelta(minutes=2)), "clocks_differ", WARNING),
        (
            well(recorded=AT, signed=AT - timedelta(minutes=46)),
            "checkpoints_late",
            WARNING,
        ),
        (replace(WELL, free_mb=(("ledger", 499.0),)), "disk_space", WARNING),
        (replace(WELL, damage="record 7 was edited"), "ledger_damaged", CRITICAL),
        (replace(WELL, keys="invalid key"), "watchdog_keys", CRITICAL),
        (well(life=None, trouble="locked"), "ledger_unreadable", WARNING),
    ],
)
def test_what_else_is_told(look: Look, name: str, severity: str) -> None:
    assert names(look) == [(name, severity)]


@pytest.mark.parametrize(
    "look",
    [
        well(oldest_price_s=120.0),
        well(waiting=(AT - timedelta(minutes=1),)),
        well(spoke=AT + timedelta(minutes=1)),
        well(recorded=AT, signed=AT - timedelta(minutes=45)),
        replace(WELL, free_mb=(("ledger", 500.0),)),
    ],
)
def test_at_the_limit_nothing_is_told(look: Look) -> None:
    assert not names(look)


def test_of_a_silent_bot_only_the_silence_is_told() -> None:
    look = seen(waiting=(AT - timedelta(hours=1),), oldest_price_s=9999.0)
    assert names(look) == [("bot_exposed", CRITICAL)]


def test_everything_that_can_be_told_can_be_mended() -> None:
    assert set(NAMES) == set(MENDED)
