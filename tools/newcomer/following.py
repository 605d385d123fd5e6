"""Follows a page with what a wheel brought, until a guarded bot holds a position and beyond."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from tests.docs.place import Place
from tests.docs.shell import Shell
from tools.blocks import Block, Page
from tools.newcomer.judging import Way, breaches, wrong
from tools.shell import commands

_PATIENCE_S = 120.0


class Newcomer(Place):
    """A place that knows nothing of our folder: what runs there is what the wheel brought."""

    def environment(self) -> dict[str, str]:
        """As for a page, without our sources."""
        told = super().environment()
        del told["PYTHONPATH"], told["PYTHONWARNINGS"]
        return told


def follow(page: Page, place: Place) -> Way:
    """Run its commands in order; once the bot runs, wait for its first position and judge it."""
    begun, entry = time.monotonic(), 0.0
    with Shell(place) as shell:
        for block in page.of("sh"):
            if block.not_run:
                say(f"  {block.where} not run: {block.not_run}")
                continue
            say(f"  {block.where} " + block.text.strip().replace("\n", "\n" + " " * 6))
            ran = shell.run_beside(block) if block.background else shell.run(block)
            trouble = wrong(block, ran)
            if not trouble and "freqtrade trade" in block.text and not entry:
                trouble = _hold_a_position(place, config_of(block))
                entry = time.monotonic() - begun
            if trouble:
                return Way(page.name, entry, f"{trouble}\n{shell.said_beside()}")
    return Way(page.name, entry, "" if entry else "no bot was started by this page")


def config_of(block: Block) -> str:
    """The configuration that the page starts the bot with."""
    for words in commands(block.text):
        for option, value in pairwise(words):
            if option in {"--config", "-c"}:
                return value
    return "user_data/config.json"


def _hold_a_position(place: Place, config: str) -> str:
    """Wait until the bot holds one; what is wrong with it, or that there is none."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        status = _asked(place, "status", "--config", config)
        if status and status["positions"]:
            say(f"  {_told(status)}")
            limits = _asked(place, "limits", "show", "--config", config)
            return "; ".join(breaches(status, limits["risk"])) if limits else "no limits"
        time.sleep(0.5)
    return f"no position after {_PATIENCE_S:.0f} s"


def _asked(place: Place, *words: str) -> dict[str, Any] | None:
    done = run(place, ["riskplugin", *words, "--json"])
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None


def run(place: Place, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """One command of the new environment."""
    program = str(place.commands / command[0])
    return subprocess.run(
        [program, *command[1:]],
        cwd=place.folder,
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def _told(status: dict[str, Any]) -> str:
    held = ", ".join(f"{p['pair']} {p['notional']:.0f} at {p['leverage']:g}x"
                     for p in status["positions"])  # fmt: skip
    return f"breaker {status['breaker']['state']}, equity {status['equity']:.0f}, {held}"


@contextmanager
def exchange(place: Place) -> Iterator[int]:
    """`riskplugin sandbox` of the wheel; answers its port."""
    command = [str(place.commands / "riskplugin"), "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, env=place.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.terminate()


def say(text: str) -> None:
    """At once, also into a file."""
    print(text, flush=True)
