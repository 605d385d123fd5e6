"""Decisions under limits that changed while the bot ran, made again from the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from riskplugin.core.events import EntryDecided
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.proof.replay import Redecision, replay
from riskplugin.ledger.reader import LedgerReader
from tests.control.limits_made import OTHER, PAIR, ROOM, Bot

pytestmark = pytest.mark.spec("AU-3", "AU-6")

BASE = "sizing.base_pct.minimal"


@pytest.fixture
def reader(tmp_path: Path) -> LedgerReader:
    """A life with a tightening, a loosening, an override of one pair, and a looser file."""
    url = f"sqlite:///{tmp_path}/risk.sqlite"
    bot = Bot(ledger=open_ledger(url, bot="b", base_dir=tmp_path))

    def ask() -> None:
        for pair in (PAIR, OTHER):
            bot.decide(pair)
            bot.tick(timedelta(minutes=2))

    ask()
    bot.propose("ann", {BASE: 1})
    ask()
    bot.propose("ann", {BASE: 4})
    bot.order("approve", "bob", proposal=1)
    ask()
    bot.propose("ann", {BASE: 0.9}, pair=PAIR, until="30m")
    ask()
    bot.propose("bob", {"breaker.cooldown": "2h"})
    ask()
    bot.tick(timedelta(hours=1))
    ask()
    bot.restart({**ROOM, "positions": {"max": 7}, "sizing": {"base_pct": {"minimal": 3}}})
    ask()
    bot.service.close()
    return open_reader(url, base_dir=tmp_path)


def stakes(made: list[Redecision]) -> list[tuple[float, float]]:
    both = [round(m.recorded.decision.stake, 6) for m in made]
    return list(zip(both[::2], both[1::2], strict=True))


def test_each_is_made_under_the_limits_of_its_time_and_pair(reader: LedgerReader) -> None:
    made = list(replay(reader, "b"))
    assert all(each.same for each in made)
    assert stakes(made) == [
        (200.0, 200.0),
        (100.0, 100.0),
        (400.0, 400.0),
        (90.0, 400.0),
        (90.0, 400.0),
        (400.0, 400.0),
        (400.0, 400.0),
    ]
    assert len({each.version for each in made}) == 7


def test_a_record_that_names_other_limits_than_held_is_not_the_same(reader: LedgerReader) -> None:
    made = list(replay(reader, "b"))
    foreign: EntryDecided = replace(made[0].recorded, limits=made[-1].recorded.limits)
    assert not replace(made[0], recorded=foreign).same
    old: EntryDecided = replace(made[0].recorded, limits="")
    assert replace(made[0], recorded=old).version == made[0].version


def test_the_saved_state_is_what_the_records_give(reader: LedgerReader) -> None:
    from riskplugin.ledger.proof.verify import verify

    report = verify(reader, "b")
    assert not report.findings, report.findings
