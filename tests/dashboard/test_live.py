"""Streams of news: one producer for all, bounded, and in nobody's way when the server ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import orjson
import pytest

from riskplugin.control.permissions import Role
from riskplugin.dashboard import live
from tests.dashboard.conftest import API, House

pytestmark = pytest.mark.spec("DB-1")


@contextmanager
def listening(house: House, token: str | None = None, bot: str = "alpha") -> Iterator[Any]:
    """The lines of an open stream."""
    headers = {} if token is None else {"X-Risk-Token": token}
    client = httpx.Client(base_url=house.url, headers=headers, timeout=20)
    with client, client.stream("GET", f"{API}/stream", params={"bot": bot}) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def news(lines: Any) -> tuple[str, Any]:
    """The next event: its kind and what it says."""
    kind = next(line for line in lines if line.startswith("event: "))
    return kind.removeprefix("event: "), orjson.loads(next(lines).removeprefix("data: "))


def test_what_changes_is_told_and_what_stands_still_is_not(house: House) -> None:
    with listening(house) as lines:
        kind, told = news(lines)
        assert (kind, told["status"]["bot"]) == ("standing", "alpha")
        house.bot.loss = 120.0
        house.bot.loop()
        kind, told = news(lines)
        assert told["status"]["daily_pnl_pct"] == pytest.approx(-1.2)


def test_many_pages_cost_one_look(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    look = live.Newsroom._look

    def counted(self: live.Newsroom, topic: str) -> Any:
        looks.append(threading.current_thread().name)
        return look(self, topic)

    monkeypatch.setattr(live.Newsroom, "_look", counted)
    monkeypatch.setattr(live, "EVERY", 60.0)
    with ExitStack() as stack:
        pages = [stack.enter_context(listening(house)) for _ in range(5)]
        assert {news(page)[1]["status"]["bot"] for page in pages} == {"alpha"}
    assert len(looks) == 1
    house.eventually(lambda: house.listeners() == 0)


def test_there_are_only_so_many_streams_and_the_page_may_ask_instead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 1)
    with listening(house):
        answer = house.client().get(f"{API}/stream", params={"bot": "alpha"})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert house.client().get(f"{API}/overview").status_code == 200
    house.eventually(lambda: house.listeners() == 0)
    with listening(house) as lines:
        assert news(lines)[0] == "standing"


@pytest.mark.spec("AU-5")
def test_a_stream_needs_a_sign_in_and_ends_when_that_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskplugin.dashboard.stream.ASK_AGAIN", 0.0)
    monkeypatch.setattr("riskplugin.dashboard.stream.PULSE", 0.2)
    token = house.hire("vera", Role.VIEWER)
    assert house.client().get(f"{API}/stream").status_code == 401
    with listening(house, token) as lines:
        assert news(lines)[0] == "standing"
        house.people.revoke("vera", by="root")
        assert news(lines)[0] == "bye"


def test_an_open_stream_does_not_keep_the_server_from_ending(house: House) -> None:
    """Without a timeout of its own, as freqtrade's, uvicorn waits for every answer to be whole."""
    with listening(house) as lines:
        news(lines)
        server = house.ending.server
        assert server is not None
        server.should_exit = True
        assert all(line == "" or line.startswith(":") for line in lines), "it just ends"


def test_a_ledger_that_cannot_be_read_is_told_and_heals(house: House) -> None:
    from tests.ledger.tampering import Attacker

    with listening(house) as lines:
        news(lines)
        attacker = Attacker(house.bot.url)
        attacker.run("UPDATE status SET payload = '{}'")
        attacker.close()
        kind, told = news(lines)
        assert kind == "trouble"
        assert "damaged" in told["detail"]
        house.bot.loss = 120.0
        house.bot.loop()
        assert news(lines)[0] == "standing"


def test_all_bots_have_a_stream_and_an_unknown_one_has_none(house: House) -> None:
    with listening(house, bot="") as lines:
        kind, cards = news(lines)
        assert kind == "bots"
        assert [c["bot"] for c in cards] == ["alpha"]
    assert house.client().get(f"{API}/stream", params={"bot": "zulu"}).status_code == 404
