"""The sandbox as a server: in a thread of this process, or in the foreground. Loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from types import TracebackType

from aiohttp import web

from riskplugin.sandbox.answers import Answerer
from riskplugin.sandbox.control_client import ControlClient
from riskplugin.sandbox.tls import server_context
from riskplugin.sandbox.world import SandboxSettings, World

LOOPBACK = "127.0.0.1"
_ADVANCE_S = 0.25
_START_TIMEOUT_S = 20.0


@contextlib.asynccontextmanager
async def serving(world: World) -> AsyncIterator[int]:
    """Serve a world until left; yields the port. Prices move orders even when nobody asks."""
    settings = world.settings
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", Answerer(world).handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    context = server_context() if settings.tls else None
    site = web.TCPSite(runner, LOOPBACK, settings.port, ssl_context=context)
    await site.start()
    ticking = asyncio.create_task(_tick(world))
    try:
        yield int(runner.addresses[0][1])
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        await _close(runner)


async def _close(runner: web.AppRunner) -> None:
    """Stop at once: clients keep their connections open, and TLS would wait for their goodbye."""
    connections = runner.server.connections if runner.server else []
    for connection in connections:
        if connection.transport is not None:
            connection.transport.abort()
    await runner.cleanup()
    await asyncio.sleep(0)


async def _tick(world: World) -> None:
    while True:
        world.exchange.advance(world.clock())
        await asyncio.sleep(_ADVANCE_S)


def url_of(settings: SandboxSettings, port: int) -> str:
    """The base address."""
    return f"{'https' if settings.tls else 'http'}://{LOOPBACK}:{port}"


class Sandbox:
    """A paper exchange in a thread of its own; a context manager.

    >>> with Sandbox(SandboxSettings(seed=1)) as sandbox:
    ...     sandbox.control.state()["scenario"]
    'calm'
    """

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings()
        self.port = 0
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """The base address, `http://127.0.0.1:PORT`."""
        return url_of(self.settings, self.port)

    @property
    def control(self) -> ControlClient:
        """A client for the control endpoints."""
        return ControlClient(self.url)

    def start(self) -> Sandbox:
        """Begin to serve. Raises RuntimeError when that fails."""
        self._thread.start()
        self._ready.wait(_START_TIMEOUT_S)
        if self._failure is not None or not self.port:
            raise RuntimeError("the sandbox did not start") from self._failure
        return self

    def stop(self) -> None:
        """Stop serving and wait for the end."""
        if self._thread.is_alive() and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_START_TIMEOUT_S)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  # handed to start() in the other thread
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with serving(World(self.settings)) as port:
            self.port = port
            self._ready.set()
            await self._stop.wait()
