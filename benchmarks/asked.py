"""Bots in processes of their own that do one thing when asked, and answer what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Asked:
    """The pipes of one such process."""

    asks: IO[str]
    answers: IO[str]

    def answer(self, what: str) -> str:
        """What the process answers to a line. Raises RuntimeError when it ended instead."""
        self.asks.write(f"{what}\n")
        self.asks.flush()
        told = self.answers.readline()
        if not told:
            raise RuntimeError(f"the bot's process ended when it was asked for {what}")
        return told

    def seconds(self, what: str) -> float:
        """The same as a number."""
        return float(self.answer(what))

    def ready(self) -> None:
        """Wait until the process says so; what freqtrade says while it starts is passed over."""
        for line in self.answers:
            if line == "ready\n":
                return
        raise RuntimeError("the bot's process ended before it was ready")


@contextmanager
def asked(*commands: tuple[str, ...]) -> Iterator[list[Asked]]:
    """Our own modules with their arguments, started side by side and ready; ended at the end."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with ExitStack() as stack:
        found: list[Asked] = []
        for module, *arguments in commands:
            command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
            process = stack.enter_context(
                subprocess.Popen(  # noqa: S603  # our own module, and nothing of a stranger's
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
                )
            )
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("the process has no pipes")
            stack.callback(process.stdin.close)
            found.append(Asked(process.stdin, process.stdout))
        for each in found:
            each.ready()
        yield found


def serve(works: dict[str, object]) -> None:
    """The other side: say that we are ready, then answer each line with what its work returns."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        work = works[line.partition(" ")[0].strip()]
        if not callable(work):
            raise TypeError(f"{line.strip()} is no work")
        sys.stdout.write(f"{work(*line.split()[1:])}\n")
        sys.stdout.flush()
