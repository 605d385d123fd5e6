"""The command line as a whole: help, version, wrong use, faults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import riskplugin.cli
from riskplugin import __version__
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


def test_python_m_runs_it() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "riskplugin", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"riskplugin {__version__}\n"


def test_help_needs_no_freqtrade() -> None:
    code = (
        "import sys\nfrom riskplugin.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('freqtrade' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.endswith("False\n")


@pytest.mark.parametrize("command", ["init", "guard", "check", "limits"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize("arguments", [["nope"], ["limits", "nope"], ["guard"], ["check", "--x"]])
def test_wrong_use_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_fault_of_the_plugin_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault() -> None:
        raise ZeroDivisionError("[bold]no markup")

    monkeypatch.delenv("RISKPLUGIN_DEBUG", raising=False)
    monkeypatch.setattr(riskplugin.cli, "app", fault)
    with pytest.raises(SystemExit) as caught:
        riskplugin.cli.main()
    assert caught.value.code == 2
    message = capsys.readouterr().err
    assert "ZeroDivisionError: [bold]no markup" in message
    assert "Traceback" not in message
    monkeypatch.setenv("RISKPLUGIN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        riskplugin.cli.main()
