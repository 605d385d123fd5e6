"""Processes of demo and drill: watched, ended by id, and explained when they end by themselves."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from riskplugin.cli.processes import ProcessError, Processes, tail

_PATIENCE_S = 30


def ended(processes: Processes) -> ProcessError:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            processes.check()
        except ProcessError as error:
            return error
        time.sleep(0.05)
    pytest.fail("it did not end")


@pytest.mark.slow
def test_one_that_ends_by_itself_is_named_with_its_log(tmp_path: Path) -> None:
    with Processes() as processes:
        processes.start("the bot", "this", [], tmp_path / "log")
        error = ended(processes)
    assert str(error) == "the bot ended by itself (status 0)"
    assert error.log is not None
    assert tail(error.log, lines=1).startswith("Namespaces are one honking great idea")


@pytest.mark.slow
def test_leaving_ends_what_was_started(tmp_path: Path) -> None:
    with Processes() as processes:
        serving = ["0", "--bind", "127.0.0.1"]
        one = processes.start("a server", "http.server", serving, tmp_path / "log")
        assert one.alive
    assert not one.alive
    assert processes.running == []


@pytest.mark.slow
def test_the_environment_cannot_override_a_bots_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREQTRADE__DRY_RUN", "false")
    (tmp_path / "say.py").write_text("import os, riskplugin\nprint(sorted(os.environ))\n")
    with Processes() as processes:
        processes.start("say", "say", [], tmp_path / "log")
        ended(processes)
    assert "FREQTRADE__" not in tail(tmp_path / "log")
    assert "PYTHONPATH" in tail(tmp_path / "log")


def test_a_log_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert "No such file" in tail(tmp_path / "none")
