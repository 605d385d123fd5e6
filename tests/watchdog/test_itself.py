"""The watchdog's own troubles: a faulty look, its last word, its heartbeat, who else watches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from riskplugin.core.alerts.tellings import WARNING, Raise, Resolve, Telling
from riskplugin.ledger import open_reader
from riskplugin.process import this_process
from riskplugin.watchdog import chain_of, heartbeat
from riskplugin.watchdog.alone import AnotherError, refuse_another
from riskplugin.watchdog.dog import Watchdog
from riskplugin.watchdog.heartbeat import Heartbeat
from riskplugin.watchdog.judge import NAMES
from riskplugin.watchdog.standing import Standing
from tests.watchdog.conftest import BEGAN, Start, World, plan

pytestmark = pytest.mark.spec("AL-1", "AL-3")
DISK = Raise(name="disk_space", severity=WARNING, said="full", lasting=True)
SILENT = Raise(name="bot_silent", severity=WARNING, said="silent", lasting=True)


def over(told: list[Telling]) -> set[str]:
    return {key for each in told if isinstance(each, Resolve) for key in each.keys}


def test_what_is_new_is_told_once_and_what_is_over_is_told_once() -> None:
    standing = Standing()
    assert over(standing.changes([DISK], blind=False)) == {*NAMES} - {"disk_space"}
    assert standing.changes([DISK], blind=False) == []
    assert standing.changes([DISK, SILENT], blind=False) == [SILENT]
    assert over(standing.changes([SILENT], blind=False)) == {"disk_space"}
    assert standing.changes([SILENT], blind=False) == []


def test_who_sees_nothing_at_first_resolves_what_an_earlier_run_left_when_it_sees() -> None:
    standing = Standing()
    assert over(standing.changes([], blind=True)) == {"disk_space", "watchdog_keys"}
    assert over(standing.changes([], blind=False)) == {*NAMES} - {"disk_space", "watchdog_keys"}


def test_while_it_is_blind_a_finding_neither_ends_nor_is_told_again() -> None:
    standing = Standing()
    standing.changes([SILENT], blind=False)
    assert standing.changes([], blind=True) == []
    assert standing.changes([SILENT], blind=False) == []


def test_a_look_that_fails_is_told_and_its_end_too(
    world: World, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    kennel = start()
    looked = threading.Event()

    def fail(*args: Any) -> None:
        looked.set()
        raise RuntimeError("what nobody thought of")

    with monkeypatch.context() as patch:
        patch.setattr("riskplugin.watchdog.dog.findings", fail)
        thread = threading.Thread(target=kennel.dog.run)
        thread.start()
        assert looked.wait(20)
        kennel.dog.stop()
        thread.join(20)
    kennel.dog._records.desk.drain(5)
    assert world.names() == ["watchdog_stumbles"]
    assert "what nobody thought of" in world.letters[0].text
    kennel.pass_(5, alive=True)
    assert not kennel.dog._records.desk.book.open


def test_one_that_was_stopped_leaves_word_and_another_may_take_over_at_once(
    world: World, start: Start
) -> None:
    start().dog.close()
    told = last_word(world)
    assert told["ended"] is True
    refuse_another({**told, "process": {"machine": "elsewhere"}}, "bot", BEGAN)


def last_word(world: World) -> dict[str, Any]:
    reader = open_reader(world.url, base_dir=world.folder)
    try:
        return reader.status(chain_of("bot")) or {}
    finally:
        reader.close()


def test_one_that_was_replaced_leaves_the_last_word_to_the_other(
    world: World, start: Start
) -> None:
    kennel = start()
    other = {"process": {"pid": 1, "machine": "elsewhere"}, "interval_s": 5}
    ledger = kennel.dog._records._ledger
    assert ledger is not None
    ledger.say({**other, "at": world.wall.isoformat()}, world.wall)
    with pytest.raises(AnotherError):
        kennel.dog.round()
    kennel.dog.close()
    assert last_word(world)["process"] == other["process"]
    assert "ended" not in last_word(world)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"process": "nonsense", "at": "x"},
        {"process": {"machine": "elsewhere"}, "at": "yesterday"},
        {"process": {"machine": "elsewhere"}, "at": BEGAN.isoformat(), "interval_s": "often"},
    ],
)
def test_a_damaged_word_keeps_nobody_from_watching(told: dict[str, Any]) -> None:
    refuse_another(told, "bot", BEGAN)
    refuse_another({"process": this_process()}, "bot", BEGAN)


@contextmanager
def service(answer: threading.Event) -> Iterator[tuple[str, list[str]]]:
    """A service that takes its time."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            answer.wait(20)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *parts: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/beat", calls
    finally:
        answer.set()
        server.shutdown()
        server.server_close()


def test_a_service_that_hangs_is_called_once_until_it_answers() -> None:
    answer = threading.Event()
    with service(answer) as (url, calls):
        heart = Heartbeat(url)
        for _ in range(5):
            heart.beat()
        answer.set()
        assert heart._thread is not None
        heart._thread.join(20)
        assert calls == ["/beat"]
        heart.beat()
        heart._thread.join(20)
        assert calls == ["/beat", "/beat"]


def test_a_beat_that_is_not_taken_is_logged_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heartbeat._call("http://127.0.0.1:9/a-token")
    assert "the heartbeat was not taken" in caplog.text
    assert "a-token" not in caplog.text


def test_each_round_beats(world: World) -> None:
    answer = threading.Event()
    answer.set()
    with service(answer) as (url, calls):
        dog = Watchdog(plan(world), {}, heartbeat=url, now=lambda: world.wall)
        for _ in range(2):
            dog.round()
            assert dog._heartbeat._thread is not None
            dog._heartbeat._thread.join(20)
        dog.close()
    assert len(calls) == 2
