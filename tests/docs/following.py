"""Follows a page of the documentation from its first block to its last, as a reader would."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.docs.place import Place
from tests.docs.reading import READERS
from tests.docs.shell import Ran, Shell
from tools.blocks import Block, Page, first_missing

#: What stands before the first block of a page with `<!-- stage: bot -->`.
_GUARD = "riskplugin guard MyStrategy\n"
_BOT = "freqtrade trade --config user_data/config.json --strategy MyStrategyGuarded\n"


class PageFails(AssertionError):
    """A block does not do what the page says."""


def follow(page: Page, place: Place) -> None:
    """Run every block. Raises PageFails with page, line, command and output."""
    with Shell(place) as shell, _interpreter(place) as python:
        if page.stage == "bot":
            _with_a_bot(page, shell)
        for block in page.blocks:
            _take(_as_here(block, place), shell, python)


def _with_a_bot(page: Page, shell: Shell) -> None:
    stage = Block(page.name, 0, "sh", _GUARD, "the stage")
    _judge(stage, shell.run(stage), shell)
    bot = replace(stage, text=_BOT)
    _judge(bot, shell.run_beside(bot), shell)


def _as_here(block: Block, place: Place) -> Block:
    prints = tuple(place.as_here(line) for line in block.prints)
    return replace(block, text=place.as_here(block.text), prints=prints)


def _take(block: Block, shell: Shell, python: subprocess.Popen[str]) -> None:
    if block.not_run or block.language not in {"sh", "python", *READERS}:
        return
    if block.language == "sh":
        ran = shell.run_beside(block) if block.background else shell.run(block)
        _judge(block, ran, shell)
    elif block.language == "python":
        _take_python(block, python)
    elif trouble := READERS[block.language](block.text):
        raise PageFails(f"{block.where}: {trouble}\n{block.text}")


def _judge(block: Block, ran: Ran, shell: Shell) -> None:
    wrong = ""
    if ran.code is None:
        wrong = "it did not end, or was not ready"
    elif ran.code != block.exit:
        wrong = f"exit code {ran.code}, the page says {block.exit}"
    elif (missing := first_missing(block.prints, ran.output)) is not None:
        wrong = f"the page says that it prints, in this order: {missing!r}"
    if wrong:
        raise PageFails(
            f"{block.page}:{ran.line}: {wrong}\n--- the block\n{block.text}"
            f"--- its output\n{ran.output}\n--- beside it\n{shell.said_beside()}"
        )


def _take_python(block: Block, python: subprocess.Popen[str]) -> None:
    assert python.stdin is not None
    assert python.stdout is not None
    asked = {
        "name": block.where,
        "text": block.text,
        "strategy": "MyStrategy" in block.text and "class MyStrategy(" not in block.text,
    }
    print(json.dumps(asked), file=python.stdin, flush=True)
    line = python.stdout.readline()
    answer: dict[str, Any] = json.loads(line) if line else {"wrong": "the interpreter is gone"}
    wrong = answer["wrong"]
    if not wrong and (missing := first_missing(block.prints, answer["said"])) is not None:
        wrong = f"the page says that it prints, in this order: {missing!r}\n{answer['said']}"
    if wrong:
        raise PageFails(f"{block.where}: {wrong}\n--- the block\n{block.text}")


@contextmanager
def _interpreter(place: Place) -> Iterator[subprocess.Popen[str]]:
    program = Path(__file__).with_name("interpreter.py")
    with subprocess.Popen(
        [str(place.commands / "python"), str(program)],
        cwd=place.folder,
        env=place.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
