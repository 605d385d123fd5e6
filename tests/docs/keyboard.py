"""Somebody at the keyboard: types the next line whenever a program waits at a prompt."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp

#: A page types this where a person types what the phone shows.
CODE = "(code)"
_SECRET = re.compile(r"the secret: ([A-Z2-7]{16,})")
_STILL_S = 0.4


class Keyboard:
    """A terminal as standard input; passwords are read from it like everything else."""

    def __init__(self, lines: list[str], told: Path) -> None:
        self._lines, self._told = lines, told
        self._ours, self.theirs = pty.openpty()

    def close(self) -> None:
        os.close(self._ours)

    def serve(self, process: subprocess.Popen[bytes], said: Path, until: float) -> None:
        """Until ``process`` has ended, or the moment has come: raises TimeoutExpired then."""
        seen, since, answered = "", time.monotonic(), ""
        while process.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(process.args, 0)
            output, now = said.read_text(errors="replace"), time.monotonic()
            if output != seen:
                seen, since = output, now
            elif self._lines and _waits(output) and output != answered and now - since > _STILL_S:
                os.write(self._ours, f"{self._meant(self._lines.pop(0))}\n".encode())
                answered = output  # each prompt once: what comes too early is thrown away
            time.sleep(0.05)

    def _meant(self, line: str) -> str:
        if line != CODE:
            return line
        texts = [file.read_text(errors="replace") for file in sorted(self._told.glob("*.said"))]
        secrets = _SECRET.findall("\n".join(texts))
        return pyotp.TOTP(secrets[-1]).now() if secrets else line


def _waits(output: str) -> bool:
    """A prompt ends within a line."""
    return output != "" and not output.endswith("\n")


@contextmanager
def keyboard(typed: str, told: Path) -> Iterator[Keyboard]:
    """A keyboard at which ``typed`` will be typed, line by line."""
    board = Keyboard(typed.splitlines(), told)
    try:
        yield board
    finally:
        board.close()
