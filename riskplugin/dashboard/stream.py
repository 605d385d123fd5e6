"""``GET stream``: server-sent events for the page. Not in the OpenAPI document: it has no end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from riskplugin.control.people import Denied
from riskplugin.dashboard.doorman import AnOffice, AReader, AToken, BotQuery
from riskplugin.dashboard.live import Listener, Newsroom, TooMany
from riskplugin.dashboard.office import Caller, Office
from riskplugin.dashboard.routing import RiskRoute
from riskplugin.ports import LedgerError

router = APIRouter(route_class=RiskRoute, include_in_schema=False)

#: Seconds without news after which a line says that the stream lives.
PULSE = 10.0
#: Seconds after which a stream ends: whoever begins another passes the door again.
LIFE = 600.0
#: Seconds between two looks at whether the listener may still listen.
ASK_AGAIN = 15.0

#: Seconds that the end of a stream may take whose listener takes nothing any more.
FAREWELL = 0.5

May = Callable[[], bool]


def newsroom_of(request: Request) -> Newsroom:
    """The application's newsroom. Answers 404 where no stream could be ended in time."""
    found: Newsroom | None = request.app.state.riskplugin_newsroom
    if found is None:
        raise HTTPException(404, "there are no streams here: ask GET overview")
    return found


def topic_of(office: AnOffice, caller: AReader, bot: BotQuery = None) -> str:
    """The bot that is meant, "" for all of them."""
    if bot and bot not in office.bots():
        raise HTTPException(404, "there is no bot of that name here")
    return bot or ""


@router.get("/stream")
async def stream(
    newsroom: Annotated[Newsroom, Depends(newsroom_of)],
    office: AnOffice,
    caller: AReader,
    token: AToken,
    topic: Annotated[str, Depends(topic_of)],
) -> Any:
    try:
        listener = newsroom.join(topic)
    except TooMany as full:
        raise HTTPException(
            503, "too many pages are open: this one asks now and then", {"Retry-After": "30"}
        ) from full
    return EventStream(newsroom, listener, lambda: _may_read(office, caller, token))


def _may_read(office: Office, caller: Caller, token: str | None) -> bool:
    """Whether whoever began to listen could begin now, too."""
    try:
        if caller.token is not None and token is not None:
            return office.people.person_of(token).name == caller.name
        return office.own_login or not office.people.anybody()
    except Denied:
        return False
    except LedgerError:  # the page says what is wrong; nobody's right has changed
        return True


class EventStream(Response):
    """Tells one listener the news until it goes, may listen no more, or the server ends."""

    def __init__(self, newsroom: Newsroom, listener: Listener, may: May) -> None:
        super().__init__(media_type="text/event-stream")
        del self.headers["content-length"]
        self.headers["X-Accel-Buffering"] = "no"
        self._newsroom, self._listener, self._may = newsroom, listener, may

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak and listen at once: whichever ends first ends the stream."""
        self._listener.task = speaking = asyncio.create_task(self._speak(send))
        gone = asyncio.create_task(_gone(receive))
        try:
            # Whoever takes nothing does not keep its place for ever.
            await asyncio.wait(
                {speaking, gone}, timeout=LIFE + PULSE, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._newsroom.leave(self._listener)
            for task in (speaking, gone):
                task.cancel()
            await asyncio.gather(speaking, gone, return_exceptions=True)
        with suppress(TimeoutError, RuntimeError, OSError):  # it takes nothing, or is gone
            ending = send({"type": "http.response.body", "body": b"", "more_body": False})
            await asyncio.wait_for(ending, FAREWELL)

    async def _speak(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await _send(send, b"retry: 2000\n\n")
        loop = asyncio.get_running_loop()
        asked = begun = loop.time()
        while loop.time() - begun < LIFE:
            news = self._newsroom.news(self._listener)
            if news is not None:
                kind, data = news
                await _send(send, b"event: %b\ndata: %b\n\n" % (kind.encode(), data))
            if loop.time() - asked >= ASK_AGAIN:
                asked = loop.time()
                if not await self._newsroom.asked(self._may):
                    await _send(send, b"event: bye\ndata: {}\n\n")
                    return
            if not await _woken(self._listener):
                await _send(send, b": here\n\n")


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _woken(listener: Listener) -> bool:
    try:
        await asyncio.wait_for(listener.wake.wait(), PULSE)
    except TimeoutError:
        return False
    listener.wake.clear()
    return True


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
