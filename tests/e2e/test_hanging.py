"""One life of a real bot: it obeys over REST, is reloaded, hangs, comes back, and is stopped."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.e2e.duty import Webhook, webhook
from tests.e2e.harness import Bot, Exchange
from tests.e2e.test_watchdog import SETTINGS, Dog

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.exhaustive,
    pytest.mark.spec("EM-2", "EM-3", "AL-3", "RE-1"),
]


def section(channel: Webhook, port: int) -> dict[str, Any]:
    rest = {
        "bot_url": f"http://127.0.0.1:{port}",
        "bot_username": "env:WATCH_USER",
        "bot_password": "env:WATCH_PASSWORD",
    }
    return {
        "watchdog": SETTINGS | rest,
        "alerts": {
            "channels": {"duty": channel.url},
            "routes": {"warning": ["duty"], "critical": ["duty"]},
        },
    }


class Elsewhere(Dog):
    """A watchdog that takes itself for a process of another machine."""

    def command(self, *more: str) -> list[str]:
        python, _, _, *rest = super().command(*more)
        code = (
            "import riskplugin.process as p; p.machine = lambda: 'elsewhere';"
            "from riskplugin.cli import main; main()"
        )
        return [python, "-c", code, *rest]


@contextmanager
def service() -> Iterator[tuple[str, list[str]]]:
    """A service that is called again and again, or else calls people."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *parts: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/secret-of-mine", calls
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def ledger(bot: Bot) -> Iterator[LedgerReader]:
    reader = open_reader(f"sqlite:///{bot.userdir}/risk.sqlite", base_dir=bot.userdir)
    try:
        yield reader
    finally:
        reader.close()


def threads(bot: Bot) -> int:
    return len(list(Path(f"/proc/{bot.pid}/task").iterdir()))


def test_a_bot_that_is_reloaded_with_alerts_owed_and_then_hangs(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCH_USER", "tester")
    monkeypatch.setenv("WATCH_PASSWORD", "secret")
    with webhook() as channel, service() as (address, calls):
        bot = Bot(exchange, tmp_path, "EagerGuarded", name="hanging")
        bot.change(risk=section(channel, bot.rest_port))
        dog, other = Dog(bot), Elsewhere(bot)
        with bot:
            bot.told("positions", lambda s: len(s.get("positions", ())) >= 2)
            what_waits_is_carried_out_at_once(bot)
            a_reload_loses_nothing_and_doubles_nothing(bot, channel)
            try:
                dog.start("--heartbeat", address)
                dog.wait("its calls", lambda: len(calls) >= 2)
                it_says_what_it_sees_and_is_alone(dog, address)
                os.kill(bot.pid, signal.SIGSTOP)
                beside_a_living_process_nothing_is_done(exchange, dog, channel)
                dog.stop()
                assert "was stopped" in dog.run("status").stdout
                other.start()
                the_book_is_closed_from_elsewhere(exchange, other)
            finally:
                dog.stop()
                other.stop()
                os.kill(bot.pid, signal.SIGCONT)
            entries = len(exchange.entries(bot.name))
            it_comes_back_to_an_empty_account(exchange, bot)
            assert len(exchange.entries(bot.name)) == entries
            bot.stop(signal.SIGTERM)
            assert len(bot.events(ev.SessionEnded)) == 1
        assert dog.run("--once").returncode == 0, "silence is fine now"


def what_waits_is_carried_out_at_once(bot: Bot) -> None:
    with ledger(bot) as reader:
        number = reader.post_control(bot.ledger_name, "emergency-on", "ann", "a test", via="cli")
        code, said = bot.post("risk/obey")
        assert (code, said["obeyed"]) == (200, True), said
        assert reader.control_outcome(number) == "done"
    assert bot.risk("emergency", "off").returncode == 0


def a_reload_loses_nothing_and_doubles_nothing(bot: Bot, channel: Webhook) -> None:
    channel.go_away()
    before = threads(bot)
    for command in ("trip", "rearm"):
        code, said = bot.post(f"risk/{command}", reason="while the channel is away", confirm=True)
        assert code == 200, said
    assert bot.post("reload_config")[0] == 200
    bot.wait("a new session", lambda: len(bot.events(ev.SessionStarted)) == 2)
    began = bot.events(ev.SessionStarted)[-1].at
    bot.told("its loop", lambda s: datetime.fromisoformat(s["at"]) > began)
    bot.wait("its doors", lambda: bot.post("risk/obey")[0] == 200)
    assert not bot.events(ev.SessionEnded), "a reload is no end"
    assert threads(bot) <= before + 1, "freqtrade leaves one behind, riskplugin none"
    channel.come_back()
    bot.told("all is told", lambda s: not any(a["channels_owed"] for a in s["alerts"]))
    told = [text for text in channel.texts if "while the channel is away" in text]
    assert len([t for t in told if "BREAKER LATCHED" in t]) == 1, channel.texts


def it_says_what_it_sees_and_is_alone(dog: Dog, address: str) -> None:
    seen = dog.run("status")
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert "watches" in seen.stdout
    assert "it saw nothing wrong" in seen.stdout
    second = dog.run()
    assert second.returncode == 2
    assert "has a watchdog already" in second.stderr
    assert address not in dog.log.read_text() + dog.run("status", "--json").stdout


def beside_a_living_process_nothing_is_done(exchange: Exchange, dog: Dog, channel: Webhook) -> None:
    dog.wait("what it can do", lambda: channel.about("nothing is done at the exchange beside it"))
    assert channel.about("it hangs, or was paused")
    assert exchange.positions(dog.bot.name)
    assert dog.acted() == ["begin", "latch"]


def the_book_is_closed_from_elsewhere(exchange: Exchange, dog: Dog) -> None:
    dog.wait("the end", lambda: "end" in dog.acted())
    assert not exchange.positions(dog.bot.name)
    assert dog.acted().count("latch") == 1, "it is the same silence"


def it_comes_back_to_an_empty_account(exchange: Exchange, bot: Bot) -> None:
    told = bot.told("latch", lambda s: s["breaker"]["state"] == "latched")
    assert told["breaker"]["latched_by"] == "watchdog"
    bot.told("it is flat, and knows", lambda s: not s["positions"] and not s["closing"]["active"])
    assert not exchange.positions(bot.name)
