"""Shared by the tests of faults: a paper exchange over TLS (as ccxt needs it for the right errors),
bots that give up on a request soon, and no waiting between freqtrade's tries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from riskplugin.ledger.store import database, held
from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.faults.bench import Bench, bench


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    """One paper exchange per module; each bot has an account of its own."""
    with Sandbox(SandboxSettings(tls=True)) as sandbox:
        sandbox.control.hold()
        yield sandbox


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """freqtrade's tries follow each other at once; how many there are stays as it is."""

    async def at_once(seconds: float) -> None:
        return None

    common = "freqtrade.exchange.common"
    monkeypatch.setattr(f"{common}.time", SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setattr(f"{common}.asyncio", SimpleNamespace(sleep=at_once))


def be_patient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """How long the ledger waits for a lock or a server before it gives up."""
    for module in (database, held):
        monkeypatch.setattr(module, "PATIENCE", seconds, raising=False)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked ledger is given up on soon: how long it waits is the business of another test."""
    be_patient(monkeypatch, 0.05)


class Start:
    """Start a bot; arguments as :func:`tests.adapter.bots.running` takes them."""

    def __init__(self, stack: ExitStack, exchange: Sandbox, folder: Path) -> None:
        self._stack, self.exchange, self.folder = stack, exchange, folder

    def __call__(self, strategy: str = "Puppet", **how: Any) -> Bench:
        started = bench(self.exchange, self.folder, strategy, **how)
        return self._stack.enter_context(started)


@pytest.fixture
def start(exchange: Sandbox, tmp_path: Path) -> Iterator[Start]:
    """Start bots that end with the test; no fault outlives them."""
    with ExitStack() as stack:
        stack.callback(exchange.control.clear_faults)
        yield Start(stack, exchange, tmp_path)
