"""What a strategy or an operator can do to signing, copying, cleaning and sealing under a running
bot: it enters and exits as before, and the ledger stays one that verifies.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.privacy.data_keys import VARIABLE
from riskplugin.ledger.privacy.encryption import new_key
from riskplugin.ledger.proof import outside
from riskplugin.ledger.proof.signing import generate
from riskplugin.ledger.proof.verify import verify
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import FORGIVING, Bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("AU-2", "AU-4", "EM-3", "RE-1")]


@contextmanager
def a_folder(folder: Path) -> Iterator[str]:
    (folder / "copies").mkdir()
    yield str(folder / "copies")


@contextmanager
def a_pipe(folder: Path) -> Iterator[str]:
    """Nobody reads it."""
    os.mkfifo(folder / "copies")
    yield str(folder / "copies")


@contextmanager
def a_silent_server(folder: Path) -> Iterator[str]:
    """Takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/checkpoints"


def records_of(bench: Bench) -> Any:
    """What a verification says of the bot's ledger, and what the bot recorded."""
    reader = open_reader(bench.url, base_dir=bench.folder)
    try:
        return verify(reader, bench.bot.key), reader.events(bench.bot.key)
    finally:
        reader.close()


@pytest.mark.parametrize("target", [a_folder, a_pipe, a_silent_server])
def test_a_place_for_copies_that_takes_none_holds_up_no_entry_and_no_exit(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Callable[[Path], Any]
) -> None:
    monkeypatch.setattr(outside, "TIMEOUT", 3600.0)  # to wait for it in line would never end
    (tmp_path / "user_data").mkdir(exist_ok=True)
    generate(tmp_path / "user_data" / "risk_signing.key")
    with target(tmp_path) as address:
        signing = {"every_records": 1, "copy_to": address}
        bench = start(section={**FORGIVING, "ledger": {"checkpoints": signing}})
        bench.loop(2)
        assert bench.tries_to_enter(BTC, 30)
        bench.loop()
        assert bench.order("close-all") == "done"
        bench.ends_flat()
        report, _ = records_of(bench)
        assert report.checkpoints > 1
        assert report.sound


def test_a_key_that_goes_away_or_is_damaged_stops_neither_entry_nor_exit(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "user_data").mkdir(exist_ok=True)
    file = tmp_path / "user_data" / "risk_signing.key"
    generate(file)
    bench = start(section={**FORGIVING, "ledger": {"checkpoints": {"every_records": 1}}})
    bench.loop(2)
    file.write_bytes(b"\xff no key")
    bench.loop()
    assert bench.tries_to_enter(BTC, 30)
    file.unlink()
    file.mkdir()
    assert bench.order("close-all") == "done"
    bench.ends_flat()
    assert records_of(bench)[0].sound


def test_with_open_positions_and_no_key_entries_stay_shut_and_exits_pass(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing = {**FORGIVING, "ledger": {"encrypt": True}}
    monkeypatch.setenv(VARIABLE, new_key())
    first = start(key="lostkey", section=sealing)
    first.loop(2)
    assert first.bot.enter(BTC, 100)
    first.bot.session.service.close()
    monkeypatch.delenv(VARIABLE)
    second = start(key="lostkey", section=sealing)
    second.loop()
    assert "no key" in str(second.bot.session.service.fault_text)
    assert not second.tries_to_enter(ETH)
    (start.folder / "user_data" / "RISK_KILL").write_text("get me out")
    second.ends_flat()


#: Tags as a strategy may give them, on purpose or not.
TAGS = {
    "slow": "token:" * 100_000,
    "long": "x" * 10_000_000,
    "sealed": '{"$":"sealed","key":"k","text":"t"}',
    "masked": "***",
    "lines": "a\nb\x1b[31m\u202e\x00",
    "formula": "=1+1",
}


@pytest.mark.parametrize("tag", TAGS)
def test_no_tag_keeps_an_entry_or_its_record(start: Start, tag: str) -> None:
    bench = start(section=FORGIVING)
    bench.loop(2)
    assert bench.bot.enter(BTC, 30, enter_tag=TAGS[tag])
    assert bench.bot.session.service.fault_text is None
    report, events = records_of(bench)
    assert report.sound
    assert not bench.audit()
    tags = {e.decision.request.tag for e in events if isinstance(e, ev.EntryDecided)}
    assert any(recorded and str(recorded)[:3] == TAGS[tag][:3] for recorded in tags), tags
