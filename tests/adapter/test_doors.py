"""The door of a real bot: REST and page in freqtrade's own API server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from freqtrade.rpc.api_server.webserver import ApiServer
from freqtrade.rpc.rpc_manager import RPCManager
from freqtrade.rpc.telegram import Telegram

from riskplugin.adapter.doors.rest import open_rest
from riskplugin.adapter.doors.telegram import open_telegram
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, Bot
from tests.adapter.conftest import Start
from tests.dashboard.asking import ask_everything
from tests.dashboard.browser import CHROMIUM, PHONE, chromium, visitor

pytestmark = [pytest.mark.slow, pytest.mark.spec("EM-2", "DB-1", "AU-5")]

GIVEN, OWN = "green-horse-battery-9", "my very own sentence 42"
YES = {"reason": "a drill", "confirm": True}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def tidy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """freqtrade leaves the event loop of its server open; another test would be blamed for it."""
    made = []
    new_event_loop = asyncio.new_event_loop

    def noted() -> asyncio.AbstractEventLoop:
        loop = new_event_loop()
        if threading.current_thread().name == "FTUvicorn":
            made.append(loop)
        return loop

    monkeypatch.setattr(asyncio, "new_event_loop", noted)
    yield
    for loop in made:
        loop.close()


@pytest.fixture
def served(tidy: None, start: Start, port: int) -> Iterator[tuple[Bot, httpx.Client]]:
    """A bot with its own API server, and its own login."""
    login = {
        "enabled": True,
        "listen_ip_address": "127.0.0.1",
        "listen_port": port,
        "username": "tester",
        "password": "secret",
        "jwt_secret_key": "not a secret, and long enough to be taken for one",
    }
    bot = start(api_server=login)
    bot.loop(2)
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, auth=("tester", "secret"), timeout=30) as client:
        yield bot, client
    ApiServer.shutdown()


def test_behind_the_bots_login_the_routes_answer(served: tuple[Bot, httpx.Client]) -> None:
    bot, client = served
    told = client.get("/api/v1/risk/status").json()
    assert told["bot"] == bot.session.bot
    session = client.get("/api/v1/risk/session").json()
    assert (session["server"], session["name"], session["role"]) == (
        "rest",
        "tester",
        "risk_manager",
    )
    url = str(client.base_url)
    assert httpx.get(f"{url}/api/v1/risk/status").status_code == 401
    assert httpx.post(f"{url}/api/v1/risk/trip", json=YES).status_code == 401
    wrong = httpx.get(f"{url}/api/v1/risk/status", auth=("tester", "wrong"))
    assert wrong.status_code == 401


def test_the_page_and_the_document_need_no_login_and_hold_no_figures(
    served: tuple[Bot, httpx.Client],
) -> None:
    bot, client = served
    url = str(client.base_url)
    page = httpx.get(f"{url}/risk")
    assert page.status_code == 200
    assert bot.session.bot not in page.text
    document = httpx.get(f"{url}/api/v1/risk/openapi.json").json()
    assert "/api/v1/risk/close-all" in document["paths"]
    assert all(path.startswith("/api/v1/risk/") for path in document["paths"])


def test_a_trip_holds_at_once_though_the_loop_stands_still(
    served: tuple[Bot, httpx.Client],
) -> None:
    bot, client = served
    answer = client.post("/api/v1/risk/trip", json=YES)
    assert answer.status_code == 200, answer.text
    assert bot.session.service.state.breaker is BreakerState.LATCHED
    assert bot.session.service.state.latched_by == "tester"
    assert client.get("/api/v1/risk/status").json()["breaker"]["state"] == "latched"
    assert not bot.enter(BTC, 100)
    assert not bot.trades


def test_a_close_all_by_rest_is_carried_out_by_the_next_loop(
    served: tuple[Bot, httpx.Client],
) -> None:
    bot, client = served
    assert bot.enter(BTC, 100)
    bot.loop()
    answer = client.post("/api/v1/risk/close-all", json=YES)
    assert answer.json()["outcome"] == "done", answer.text
    bot.loop(3)
    assert not bot.trades
    assert not bot.positions()


def test_headroom_for_a_pair_is_what_the_gate_then_lets_pass(
    served: tuple[Bot, httpx.Client],
) -> None:
    bot, client = served
    bot.loop()
    told = client.get("/api/v1/risk/headroom", params={"pair": ETH}).json()
    assert told["exact"] is True, told
    assert told["allowed"] is True
    assert 0 < told["stake"] <= 200
    assert told["text"]
    before = len(bot.session.service.state.handled)
    client.get("/api/v1/risk/headroom", params={"pair": ETH, "side": "short", "leverage": 3})
    assert len(bot.session.service.state.handled) == before
    client.post("/api/v1/risk/trip", json=YES)
    assert client.get("/api/v1/risk/headroom", params={"pair": ETH}).json()["allowed"] is False


def test_a_ledger_that_takes_nothing_stops_no_trip(
    served: tuple[Bot, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from riskplugin.ledger.reader import LedgerReader
    from riskplugin.ports import LedgerError

    def full(*args: Any, **kwargs: Any) -> int:
        raise LedgerError("the disk is full")

    bot, client = served
    monkeypatch.setattr(LedgerReader, "post_control", full)
    assert client.post("/api/v1/risk/rearm", json=YES).status_code == 503
    answer = client.post("/api/v1/risk/trip", json=YES)
    assert answer.json() == {"id": None, "state": "done", "outcome": "done"}
    assert bot.session.service.state.breaker is BreakerState.LATCHED


def test_a_reloaded_bot_has_its_doors_again(served: tuple[Bot, httpx.Client]) -> None:
    bot, client = served
    bot.freqtrade.rpc.cleanup()
    bot.freqtrade.rpc = RPCManager(bot.freqtrade)
    assert client.get("/api/v1/risk/health").json()["bot"] == bot.session.bot


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_page_in_the_bot_asks_for_the_bots_login(
    served: tuple[Bot, httpx.Client],
) -> None:
    bot, client = served
    with chromium() as browser, visitor(browser, PHONE) as window:
        window.open(f"{client.base_url}/risk".replace("//risk", "/risk"))
        window.sign_in("tester", "secret")
        window.see("#breaker", "Trading")
        window.press("Trip", inside="#orders")
        window.press("Drill")
        window.press("Hold to confirm", hold=1.0)
        window.see("#breaker", "Latched")
        assert any("/stream?" in url for url in window.asked)
        bot.freqtrade.rpc.cleanup()  # an open stream does not hold up the bot's end
        bot.freqtrade.rpc = RPCManager(bot.freqtrade)
    assert bot.session.service.state.latched_by == "tester"


@pytest.mark.exhaustive  # tests/dashboard/test_openapi.py asks the same of the same routes
def test_every_answer_of_the_bot_is_as_its_document_says(
    served: tuple[Bot, httpx.Client],
) -> None:
    _, client = served
    document = f"{client.base_url}/api/v1/risk/openapi.json"
    assert ask_everything(document, examples=5, auth=("tester", "secret")) > 30


def test_freqtrade_still_builds_its_doors_as_this_was_written_for() -> None:
    open_rest()
    open_telegram()
    assert getattr(ApiServer.configure_app, "__riskplugin__", False)
    assert getattr(Telegram._init_telegram_app, "__riskplugin__", False)
