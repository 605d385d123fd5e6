"""When a bot signs, what becomes of the copies, and that nothing of it stops the bot."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from riskplugin.core.state import RiskState
from riskplugin.ledger import CheckpointPlan, open_ledger
from riskplugin.ledger.proof import outside
from riskplugin.ledger.proof.checkpoints import Checkpoint, read_copies
from riskplugin.ledger.proof.evidence import gather
from riskplugin.ledger.proof.signing import SigningKey, generate
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Read
from tests.ledger.samples import NOW, metrics, peak
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("AU-2")

Start = Callable[..., SqlLedger]


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return generate(tmp_path / "key")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Open ledgers that sign; they are closed after the test."""
    opened: list[SqlLedger] = []

    def start_one(url: str, **changes: object) -> SqlLedger:
        plan = CheckpointPlan(**{"key_file": tmp_path / "key", **changes})  # type: ignore[arg-type]
        opened.append(open_ledger(url, bot="bot", base_dir=tmp_path, checkpoints=plan))
        opened[-1].load()
        return opened[-1]

    yield start_one
    for ledger in opened:
        ledger.close()


def record(ledger: SqlLedger, count: int = 1) -> None:
    """Some events and a row of metrics, as a loop of the bot writes them."""
    for number in range(count):
        ledger.append([peak(float(number))], RiskState())
    ledger.sample(metrics(), {})


@pytest.fixture
def signed(read_: Read) -> Callable[[str], list[int]]:
    """Where the ledger is signed."""
    return lambda url: [c.seq for c in gather(read_(url), "bot").checkpoints]


Signed = Callable[[str], list[int]]


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread does; the test fails where it never happens."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never happened")


def test_a_session_signs_with_its_first_records_and_at_its_end(
    url: str, start: Start, key: SigningKey, signed: Signed, read_: Read
) -> None:
    ledger = start(url)
    ledger.sample(metrics(), {})
    assert signed(url) == [], "nothing was recorded"
    record(ledger, 3)
    record(ledger, 2)
    assert signed(url) == [3]
    ledger.close()
    assert signed(url) == [3, 5]
    for checkpoint in gather(read_(url), "bot").checkpoints:
        assert checkpoint.key == key.id
        assert key.public.verify(checkpoint.message(), checkpoint.signature)


@pytest.mark.usefixtures("key")
def test_a_checkpoint_is_due_after_so_many_records(
    sqlite_url: str, start: Start, signed: Signed
) -> None:
    ledger = start(sqlite_url, every_records=4)
    for _ in range(10):
        record(ledger)
    assert signed(sqlite_url) == [1, 5, 9]


@pytest.mark.usefixtures("key")
def test_a_checkpoint_is_due_after_a_while_if_anything_was_recorded(
    sqlite_url: str, start: Start, signed: Signed
) -> None:
    ledger = start(sqlite_url, every=timedelta(0))
    for _ in range(3):
        record(ledger)
        ledger.sample(metrics(NOW + timedelta(seconds=1)), {})
    assert signed(sqlite_url) == [1, 2, 3]


@pytest.mark.usefixtures("key")
def test_a_new_session_signs_what_a_crash_left_unsigned(
    url: str, start: Start, signed: Signed
) -> None:
    crashed = start(url)
    record(crashed)
    crashed.append([peak(9.0)], RiskState())
    crashed._database.drop()
    start(url).sample(metrics(), {})
    assert signed(url) == [1, 2]


