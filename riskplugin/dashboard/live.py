"""News for open pages: one task looks at the ledger, however many pages listen to what it sees.

The task runs while somebody listens, and once a second. Who is slow hears the latest only. A
stream ends as soon as its server is about to: whoever installs the routes says how that is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool

from riskplugin.calm import calm_logger
from riskplugin.dashboard.office import Office
from riskplugin.dashboard.standing import fleet_of, standing_of
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

#: Seconds between two looks at the ledger, and between two at whether the server ends.
EVERY, GLANCE = 1.0, 0.1
#: Streams at one time. A page without one asks every few seconds instead.
MOST = 32
#: Threads that may ask at one time whether listeners may still listen.
ASKERS = 2
#: What changes with every look and is no news.
_CLOCKS = frozenset({"age_s"})


class TooMany(Exception):
    """No further stream can be had now."""


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream on ``topic``: a bot's name, or "" for all bots at a glance."""

    topic: str
    heard: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class _Topic:
    """What was seen last: ``number`` counts the news, ``gist`` is the news without its clocks."""

    number: int = 0
    kind: str = ""
    data: bytes = b""
    gist: bytes = b""


class Newsroom:
    """The streams of one application; used from its event loop only."""

    def __init__(self, office: Office, leaving: Callable[[], bool]) -> None:
        self._office = office
        self._leaving = leaving
        self._listeners: set[Listener] = set()
        self._topics: dict[str, _Topic] = {}
        self._producer: asyncio.Task[None] | None = None
        self._askers: CapacityLimiter | None = None

    def join(self, topic: str) -> Listener:
        """Begin to listen. Raises TooMany."""
        if len(self._listeners) >= MOST or self._leaving():
            raise TooMany
        listener = Listener(topic)
        self._listeners.add(listener)
        if self._producer is None or self._producer.done():
            self._producer = asyncio.create_task(self._produce())
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        self._listeners.discard(listener)

    def news(self, listener: Listener) -> tuple[str, bytes] | None:
        """What ``listener`` has not heard yet: kind and JSON."""
        topic = self._topics.get(listener.topic)
        if topic is None or topic.number == listener.heard:
            return None
        listener.heard = topic.number
        return topic.kind, topic.data

    async def asked(self, may: Callable[[], bool]) -> bool:
        """Ask ``may`` in a thread of our own: a ledger that hangs must not hold all the others'."""
        if self._askers is None:
            self._askers = CapacityLimiter(ASKERS)
        return await to_thread.run_sync(may, limiter=self._askers)

    async def _produce(self) -> None:
        """Look while anybody listens; end every stream when the server is about to end."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._listeners:
            if self._leaving():
                for listener in self._listeners:
                    if listener.task is not None:
                        listener.task.cancel()
                break
            if loop.time() >= due or any(
                each.topic not in self._topics for each in self._listeners
            ):
                await self._look_all()
                due = loop.time() + EVERY
            await asyncio.sleep(GLANCE)
        self._topics.clear()

    async def _look_all(self) -> None:
        wanted = {listener.topic for listener in self._listeners}
        for name in self._topics.keys() - wanted:
            del self._topics[name]
        for name in wanted:
            kind, told = await run_in_threadpool(self._look, name)
            topic = self._topics.setdefault(name, _Topic())
            try:
                data, gist = orjson.dumps(told), orjson.dumps([kind, _still(told)])
            except TypeError as error:  # no JSON: a number beyond 64 bits, half a character
                kind, data = "trouble", orjson.dumps({"detail": f"this cannot be told: {error}"})
                gist = data
            if gist != topic.gist:
                topic.number, topic.kind, topic.gist = topic.number + 1, kind, gist
                topic.data = data
                for listener in self._listeners:
                    if listener.topic == name:
                        listener.wake.set()

    def _look(self, topic: str) -> tuple[str, Any]:
        """One look, in a thread of its own. Never raises."""
        try:
            if not topic:
                return "bots", [card.model_dump(mode="json") for card in fleet_of(self._office)]
            if topic not in self._office.bots():
                return "trouble", {"detail": "there is no bot of that name here any more"}
            return "standing", standing_of(self._office.desk(topic)).model_dump(mode="json")
        except LedgerError as error:
            return "trouble", {"detail": str(error)}
        except HTTPException as refusal:
            return "trouble", {"detail": str(refusal.detail)}
        except Exception:
            logger.exception("riskplugin: the page's news cannot be told")
            return "trouble", {"detail": "the server cannot tell; its log says why"}


def _still(told: Any) -> Any:
    """The same without what only shows that time goes by."""
    if isinstance(told, dict):
        return {key: _still(value) for key, value in told.items() if key not in _CLOCKS}
    return [_still(each) for each in told] if isinstance(told, list) else told
