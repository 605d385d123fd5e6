"""Streams whose listener takes nothing, whose right cannot be asked for, whose news is no JSON."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from anyio import to_thread
from starlette.concurrency import run_in_threadpool

from riskplugin.dashboard import live, stream
from riskplugin.dashboard.live import Newsroom
from riskplugin.dashboard.stream import EventStream

pytestmark = pytest.mark.spec("DB-1")


class NoOffice:
    """An office of which nobody asks anything."""

    def bots(self) -> list[str]:
        return ["alpha"]

    def desk(self, bot: str) -> Any:
        return bot


def room() -> Newsroom:
    return Newsroom(NoOffice(), lambda: False)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Newsroom, "_look", lambda _self, _topic: ("bots", []))


async def never() -> Any:
    await asyncio.Event().wait()


def test_a_listener_who_takes_nothing_does_not_keep_its_place_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "LIFE", 0.2)
    monkeypatch.setattr(stream, "PULSE", 0.1)

    async def takes_nothing(_message: Any) -> None:
        await never()

    async def held() -> int:
        newsroom = room()
        answer = EventStream(newsroom, newsroom.join(""), lambda: True)
        await asyncio.wait_for(answer({}, never, takes_nothing), 10)
        return len(newsroom._listeners)

    assert asyncio.run(held()) == 0


def test_rights_that_cannot_be_asked_for_do_not_take_all_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are those on which freqtrade's own interface answers, too."""
    monkeypatch.setattr(stream, "ASK_AGAIN", 0.0)
    monkeypatch.setattr(stream, "PULSE", 0.1)
    hangs = threading.Event()

    async def takes(_message: Any) -> None:
        await asyncio.sleep(0)

    async def others() -> str:
        to_thread.current_default_thread_limiter().total_tokens = 4
        newsroom = room()
        answers = [
            asyncio.create_task(
                EventStream(newsroom, newsroom.join(""), lambda: hangs.wait(20))({}, never, takes)
            )
            for _ in range(8)
        ]
        await asyncio.sleep(0.5)
        try:
            return await asyncio.wait_for(run_in_threadpool(lambda: "answered"), 5)
        finally:
            hangs.set()
            for each in answers:
                each.cancel()
            await asyncio.gather(*answers, return_exceptions=True)

    assert asyncio.run(others()) == "answered"


@pytest.mark.parametrize("odd", ["\ud800", 2**80, object()], ids=["text", "number", "thing"])
def test_news_that_json_cannot_hold_is_told_as_trouble_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.05)
    monkeypatch.setattr(live, "GLANCE", 0.02)
    told: list[Any] = [odd]
    monkeypatch.setattr(Newsroom, "_look", lambda _self, _topic: ("bots", told))

    async def heard() -> list[str]:
        newsroom = room()
        listener = newsroom.join("")
        kinds = []
        for words in ([odd], ["sound again"]):
            told[:] = words
            await asyncio.wait_for(listener.wake.wait(), 5)
            listener.wake.clear()
            news = newsroom.news(listener)
            assert news is not None
            kinds.append(news[0])
        newsroom.leave(listener)
        await asyncio.sleep(0.1)
        return kinds

    assert asyncio.run(heard()) == ["trouble", "bots"]
