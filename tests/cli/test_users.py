"""People at the command line: registered, signed in, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pyotp
import pytest

from riskplugin.ledger import open_reader
from tests.cli.conftest import Run
from tests.cli.staff import GIVEN, OWN, hire, signs_in

pytestmark = [pytest.mark.spec("AU-5"), pytest.mark.usefixtures("staff")]

SQLITE = "sqlite:///{home}/user_data/risk.sqlite"


def test_nobody_is_registered_at_first(run: Run) -> None:
    assert "nobody is registered" in run("users", "list").output
    assert json.loads(run("users", "list", "--json").output) == []
    refused = run("login", "ann", answer=f"{OWN}\n")
    assert refused.exit_code == 1
    assert "users add" in refused.output


def test_the_first_person_is_an_administrator(run: Run) -> None:
    refused = run("users", "add", "ann", "--role", "viewer", answer=f"{OWN}\n{OWN}\n")
    assert refused.exit_code == 1
    assert "administrator" in refused.output


def test_a_password_is_typed_twice_and_never_shown(run: Run) -> None:
    odd = run(
        "users", "add", "ann", "--role", "administrator", answer=f"{OWN}\n{GIVEN}\n{OWN}\n{OWN}\n"
    )
    assert odd.exit_code == 0
    assert "do not match" in odd.output
    assert OWN not in odd.output


def test_a_password_comes_from_standard_input_for_scripts(run: Run) -> None:
    added = run(
        "users", "add", "ann", "--role", "administrator", "--password-stdin", answer=f"{OWN}\n"
    )
    assert added.exit_code == 0
    assert "second factor" in added.output


def test_the_first_sign_in_sets_up_the_second_factor(run: Run, home: Path) -> None:
    """The secret is on the screen: a phone reads it there, and so does this test."""
    run("users", "add", "ann", "--role", "administrator", answer=f"{OWN}\n{OWN}\n")
    begun = run("login", "ann", answer=f"{OWN}\n000000\n")
    secret = begun.output.split("or type the secret: ")[1].split()[0]
    assert "█" in begun.output or "▀" in begun.output
    assert "the code is wrong" in begun.output
    assert len(secret) == 32
    assert pyotp.TOTP(secret).now()
    assert begun.exit_code != 0
    who = json.loads(run("whoami", "--json").output)
    assert who == {"name": "ann", "role": "administrator", "owes": ["set up a second factor"]}


def test_the_token_lies_where_nobody_else_reads_it_and_is_never_printed(
    ann: Run, home: Path
) -> None:
    (file,) = (home / "config" / "riskplugin").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    said = [ann("login", "ann", answer=f"{OWN}\n").output]
    token = file.read_text()
    said += [ann(*command).output for command in (["whoami"], ["users", "list"], ["logout"])]
    assert not any(token in each for each in said)
    assert not file.exists()
    file.write_text(token)
    file.chmod(0o600)
    assert ann("whoami").exit_code == 1  # signed out is signed out


def test_a_token_that_others_may_read_is_not_used(ann: Run, home: Path) -> None:
    (file,) = (home / "config" / "riskplugin").iterdir()
    file.chmod(0o644)
    refused = ann("whoami")
    assert refused.exit_code == 2
    assert "others may read" in refused.output


def test_a_token_of_the_environment_goes_first(
    ann: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKPLUGIN_TOKEN", "a.b.c")
    assert ann("whoami").exit_code == 1


def test_an_administrator_registers_and_changes_people(ann: Run) -> None:
    hire(ann, "max", "risk_manager")
    listed = ann("users", "list").output
    assert "max" in listed
    assert "set an own password" in listed
    assert ann("users", "role", "max", "operator", "--yes").exit_code == 0
    assert ann("users", "telegram", "max", "4711", "--yes").exit_code == 0
    assert ann("users", "disable", "max", "--yes", "--reason", "left").exit_code == 0
    (_, found) = json.loads(ann("users", "list", "--json").output)
    assert found["name"] == "max"
    assert (found["role"], found["telegram"], found["disabled"]) == ("operator", 4711, True)
    assert ann("users", "enable", "max", "--yes").exit_code == 0
    assert ann("users", "revoke", "max", "--yes").exit_code == 0
    changed = ann("users", "passwd", "max", "--yes", answer=f"{GIVEN}x\n{GIVEN}x\n")
    assert changed.exit_code == 0
    told = ann("audit", "show", "--bot", "people", "--limit", "50").output
    assert "left" in told
    assert "registered as" in told
    verified = ann("audit", "verify", "--all-bots")
    assert verified.exit_code == 0, verified.output


def test_without_a_yes_nothing_is_changed(ann: Run) -> None:
    hire(ann, "max", "viewer")
    asked = ann("users", "disable", "max", answer="n\n")
    assert asked.exit_code == 1
    assert "nothing was changed" in asked.output
    assert not json.loads(ann("users", "list", "--json").output)[1]["disabled"]


@pytest.mark.parametrize("role", ["viewer", "operator", "risk_manager"])
def test_nobody_else_changes_people(ann: Run, role: str) -> None:
    hire(ann, "max", role)
    signs_in(ann, "max")
    for command in (
        ["users", "add", "eve", "--role", "administrator", "--password-stdin"],
        ["users", "disable", "ann", "--yes"],
        ["users", "role", "max", "administrator", "--yes"],
    ):
        refused = ann(*command, answer=f"{OWN}\n")
        assert refused.exit_code == 1
        assert "that takes administrator" in refused.output


@pytest.mark.spec("EM-2")
def test_while_nobody_is_registered_the_login_name_orders(run: Run, home: Path) -> None:
    done = run("breaker", "trip", "--reason", "hot", "--yes", "--wait", "0", "--by", "me")
    assert done.exit_code == 0, done.output
    assert waiting(home) == [("trip", "me")]


@pytest.mark.spec("EM-2")
@pytest.mark.parametrize(
    ("role", "command", "passes"),
    [
        ("viewer", ["breaker", "trip"], False),
        ("operator", ["breaker", "trip"], True),
        ("operator", ["breaker", "rearm"], False),
        ("operator", ["emergency", "close-all"], True),
        ("operator", ["emergency", "off"], False),
        ("risk_manager", ["breaker", "rearm"], True),
        ("risk_manager", ["breaker", "confirm-balance"], True),
        ("administrator", ["breaker", "trip"], False),
    ],
)
def test_a_control_needs_a_person_with_the_role(
    ann: Run, home: Path, role: str, command: list[str], passes: bool
) -> None:
    hire(ann, "max", role)
    signs_in(ann, "max")
    done = ann(*command, "--reason", "hot", "--yes", "--wait", "0")
    assert done.exit_code == (0 if passes else 1), done.output
    assert waiting(home) == ([(written(command), "max")] if passes else [])


@pytest.mark.spec("EM-2")
def test_nobody_orders_without_signing_in_or_under_another_name(ann: Run, home: Path) -> None:
    hire(ann, "max", "operator")
    signs_in(ann, "max")
    order = ["breaker", "trip", "--reason", "hot", "--yes", "--wait", "0"]
    other = ann(*order, "--by", "ann")
    assert (other.exit_code, "under another name" in other.output) == (1, True)
    assert ann("logout").exit_code == 0
    nobody = ann(*order)
    assert (nobody.exit_code, "riskplugin login" in nobody.output) == (1, True)
    assert waiting(home) == []


def test_people_are_no_bot(ann: Run) -> None:
    hire(ann, "max", "operator")
    signs_in(ann, "max")
    order = ["breaker", "trip", "--reason", "hot", "--yes", "--wait", "0"]
    refused = ann(*order, "--bot", "people")
    assert refused.exit_code == 2
    assert "no bot" in refused.output


def test_swapped_credentials_are_found(ann: Run, home: Path) -> None:
    assert ann("users", "verify").exit_code == 0
    url = SQLITE.format(home=home)
    reader = open_reader(url, base_dir=home)
    with reader.connection("tampering") as connection:
        connection.exec_driver_sql("UPDATE credentials SET password = 'x'")
    reader.close()
    found = ann("users", "verify", "--json")
    assert found.exit_code == 1
    assert json.loads(found.output)["mismatches"] == ["ann"]


def written(command: list[str]) -> str:
    return {"off": "emergency-off", "on": "emergency-on"}.get(command[1], command[1])


def waiting(home: Path) -> list[tuple[str, str]]:
    """The commands that lie in the ledger, and by whom."""
    reader = open_reader(SQLITE.format(home=home), base_dir=home)
    with reader.connection("looking") as connection:
        rows = connection.exec_driver_sql('SELECT command, "by" FROM controls').all()
    reader.close()
    return [(str(command), str(by)) for command, by in rows]
