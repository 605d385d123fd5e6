"""Runs the commands of a page: one terminal for the whole page, with what runs beside it.

What a block exports holds for those that follow, as in a terminal. Each block runs with `bash -e`.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.docs.keyboard import keyboard
from tests.docs.place import Place
from tools.blocks import Block, first_missing

#: For one block; what runs beside the page has as long to begin.
PATIENCE_S = 150.0
#: What stands in the output when it is ready; of other programs, anything at all.
_READY = {"freqtrade trade": "Bot heartbeat"}
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_QUIET_S = 5.0

#: Read by bash before the block: what earlier blocks exported; and it traces the lines.
_PROLOGUE = """unset BASH_ENV
[ -f "{told}/exports" ] && . "{told}/exports"
exec 9>"{told}/trace"
BASH_XTRACEFD=9 PS4='+$LINENO '
trap '{{ code=$?; set +x; export -p >"{told}/exports"; exit $code; }} 2>/dev/null' EXIT
set -x
"""


@dataclass(frozen=True)
class Ran:
    """One block and what came of it."""

    code: int | None  # None: it did not end
    output: str
    line: int  # of the page: the command it came to last


class Shell:
    """A terminal in the page's folder. Leaving the context ends what runs beside the page."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._beside: list[tuple[subprocess.Popen[bytes], Path]] = []
        self._blocks = 0
        (place.hidden / "prologue").write_text(_PROLOGUE.format(told=place.hidden))

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *error: object) -> None:
        for process, _ in reversed(self._beside):
            _end(process)

    def run(self, block: Block) -> Ran:
        """The block from its first to its last command."""
        until = time.monotonic() + PATIENCE_S
        with keyboard(block.typed, self._place.hidden) as board:
            process, said = self._start(block, board.theirs)
            try:
                board.serve(process, said, until)
                code: int | None = process.returncode
            except subprocess.TimeoutExpired:
                _end(process)
                code = None
        return Ran(code, said.read_text(errors="replace"), block.line + self._came_to())

    def run_beside(self, block: Block) -> Ran:
        """Start it and answer when it is ready; its code is 0 then."""
        process, said = self._start(block, subprocess.DEVNULL)
        self._beside.append((process, said))
        begin = time.monotonic()
        while time.monotonic() < begin + PATIENCE_S and process.poll() is None:
            output = said.read_text(errors="replace")
            if _is_ready(block, output, time.monotonic() - begin):
                return Ran(0, output, block.line)
            time.sleep(0.1)
        return Ran(process.poll(), said.read_text(errors="replace"), block.line + self._came_to())

    def said_beside(self) -> str:
        """The ends of what the programs beside the page have said."""
        texts = [said.read_text(errors="replace") for _, said in self._beside]
        return "\n".join("\n".join(text.splitlines()[-25:]) for text in texts)

    def _start(self, block: Block, stdin: int) -> tuple[subprocess.Popen[bytes], Path]:
        self._blocks += 1
        told = self._place.hidden
        script, said = (told / f"{self._blocks:03}.{kind}" for kind in ("sh", "said"))
        script.write_text(block.text)
        environment = {**self._place.environment(), "BASH_ENV": str(told / "prologue")}
        with said.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-e", str(script)],
                cwd=self._place.folder,
                env=environment,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_dies_with_us,  # noqa: PLW1509  # one thread, one system call
                start_new_session=True,  # no terminal but the one that it is given: passwords, too
            )
        if stdin != subprocess.DEVNULL:
            os.close(stdin)
        return process, said

    def _came_to(self) -> int:
        trace = self._place.hidden / "trace"
        text = trace.read_text(errors="replace") if trace.exists() else ""
        before_the_trap = text.rpartition(" code=")[0] or text
        lines = re.findall(r"^\+(\d+) ", before_the_trap, re.MULTILINE)
        return int(lines[-1]) if lines else 0


def _dies_with_us() -> None:
    """Whoever ends the tests the hard way ends what runs beside a page, too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _is_ready(block: Block, output: str, waited: float) -> bool:
    """It has said what the page says, and listens where it says that it does."""
    if first_missing(block.prints, output) is not None:
        return False
    signs = [sign for command, sign in _READY.items() if command in block.text]
    if signs:
        return all(sign in output for sign in signs)
    if address := _ADDRESS.search(output):
        return _answers(int(address[1]))
    return bool(output) or waited > _QUIET_S


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the session that was begun for this process: bash, and what it started."""
    for how, patience in ((signal.SIGINT, 20), (signal.SIGKILL, 10)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
