"""The breaker in freqtrade's own list of locks: ours come and go, others' stay (CB-9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from freqtrade.persistence import PairLocks

from riskplugin.adapter.locks import PREFIX
from tests.adapter.bots import BTC, Bot
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("CB-9")


def locks() -> list[str]:
    return sorted(str(lock.reason) for lock in PairLocks.get_pair_locks(None))


def order(bot: Bot, command: str) -> str:
    session = bot.session
    return session.service.command(
        command, by="alice", reason="test", book=session.look(session.now())
    )


def test_our_lock_comes_with_the_breaker_goes_with_it_and_no_other_is_touched(start: Start) -> None:
    bot = start()
    bot.loop()
    PairLocks.lock_pair("*", datetime.now(UTC) + timedelta(hours=1), "of somebody else")
    PairLocks.lock_pair(BTC, datetime.now(UTC) + timedelta(hours=1), "of freqtrade")
    assert order(bot, "trip") == "done"
    assert PairLocks.is_global_lock()
    [ours] = [reason for reason in locks() if reason.startswith(PREFIX)]
    assert "alice" in ours
    assert "test" in ours
    assert order(bot, "rearm") == "done"
    assert locks() == ["of freqtrade", "of somebody else"]


def test_the_reason_fits_into_freqtrades_column(start: Start) -> None:
    bot = start()
    bot.loop()
    session = bot.session
    session.service.command("trip", by="alice", reason="x" * 1000, book=session.look(session.now()))
    assert max(map(len, locks())) <= 255


def test_a_lock_that_somebody_deletes_lets_nothing_pass(start: Start) -> None:
    bot = start()
    bot.loop()
    assert order(bot, "trip") == "done"
    for lock in PairLocks.get_pair_locks(None):
        lock.active = False
    bot.loop()
    assert not PairLocks.is_global_lock()
    assert not bot.enter(BTC, 50)
