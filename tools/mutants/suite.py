"""One suite: files that are changed and the tests that must notice. Runs all of its mutants."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from tools.mutants.generate import Mutant, mutants_of
from tools.mutants.processes import FAILED, NOTHING, PASSED, fork, in_children
from tools.mutants.session import (
    Calls,
    Job,
    Loop,
    collect,
    functions_in,
    imported,
    observe,
    swapped,
)


@dataclass(frozen=True)
class Suite:
    """Files and their tests, both relative to the root."""

    files: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant."""

    mutant: Mutant
    killed: bool


class Run:
    """All mutants of a suite in a copy of the tree at ``root``; notes go to ``scratch``."""

    def __init__(self, suite: Suite, only: Sequence[str], root: Path, workers: int) -> None:
        self.suite, self.root, self.workers = suite, root, workers
        self.scratch = root / ".mutants"
        self.scratch.mkdir(exist_ok=True)
        files = sorted(f for f in root.glob(suite.files) if _wanted(f, only))
        self.mutants = [mutant for file in files for mutant in mutants_of(file, root)]
        self.killers: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.began = time.monotonic()

    def outcomes(self, *, quick: bool = False) -> list[Outcome]:
        """Run everything; mutants that change nothing or do not compile are left out."""
        if not self.mutants:
            return []
        if _ended(fork(self._serve, quiet=False)) != PASSED:
            raise SystemExit("the tests fail without any mutant, see above")
        found: dict[str, int] = json.loads((self.scratch / "swapped.json").read_text())
        if not quick:
            found |= self._import([n for n in range(len(self.mutants)) if str(n) not in found])
        return [
            Outcome(mutant, found[str(n)] != PASSED)
            for n, mutant in enumerate(self.mutants)
            if found.get(str(n), NOTHING) != NOTHING
        ]

    def say(self, text: str) -> None:
        """Tell the person who waits."""
        print(f"{time.monotonic() - self.began:5.0f} s  {text}", file=sys.stderr, flush=True)

    # --- what the children do ------------------------------------------------------------------

    def _serve(self) -> int:
        """Load tests once, then fork for every mutant whose function they can exchange."""
        with Calls(self.root) as early:
            collect(self.suite.tests, Loop(partial(self._swap_all, early)))
        return PASSED if (self.scratch / "swapped.json").exists() else FAILED

    def _swap_all(self, early: Calls, loop: Loop, items: list[pytest.Item]) -> None:
        sys.setprofile(None)
        self.say(f"{len(items)} tests collected")
        modules = sorted({m.partition(".")[0] for m in sys.modules})
        (self.scratch / "modules.json").write_text(json.dumps(modules))
        notes = self.scratch / "observed.json"
        _ended(fork(partial(observe, loop, items, self.root, notes)))
        seen = json.loads(notes.read_text())
        if seen["failed"]:
            self.say(f"failed without a mutant: {seen['failed']}")
            return
        at_import, functions = early.names(), functions_in(self.root)
        by_name = {item.nodeid: item for item in items}
        swapping = [
            n
            for n, mutant in enumerate(self.mutants)
            if mutant.function and _key(mutant) not in at_import
        ]
        self.say(f"{len(self.mutants)} mutants, {len(swapping)} of them exchanged in memory")
        gc.freeze()

        def start(number: int) -> Callable[[], int]:
            key = _key(self.mutants[number])
            calling = {n: s for n, (s, calls) in seen["tests"].items() if key in calls}
            job = self._job(number, calling)
            return partial(swapped, job, loop, by_name, functions.get(key, []))

        found = self._children(swapping, start)
        (self.scratch / "swapped.json").write_text(json.dumps(found))

    def _import(self, rest: list[int]) -> dict[str, int]:
        """The others: everything is loaded anew around the changed file."""
        self._preload()
        self.say(f"{len(rest)} more, each imported anew")
        seen = json.loads((self.scratch / "observed.json").read_text())["tests"]
        every = {name: seconds for name, (seconds, _) in seen.items()}
        if _ended(fork(partial(imported, self._job(None, every)))) != PASSED:
            raise SystemExit("the tests fail when they are loaded anew, without any mutant")
        return self._children(rest, lambda number: partial(imported, self._job(number, every)))

    def _preload(self) -> None:
        """Import here what all children would import, but nothing that a mutant could touch."""
        for name in json.loads((self.scratch / "modules.json").read_text()):
            if name not in ("riskplugin", "tests", "__main__", "conftest"):
                try:
                    import_module(name)
                except Exception as error:  # noqa: BLE001 -- only a matter of speed
                    self.say(f"not loaded ahead: {name} ({error})")

    def _job(self, number: int | None, tests: dict[str, float]) -> Job:
        """Tests that killed the file's mutants before come first, then the quick ones."""
        mutant = None if number is None else self.mutants[number]
        killers = self.killers["" if mutant is None else mutant.file]
        order = sorted(tests, key=lambda name: (-killers[name], tests[name]))
        killer = self.scratch / f"killer{number}"
        return Job(mutant, self.root, order, sum(tests.values()), killer)

    def _children(
        self, numbers: list[int], start: Callable[[int], Callable[[], int]]
    ) -> dict[str, int]:
        found: dict[str, int] = {}

        def done(index: int, end: int) -> None:
            number = numbers[index]
            found[str(number)] = end
            mutant, killer = self.mutants[number], self.scratch / f"killer{number}"
            if killer.exists():
                self.killers[mutant.file][killer.read_text(encoding="utf-8")] += 1
            if end == PASSED:
                before, after = mutant.change(self.root)
                self.say(f"survived {mutant.file}:{mutant.line}  {before}  →  {after}")
            if len(found) % 100 == 0:
                self.say(f"{len(found)} of {len(numbers)}")

        in_children((start(n) for n in numbers), self.workers, done)
        return found


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _key(mutant: Mutant) -> str:
    return f"{mutant.file}::{mutant.function}"


def _wanted(file: Path, only: Sequence[str]) -> bool:
    return not only or any(part in file.as_posix() for part in only)
