"""Carries a comparison out: runs, keeps, shows and writes it; failures become one message."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.markup import escape

from riskplugin.cli.compare import making
from riskplugin.cli.compare.children import BacktestFailed
from riskplugin.cli.compare.failure import told
from riskplugin.cli.compare.table import show
from riskplugin.cli.console import UsageError, err, fail, out, print_json
from riskplugin.cli.processes import ended_in_order
from riskplugin.reports import files
from riskplugin.reports.compare.comparison import Comparison, as_json, shown
from riskplugin.reports.compare.page import page_of
from riskplugin.reports.compare.store import CannotRead
from riskplugin.reports.plotly_script import NoChartScript, script

#: What a shell calls a command that Ctrl-C ended.
INTERRUPTED = 130


def made(order: making.Order) -> Comparison:
    """Run it; whatever ends us ends the backtests."""
    with (
        tempfile.TemporaryDirectory(prefix="riskplugin-compare-") as folder,
        _untouched(order.userdir),
        ended_in_order(),
    ):
        try:
            return making.made(order, Path(folder), err())
        except BacktestFailed as failure:
            fail(told(failure))
        except making.Declined:
            fail("nothing more was run: take fewer values, or say --yes")
        except KeyboardInterrupt:
            fail("stopped; no backtest runs any more", INTERRUPTED)


@contextmanager
def _untouched(userdir: Path) -> Iterator[None]:
    """freqtrade makes the folders that a user's folder lacks: empty new ones are taken away."""
    before = set(userdir.iterdir()) if userdir.is_dir() else set()
    try:
        yield
    finally:
        for path in set(userdir.iterdir()) - before if userdir.is_dir() else ():
            with suppress(OSError):  # not empty, or no folder: not ours
                path.rmdir()


def kept(folder: Path) -> Comparison:
    """What --keep kept there. Raises UsageError."""
    try:
        return shown(folder)
    except CannotRead as error:
        raise UsageError(str(error)) from error


def possible(page: Path | None, keep: Path | None, *, force: bool) -> None:
    """Asked before long work: can everything be written? Raises UsageError."""
    if page is not None:
        try:
            files.possible(page, force=force)
            script()
        except (files.CannotWrite, NoChartScript) as error:
            raise UsageError(str(error)) from error
    if keep is not None and keep.exists() and any(keep.iterdir() if keep.is_dir() else [keep]):
        raise UsageError(f"{keep} is not empty: name another folder for --keep")


def told_and_kept(
    found: Comparison, page: Path | None, keep: Path | None, *, as_plain: bool, force: bool
) -> None:
    """Both, whichever fails: the runs took long."""
    try:
        tell(found, page, as_plain=as_plain, force=force)
    finally:
        if keep is not None:
            found.kept(keep)


def tell(found: Comparison, page: Path | None, *, as_plain: bool, force: bool) -> None:
    """On the screen, and as a page where one is wanted. Raises UsageError."""
    if as_plain:
        print_json(as_json(found))
    else:
        show(found, out())
    if page is not None:
        text = page_of(found)
        try:
            with files.whole(page, force=force) as file:
                file.write(text.encode())
        except files.CannotWrite as error:
            raise UsageError(str(error)) from error
        err().print(f"[green]written[/] {escape(str(page))}", soft_wrap=True)


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
