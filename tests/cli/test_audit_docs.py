"""The screens and programs of docs/ledger.md are what the commands answer."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger.form.codec import event_kinds
from riskplugin.ledger.proof.signing import generate
from tests.cli.conftest import Run
from tests.cli.ledgers import BOT, COPIES, story

PAGE = (Path(__file__).parents[2] / "docs/ledger.md").read_text(encoding="utf-8")
SCREENS = re.findall(r"```console\n\$ riskplugin (.*?)\n(.*?)```", PAGE, re.DOTALL)
#: The limits that the page names for its what-if.
OTHER = re.search(r"`(\{.*?\})`:", PAGE)


@pytest.fixture
def signed(home: Path) -> str:
    """The story that the page tells of; the public key as text."""
    key = generate(home / "user_data/risk_signing.key")
    story(home, signed=True)
    assert OTHER is not None
    (home / "other.json").write_text(OTHER[1])
    return key.public.text


@pytest.mark.parametrize(("command", "expected"), SCREENS, ids=[each[0] for each in SCREENS])
def test_a_screen_of_the_page_is_what_the_command_answers(
    run: Run, signed: str, command: str, expected: str
) -> None:
    result = run(*shlex.split(command))
    assert result.exit_code == 0, result.output
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(expected, result.stdout, flags), result.stdout


@pytest.mark.spec("AU-2")
def test_the_program_for_signatures_accepts_the_bots_and_no_others(home: Path, signed: str) -> None:
    program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    (home / "signatures.py").write_text(program, encoding="utf-8")
    command = [sys.executable, "signatures.py", signed, COPIES]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    last = json.loads((home / COPIES).read_text().splitlines()[-1])
    assert done.stdout.splitlines()[-1] == f"{BOT} 14 {last['hash']}"
    (home / COPIES).write_text(json.dumps(last | {"seq": 13}))
    assert subprocess.run(command, cwd=home, capture_output=True, check=False).returncode == 1


def test_every_kind_of_record_is_named_on_the_page() -> None:
    assert {kind for kind in event_kinds() if f"`{kind}`" not in PAGE} == set()
    assert ev.Event.__name__ not in event_kinds()
