"""Children made by fork: one job each, a few at a time, stopped when they run too long."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterable

#: How a child ended.
PASSED, FAILED, NOTHING = 0, 1, 2
#: Wall time against processor time: what only waits is stopped, too.
PATIENCE = 10.0


def limit(seconds: float) -> None:
    """End this process after so much processor time."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)


def fork(job: Callable[[], int], *, quiet: bool = True) -> int:
    """Start ``job`` in a child that ends with its answer; the child's id."""
    child = os.fork()
    if child:
        return child
    code = FAILED
    try:
        if quiet:
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
        code = job()
    except BaseException:  # noqa: BLE001 -- a mutant may raise anything: it is killed
        traceback.print_exc()
    finally:
        os._exit(code)


def in_children(
    jobs: Iterable[Callable[[], int]], workers: int, done: Callable[[int, int], None]
) -> None:
    """Run every job in a child of its own; ``done`` hears the number and the end of each."""
    running: dict[int, int] = {}

    def reap() -> None:
        child, status = os.wait()
        done(running.pop(child), os.waitstatus_to_exitcode(status))

    for number, job in enumerate(jobs):
        if len(running) >= workers:
            reap()
        running[fork(job)] = number
    while running:
        reap()
