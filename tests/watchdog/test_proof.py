"""The watchdog's look at the records: what one look finds, an older verification does not undo."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.watchdog.proof import Proof
from tests.ledger.tampering import Attacker
from tests.watchdog.conftest import World

pytestmark = pytest.mark.spec("AU-2")


@pytest.fixture
def reader(world: World) -> Iterator[LedgerReader]:
    with closing(open_reader(world.url, base_dir=world.folder)) as opened:
        yield opened


def test_damage_found_while_everything_is_verified_outlives_a_sound_report(
    world: World, reader: LedgerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, was_read = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        report = verify(*args, **kwargs)
        was_read.set()
        go_on.wait(30)
        return report

    monkeypatch.setattr("riskplugin.watchdog.proof.verify", slow)
    world.record(ev.FaultsCleared(at=world.wall), ev.FaultsCleared(at=world.wall))
    looking = Proof("bot")
    looking.step(reader, 0.0)  # everything is verified from here on, in the back
    assert looking._running is not None
    was_read.wait(30)
    Attacker(world.url).remove(3, 3)
    looking.step(reader, 5.0)
    assert looking.damage is not None
    go_on.set()
    looking._running.result(30)
    looking.step(reader, 10.0)
    assert looking._running is None, "the sound report of before was read"
    assert looking.damage is not None
    looking.close()


def test_damage_that_was_mended_ends_with_the_next_verification(
    world: World, reader: LedgerReader
) -> None:
    looking = Proof("bot")
    looking.damage = "record 2 is gone"
    looking.all(reader)
    assert looking.damage is None
    looking.close()
