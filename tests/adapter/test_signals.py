"""SIGUSR1 to the bot closes everything and latches, like the kill file (EM-2, EM-3)."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from riskplugin.adapter.signals import BELL, Bell
from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import Severity
from tests.adapter.bots import BTC, listen
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("EM-2", "EM-3")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGUSR1, before)
    BELL.rung = False


def test_the_signal_closes_everything_once_and_latches(start: Start) -> None:
    bot = start("Vetoes")
    bot.loop()
    assert bot.enter(BTC, 9_000)
    heard = listen(bot)
    os.kill(os.getpid(), signal.SIGUSR1)
    bot.loop(4)
    assert not bot.positions()
    handled = [event for event in heard if isinstance(event, ev.ControlHandled)]
    assert [(each.command, each.by, each.via) for each in handled] == [
        ("close-all", "signal", "signal")
    ]
    assert bot.session.service.state.breaker is BreakerState.LATCHED
    raised = {event.name: event for event in heard if isinstance(event, ev.AlertRaised)}
    assert raised["close_all"].severity is Severity.CRITICAL
    assert "by signal: the bot's process was sent SIGUSR1" in raised["close_all"].said


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    assert not Bell().hang_up(object())
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN


def test_the_session_that_ends_does_not_silence_the_one_that_took_over() -> None:
    bell, old, new = Bell(), object(), object()
    assert bell.hang_up(old)
    assert bell.hang_up(new)
    bell.take_down(old)
    assert signal.getsignal(signal.SIGUSR1) == bell.ring
    bell.take_down(new)
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL


def test_another_thread_than_the_main_one_touches_no_signal() -> None:
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(Bell().hang_up(object())))
    thread.start()
    thread.join()
    assert answers == [False]
