"""Shared by the adapter's tests: a paper exchange whose prices stand until a test moves them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.adapter.bots import Bot, running


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    """One paper exchange per module; each bot has an account of its own."""
    with Sandbox(SandboxSettings()) as sandbox:
        sandbox.control.hold()
        yield sandbox


class Start(Protocol):
    """Start a bot; arguments as :func:`tests.adapter.bots.running` takes them."""

    def __call__(self, strategy: str = ..., **how: Any) -> Bot: ...


@pytest.fixture
def start(exchange: Sandbox, tmp_path: Path) -> Iterator[Start]:
    """Start bots that end with the test."""
    refused = False
    with ExitStack() as stack:

        def begin(strategy: str = "Puppet", **how: Any) -> Bot:
            nonlocal refused
            try:
                return stack.enter_context(running(exchange, tmp_path, strategy, **how))
            except BaseException:
                refused = True
                raise

        yield begin
    if refused:  # nobody closed its exchange; older freqtrades complain when that happens in a loop
        gc.collect()
