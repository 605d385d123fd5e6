"""freqtrade's own database locked or gone: what cannot be booked is not bought twice (RE-1, MO-4).

freqtrade ends the process on a database error; a restart is the bot's way back.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import Trade
from sqlalchemy.exc import OperationalError

from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import Bench, bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "MO-4")]


def impatient_database(folder: Path) -> dict[str, Any]:
    """freqtrade's own address, but a lock is given up on soon."""
    return {"db_url": f"sqlite:///{folder}/trades.sqlite?timeout=0.1"}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program holds the write lock; reading goes on."""
    other = sqlite3.connect(folder / "trades.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def enter_before_the_end(running: Bench, pair: str) -> None:
    """The database error ends the process; what goes out before that counts."""
    with contextlib.suppress(OperationalError):
        running.tries_to_enter(pair)
    Trade.rollback()


def test_an_entry_that_cannot_be_booked_goes_out_once_and_is_found_after_the_restart(
    start: Start,
) -> None:
    database = impatient_database(start.folder)
    with bench(start.exchange, start.folder, "Puppet", key="unbooked", **database) as first:
        first.loop(2)
        with locked(start.folder):
            for _ in range(3):
                enter_before_the_end(first, ETH)
        assert len(first.bot.orders()) == 1
    second = start(key="unbooked", **database)
    second.loop(2)
    assert not second.tries_to_enter(ETH)
    assert second.state.breaker is not BreakerState.CLOSED
    assert not second.audit()
    assert len(second.bot.orders()) == 1


def test_a_close_all_that_cannot_be_booked_is_over_after_the_restart(start: Start) -> None:
    database = impatient_database(start.folder)
    with bench(start.exchange, start.folder, "Puppet", key="closing", **database) as first:
        first.loop(2)
        assert first.tries_to_enter(BTC)
        first.loop()
        first.order("close-all")
        with locked(start.folder), pytest.raises(OperationalError, match="locked"):
            first.loop()
        Trade.rollback()
        assert not first.bot.positions(), "the exit went out"
    second = start(key="closing", **database)
    second.ends_flat()
    assert second.state.breaker is BreakerState.LATCHED
    assert not second.audit()
    second.comes_back()


def test_deleted_the_position_without_a_trade_shuts_the_bot_and_is_named(start: Start) -> None:
    with bench(start.exchange, start.folder, "Puppet", key="deleted") as first:
        first.loop(2)
        assert first.tries_to_enter(BTC)
        first.loop()
    for file in start.folder.glob("trades.sqlite*"):
        file.unlink()
    second = start(key="deleted")
    second.loop(2)
    assert not second.bot.trades
    assert not second.tries_to_enter(ETH)
    assert second.state.breaker is BreakerState.OPEN
    assert "no trade of the bot explains" in second.state.tripped_by[0]
    assert not second.audit()
