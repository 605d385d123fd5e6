"""A dead alert channel or a subscriber that raises holds up nothing (AL-1, RE-1)."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from riskplugin.core import events as ev
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import Bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("AL-1", "RE-1")]


@contextmanager
def hanging_webhook() -> Iterator[tuple[int, threading.Event, list[str]]]:
    """A server that takes a message and does not answer until it is told to."""
    answer, taken = threading.Event(), []

    class Hangs(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.path)
            answer.wait(60)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *parts: object) -> None:
            """Quietly."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hangs)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield server.server_port, answer, taken
    finally:
        answer.set()
        server.shutdown()
        server.server_close()
        serving.join()


def closes_everything(bench: Bench) -> None:
    bench.loop(2)
    assert bench.tries_to_enter(BTC)
    assert bench.tries_to_enter(ETH)
    bench.loop()
    bench.order("close-all")
    bench.ends_flat()
    assert bench.told(ev.FlattenVerified)
    assert not bench.audit()


def test_a_webhook_that_hangs_holds_up_no_close_all(start: Start) -> None:
    with hanging_webhook() as (port, answer, taken):
        hook = {"enabled": True, "url": f"http://127.0.0.1:{port}/", "timeout": 60}
        bench = start(webhook={**hook, "warning": {"text": "{status}"}})
        closes_everything(bench)
        assert taken, "the channel was used"
        assert not answer.is_set(), "and has not answered yet"
        bench.comes_back()
        answer.set()


def test_a_telegram_that_raises_is_logged_and_no_more(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    class Telegram:
        name = "telegram"

        def send_msg(self, message: object) -> None:
            raise ConnectionError("Telegram is away")

        def cleanup(self) -> None:
            """Nothing to release."""

    bench = start()
    bench.bot.freqtrade.rpc.registered_modules.append(Telegram())
    closes_everything(bench)
    bench.comes_back()
    assert "CLOSING EVERYTHING" in caplog.text, "the log has it"


def test_a_subscriber_that_raises_is_skipped_and_the_others_hear(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def raises(event: ev.Event) -> None:
        raise RuntimeError("a bug in a sink")

    bench = start()
    bench.bot.session.service.subscribers.insert(0, raises)
    closes_everything(bench)
    assert "a subscriber failed" in caplog.text
    bench.comes_back()
