"""Pytest under our hands: what each test calls, and tests against one mutant until one fails.

Two ways to put a mutant in. ``swapped``: the tests are loaded already and the code of one function
is exchanged in memory, which takes milliseconds. ``imported``: for what is run while modules load,
the changed file is imported in place of the real one before anything else is.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from tools.mutants.generate import Mutant
from tools.mutants.processes import FAILED, NOTHING, PASSED, limit

#: Seconds of processor time beside a multiple of what the tests took without a mutant.
LEAST_TIME, TIMES = 10.0, 10.0


class Calls:
    """The functions of ``root``'s package that are called while this listens."""

    def __init__(self, root: Path) -> None:
        self.root = f"{root}/"
        self.seen: set[CodeType] = set()

    def __enter__(self) -> Calls:
        self.seen = set()
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self.seen.add(frame.f_code)

    def names(self) -> set[str]:
        """``file::function``, for the outermost function of each call."""
        return {
            f"{code.co_filename.removeprefix(self.root)}::{code.co_qualname.split('.<')[0]}"
            for code in self.seen
            if code.co_filename.startswith(f"{self.root}riskplugin/")
        }


class Loop:
    """A plugin that runs ``body`` in place of pytest's loop over the tests."""

    def __init__(self, body: Callable[[Loop, list[pytest.Item]], None]) -> None:
        self.body = body
        self.failed = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stand in for pytest's own."""
        if not session.testsfailed:
            self.body(self, session.items)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the failure."""
        if report.failed:
            self.failed = report.nodeid

    def run(self, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        """Run the tests, each as it is asked for; stop after the first failure."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            yield item
            if self.failed:
                return


def collect(tests: Sequence[str], loop: Loop) -> int:
    """Collect ``tests`` and hand them to ``loop``; pytest's answer."""
    options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is loaded ahead
    return pytest.main([*options, *tests], plugins=[loop])


def observe(loop: Loop, items: list[pytest.Item], root: Path, to: Path) -> int:
    """Run all tests without a mutant; write down what each calls and how long it takes."""
    told: dict[str, Any] = {}
    running = loop.run(items)
    while True:
        began = time.process_time()
        with Calls(root) as calls:
            item = next(running, None)
        if item is None:
            break
        told[item.nodeid] = [time.process_time() - began, sorted(calls.names())]
    to.write_text(json.dumps({"failed": loop.failed, "tests": told}), encoding="utf-8")
    return PASSED


def functions_in(root: Path) -> dict[str, list[FunctionType]]:
    """Every function of ``root``'s package that is in memory, by ``file::function``."""
    found: dict[str, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            if code.co_filename.startswith(f"{root}/riskplugin/"):
                file = code.co_filename.removeprefix(f"{root}/")
                found.setdefault(f"{file}::{code.co_qualname}", []).append(thing)
    return found


@dataclass(frozen=True)
class Job:
    """A mutant (None: the real thing), its tests in the order of asking, and where to write which
    one failed.
    """

    mutant: Mutant | None
    root: Path
    tests: Sequence[str]
    seconds: float
    killer: Path

    def begin(self) -> None:
        """Mind the time from here on."""
        limit(LEAST_TIME + TIMES * self.seconds)

    def end(self, loop: Loop) -> int:
        """How the child ends."""
        if loop.failed:
            self.killer.write_text(loop.failed, encoding="utf-8")
        return FAILED if loop.failed else PASSED


def swapped(
    job: Job, loop: Loop, items: dict[str, pytest.Item], functions: Sequence[FunctionType]
) -> int:
    """The tests against the mutant, whose function is exchanged in memory."""
    assert job.mutant is not None
    text = job.mutant.source(job.root)
    path = str(job.root / job.mutant.file)
    code = None if text is None else _named(compiled(text, path), job.mutant.function)
    if code is None:
        return NOTHING
    job.begin()
    for function in functions:
        function.__code__ = code
    for _ in loop.run([items[name] for name in job.tests]):
        pass
    return job.end(loop)


def imported(job: Job) -> int:
    """The tests against the mutant, which is imported in place of the real file.

    Test files are loaded one after the other: most mutants do not live to see the second.
    """
    mutant, root = job.mutant, job.root
    if mutant is not None:
        text = mutant.source(root)
        code = None if text is None else compiled(text, str(root / mutant.file))
        if code is None:
            return NOTHING
        sys.meta_path.insert(0, _Finder(mutant, root, code))
    job.begin()
    order = {name: number for number, name in enumerate(job.tests)}

    def body(loop: Loop, items: list[pytest.Item]) -> None:
        for _ in loop.run(sorted(items, key=lambda item: order.get(item.nodeid, -1))):
            pass

    for file in dict.fromkeys(name.partition("::")[0] for name in job.tests):
        loop = Loop(body)
        if collect([file], loop) not in _GOOD or loop.failed:
            loop.failed = loop.failed or f"{file}::"
            return job.end(loop)
    return PASSED


#: Pytest's answers that speak for a mutant; a file of slow tests has nothing to say.
_GOOD = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


class _Finder:
    """Finds one module, with the mutant's code."""

    def __init__(self, mutant: Mutant, root: Path, code: CodeType) -> None:
        self.path = root / mutant.file
        self.name = mutant.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.code = code

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The mutant when it is asked for."""
        if name != self.name:
            return None
        loader = _Loader(name, str(self.path), self.code)
        return spec_from_file_location(name, self.path, loader=loader)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 -- loading a module is running its code


def compiled(text: str, path: str) -> CodeType | None:
    """The code of a file, None when it is no Python."""
    try:
        return compile(text, path, "exec", dont_inherit=True)
    except SyntaxError:
        return None


def _named(code: CodeType | None, qualname: str) -> CodeType | None:
    for const in code.co_consts if code is not None else ():
        if isinstance(const, CodeType):
            if const.co_qualname == qualname:
                return const
            if found := _named(const, qualname):
                return found
    return None