def test_without_a_key_nothing_is_signed_and_nothing_said(
    sqlite_url: str, start: Start, signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = start(sqlite_url, every=timedelta(0))
    record(ledger, 3)
    ledger.close()
    assert signed(sqlite_url) == []
    assert caplog.messages == []


def test_a_key_made_while_the_bot_runs_signs_from_then_on(
    sqlite_url: str, start: Start, signed: Signed, tmp_path: Path
) -> None:
    ledger = start(sqlite_url, every=timedelta(0))
    record(ledger)
    generate(tmp_path / "key")
    record(ledger)
    assert signed(sqlite_url) == [2]


@pytest.mark.usefixtures("key")
def test_a_key_that_is_gone_is_told_once_and_the_bot_goes_on(
    sqlite_url: str,
    start: Start,
    signed: Signed,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ledger = start(sqlite_url, every=timedelta(0))
    record(ledger)
    (tmp_path / "key").rename(tmp_path / "away")
    with caplog.at_level(logging.INFO):
        record(ledger)
        record(ledger)
        assert [m for m in caplog.messages if "key" in m and "is gone" in m] == caplog.messages
        assert len(caplog.messages) == 1
        (tmp_path / "away").rename(tmp_path / "key")
        record(ledger)
    assert "signed again" in caplog.messages[-1]
    assert signed(sqlite_url) == [1, 4]


@pytest.mark.usefixtures("key")
def test_a_key_open_to_others_signs_nothing(
    sqlite_url: str,
    start: Start,
    signed: Signed,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "key").chmod(0o644)
    ledger = start(sqlite_url, every=timedelta(0))
    record(ledger)
    record(ledger)
    assert signed(sqlite_url) == []
    assert len(caplog.messages) == 1
    assert "chmod 600" in caplog.text


@pytest.mark.parametrize(
    "damage",
    ["UPDATE events SET hash = zeroblob(32) WHERE seq = 2", "DELETE FROM events WHERE seq > 1"],
    ids=["edited", "cut off"],
)
@pytest.mark.usefixtures("key")
def test_a_history_that_belies_its_checkpoint_is_not_signed_over(
    sqlite_url: str,
    start: Start,
    signed: Signed,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    first = start(sqlite_url)
    record(first, 2)
    first.close()
    attacker = Attacker(sqlite_url)
    attacker.run(damage)
    attacker.run("DELETE FROM states")
    attacker.run("INSERT INTO states SELECT 'bot', 0, 'x', hash, 0 FROM events LIMIT 1")
    attacker.fit_state(payload=fresh_state())
    attacker.close()
    record(start(sqlite_url, every=timedelta(0)), 4)
    assert signed(sqlite_url) == [2]
    assert "not those that were signed" in caplog.text


def fresh_state() -> str:
    from riskplugin.ledger.form.codec import encode_state

    return encode_state(RiskState()).decode()


@pytest.mark.usefixtures("key")
def test_a_checkpoint_that_cannot_be_written_stops_nothing(
    sqlite_url: str,
    start: Start,
    read_: Read,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ledger = start(sqlite_url, every=timedelta(0))
    attacker = Attacker(sqlite_url)
    attacker.run("DROP TABLE checkpoints")
    attacker.close()
    record(ledger, 3)
    record(ledger, 3)
    assert len(read_(sqlite_url).events("bot")) == 6
    assert len(read_(sqlite_url).metrics("bot")) == 1
    assert len(caplog.messages) == 1


# --- copies --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("key")
def test_copies_are_appended_to_a_file(
    sqlite_url: str, start: Start, read_: Read, tmp_path: Path
) -> None:
    ledger = start(sqlite_url, every=timedelta(0), copy_to=tmp_path / "copies")
    for _ in range(3):
        record(ledger)
    ledger.close()
    found, unread = read_copies(tmp_path / "copies")
    assert unread == []
    assert found == list(gather(read_(sqlite_url), "bot").checkpoints)


@pytest.mark.usefixtures("key")
def test_a_line_that_was_cut_short_spoils_no_other(
    sqlite_url: str, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "copies").write_text('{"at": "2026')
    ledger = start(sqlite_url, copy_to=tmp_path / "copies")
    record(ledger)
    ledger.close()
    found, unread = read_copies(tmp_path / "copies")
    assert [c.seq for c in found] == [1]
    assert unread == [1]


@pytest.mark.usefixtures("key")
def test_what_could_not_be_copied_is_copied_when_the_place_is_back(
    sqlite_url: str,
    start: Start,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    copies = tmp_path / "elsewhere" / "copies"
    ledger = start(sqlite_url, every=timedelta(0), copy_to=copies)
    record(ledger)
    record(ledger)
    until(lambda: "no checkpoint reaches" in caplog.text)
    copies.parent.mkdir()
    record(ledger)
    until(lambda: copies.exists() and len(read_copies(copies)[0]) == 3)
    assert [c.seq for c in read_copies(copies)[0]] == [1, 2, 3]
    assert caplog.text.count("no checkpoint reaches") == 1


@pytest.mark.usefixtures("key")
def test_the_latest_checkpoint_is_copied_again_at_the_next_start(
    sqlite_url: str, start: Start, tmp_path: Path
) -> None:
    copies = tmp_path / "elsewhere" / "copies"
    first = start(sqlite_url, copy_to=copies)
    record(first, 2)
    first.close()
    copies.parent.mkdir()
    second = start(sqlite_url, copy_to=copies)
    record(second)
    second.close()
    assert [c.seq for c in read_copies(copies)[0]] == [2, 3]


class Server:
    """A server that keeps what it is sent, and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str | None]] = []
        self.answer = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.got.append((body, self.headers["Authorization"]))
                self.send_response(outer.answer)
                if outer.answer == 302:
                    self.send_header("Location", "file:///etc/hostname")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def test_copies_are_posted_to_a_server(
    sqlite_url: str, start: Start, key: SigningKey, server: Server
) -> None:
    url = f"http://anna:s%20cret@127.0.0.1:{server.port}/checkpoints?bot=1"
    ledger = start(sqlite_url, every=timedelta(0), copy_to=url)
    record(ledger)
    record(ledger)
    ledger.close()
    found = [Checkpoint.parse(body) for body, _ in server.got]
    assert [c.seq for c in found] == [1, 2]
    assert all(key.public.verify(c.message(), c.signature) for c in found)
    assert {who for _, who in server.got} == {"Basic YW5uYTpzIGNyZXQ="}


@pytest.mark.parametrize("answer", [302, 403, 500])
@pytest.mark.usefixtures("key")
def test_a_server_that_does_not_take_a_copy_gets_it_again(
    sqlite_url: str,
    start: Start,
    server: Server,
    caplog: pytest.LogCaptureFixture,
    answer: int,
) -> None:
    server.answer = answer
    url = f"http://anna:secret@127.0.0.1:{server.port}/"
    ledger = start(sqlite_url, every=timedelta(0), copy_to=url)
    record(ledger)
    until(lambda: f"it answered {answer}" in caplog.text)
    server.answer = 200
    refused = len(server.got)
    record(ledger)
    ledger.close()
    assert [Checkpoint.parse(body).seq for body, _ in server.got[refused:]] == [1, 2]
    assert "secret" not in caplog.text


def test_of_too_many_copies_the_oldest_go_and_that_is_said(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "MOST", 3)
    sent: list[str] = []
    back = threading.Event()

    def send(line: str) -> None:
        if not back.is_set():
            raise OSError("away")
        sent.append(line)

    way = outside.Outside("there", send)
    for number in range(10):
        way.send(str(number))
    back.set()
    way.close()
    assert sent == ["7", "8", "9"]
    assert caplog.text.count("the oldest are dropped") == 1


def test_what_did_not_arrive_by_the_end_is_said(caplog: pytest.LogCaptureFixture) -> None:
    def send(line: str) -> None:
        raise OSError(f"away: {line}")

    way = outside.Outside("there", send)
    way.send("1")
    way.close()
    assert "1 copies of checkpoints did not reach there" in caplog.text


@pytest.mark.parametrize(
    "address", ["file:///tmp/x", "ftp://host/x", "http:///x", "https://host/\nx", "gopher://x"]
)
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(LedgerError, match="http"):
        outside.outside(address)


# --- one checkpoint ------------------------------------------------------------------------------

ONE = Checkpoint("böt", 7, NOW, bytes(range(32)), "0123456789abcdef", bytes(64))


def test_a_checkpoint_is_read_back_from_its_line() -> None:
    assert Checkpoint.parse(ONE.line()) == ONE
    assert "\n" not in ONE.line()
    assert ONE.line().isascii()


def test_what_is_signed_is_plain_json() -> None:
    assert ONE.message() == (
        b'{"at":"2026-03-01T12:00:00.000250+00:00","bot":"b\\u00f6t","hash":"'
        + bytes(range(32)).hex().encode()
        + b'","key":"0123456789abcdef","purpose":"riskplugin checkpoint 1","seq":7}'
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "[]",
        "null",
        "{}",
        ONE.line()[:-3],
        ONE.line().replace('"seq":7', '"seq":"7"'),
        ONE.line().replace('"seq":7', '"seq":7.0'),
        ONE.line().replace('"seq":7', '"seq":7,"more":1'),
        ONE.line().replace("checkpoint 1", "checkpoint 2"),
        ONE.line().replace("+00:00", ""),
        "[" * 5000,
    ],
)
def test_another_line_is_no_checkpoint(line: str) -> None:
    with pytest.raises(LedgerError, match="not a checkpoint"):
        Checkpoint.parse(line)
