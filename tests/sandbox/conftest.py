"""Shared by the sandbox's tests: a clock that stands still, worlds, servers, ccxt clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ccxt
import pytest

from riskplugin.sandbox import DEFAULT_INSTRUMENTS, Sandbox, SandboxSettings, ccxt_config
from riskplugin.sandbox.world import World

START_MS = 1_790_000_000_000 // 60_000 * 60_000


@dataclass
class Clock:
    """A clock that a test moves by hand."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, seconds: float) -> int:
        self.now_ms += round(seconds * 1000)
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(SandboxSettings(instruments=DEFAULT_INSTRUMENTS[:3]), clock)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(secrets={"alice": "alices secret"})) as running:
        running.control.hold()
        yield running


@pytest.fixture
def tls_sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(tls=True)) as running:
        running.control.hold()
        yield running


def client(sandbox: Sandbox, key: str = "bob", secret: str = "bob", **options: Any) -> Any:
    """A real ccxt client that talks to the sandbox."""
    config = ccxt_config(sandbox.port, tls=sandbox.settings.tls, name=key)
    return ccxt.binance({**config, "apiKey": key, "secret": secret, **options})
