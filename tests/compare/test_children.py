"""Processes of a comparison: several at a time, their failures told, none left behind."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from riskplugin.cli.compare.children import BacktestFailed, Children
from riskplugin.cli.compare.failure import told
from riskplugin.reports.compare.job import Job

pytestmark = [pytest.mark.slow, pytest.mark.spec("DB-4")]


def job(name: str, folder: Path, **settings: Any) -> Job:
    return Job(name, guarded=False, given={}, folder=str(folder / name), settings=settings)


@pytest.fixture
def children(tmp_path: Path) -> Children:
    console = Console(file=io.StringIO())
    return Children(tmp_path, 2, console, module="tests.compare.child")


def alive(children: Children) -> list[int]:
    return [c.process.pid for c in children._running if c.process.poll() is None]


def test_runs_come_back_in_the_order_of_their_jobs(children: Children, tmp_path: Path) -> None:
    jobs = [job("slow", tmp_path, sleep=0.3), job("quick", tmp_path), job("third", tmp_path)]
    assert list(children.run(jobs)) == ["slow", "quick", "third"]


def test_a_failure_is_told_in_its_own_words_and_ends_the_others(
    children: Children, tmp_path: Path
) -> None:
    jobs = [job("long", tmp_path, sleep=60), job("bad", tmp_path, fail="No pair in whitelist.")]
    with pytest.raises(BacktestFailed) as caught:
        children.run(jobs)
    text = told(caught.value)
    assert "'bad' did not come to its end: No pair in whitelist." in text
    assert "exchange.pair_whitelist" in text
    assert alive(children) == []


def test_a_process_that_dies_without_a_word_is_told_with_the_end_of_its_log(
    children: Children, tmp_path: Path
) -> None:
    with pytest.raises(BacktestFailed) as caught:
        children.run([job("dead", tmp_path, die=True)])
    assert "its process ended with status 7" in told(caught.value)
    assert "freqtrade's log: the last words" in told(caught.value)


def test_ctrl_c_ends_every_process(children: Children, tmp_path: Path) -> None:
    def press() -> None:
        while not (tmp_path / "two.started").exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        children.run([job("one", tmp_path, sleep=60), job("two", tmp_path, sleep=60)])
    assert alive(children) == []
