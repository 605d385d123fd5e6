"""riskplugin users recover, and who may repair a state once people are registered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskplugin.core.events import PEOPLE_CHAIN
from tests.cli.conftest import Run
from tests.cli.ledgers import story, tamper
from tests.cli.staff import GIVEN, OWN, hire, signs_in

pytestmark = pytest.mark.spec("AU-5")

FRESH = "forty two green lamps"
LOST = ("--reason", "lost the phone", "--yes", "--password-stdin")


def recover(run: Run, name: str) -> tuple[int, str]:
    done = run("users", "recover", name, *LOST, answer=f"{FRESH}\n")
    return done.exit_code, " ".join(done.output.split())


def test_an_administrator_is_let_in_again_without_a_sign_in(ann: Run) -> None:
    assert ann("logout").exit_code == 0
    code, told = recover(ann, "ann")
    assert code == 0, told
    assert "set an own password" in told
    assert ann("login", "ann", answer=f"{OWN}\n").exit_code == 1, "the old password is gone"
    assert ann("login", "ann", answer=f"{FRESH}\n{GIVEN}x\n{GIVEN}x\n").exit_code == 0
    assert (
        ann("users", "add", "max", "--role", "viewer", "--password-stdin", answer=GIVEN).exit_code
        == 0
    )


def test_tokens_from_before_end(ann: Run) -> None:
    recover(ann, "ann")
    assert ann("whoami").exit_code == 1


def test_it_is_recorded_as_done_at_the_shell(ann: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "eve")
    recover(ann, "ann")
    told = " ".join(ann("audit", "show", "--bot", PEOPLE_CHAIN).output.split())
    assert "ann has new credentials" in told
    assert "by shell:eve: lost the phone" in told
    assert ann("audit", "verify", "--all-bots").exit_code == 0
    assert ann("users", "verify").exit_code == 0


def test_only_enabled_administrators_are_let_in_this_way(ann: Run) -> None:
    hire(ann, "max", "risk_manager")
    code, told = recover(ann, "max")
    assert code == 1
    assert "no enabled administrator" in told
    assert ann("users", "role", "max", "administrator", "--yes").exit_code == 0
    assert ann("users", "disable", "max", "--yes").exit_code == 0
    assert recover(ann, "max")[0] == 1


def test_it_asks_first_and_wants_a_reason(ann: Run) -> None:
    assert "say why" in ann("users", "recover", "ann", "--yes").output
    asked = ann("users", "recover", "ann", "--reason", "x", answer="n\n")
    assert (asked.exit_code, "nothing was changed" in asked.output) == (1, True)
    assert ann("whoami").exit_code == 0
    assert "nobody is called eve" in recover(ann, "eve")[1]


@pytest.mark.spec("RE-1", "AU-6")
@pytest.mark.parametrize(("role", "passes"), [("operator", False), ("risk_manager", True)])
def test_a_damaged_state_is_repaired_by_whom_may(
    ann: Run, home: Path, role: str, passes: bool
) -> None:
    story(home)
    hire(ann, "max", role)
    signs_in(ann, "max")
    tamper(home, "DELETE FROM states WHERE bot <> 'people'")
    done = ann("audit", "repair", "--reason", "disk", "--yes")
    assert done.exit_code == (0 if passes else 1), done.output
    told = " ".join(ann("audit", "show").output.split())
    assert ("made anew from the records, by max: disk" in told) is passes


@pytest.mark.spec("RE-1")
def test_an_administrator_repairs_and_nobody_who_is_not_signed_in(ann: Run, home: Path) -> None:
    story(home)
    tamper(home, "DELETE FROM states WHERE bot <> 'people'")
    assert ann("audit", "repair", "--reason", "disk", "--yes", "--by", "bob").exit_code == 1
    assert ann("audit", "repair", "--reason", "disk", "--yes").exit_code == 0
    ann("logout")
    nobody = ann("audit", "repair", "--reason", "disk", "--yes")
    assert (nobody.exit_code, "riskplugin login" in nobody.output) == (1, True)


@pytest.mark.spec("RE-1")
def test_the_state_of_people_itself_is_repaired_when_nobody_can_sign_in(
    ann: Run, home: Path
) -> None:
    tamper(home, "UPDATE states SET payload = 'x' WHERE bot = 'people'")
    assert ann("users", "list").exit_code == 2
    done = ann("audit", "repair", "--reason", "disk", "--yes", "--bot", PEOPLE_CHAIN)
    assert done.exit_code == 0, done.output
    assert [each["name"] for each in json.loads(ann("users", "list", "--json").output)] == ["ann"]
