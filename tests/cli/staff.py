"""People at the command line: how they are added, and sign in."""

from __future__ import annotations

from tests.cli.conftest import Run

GIVEN, OWN = "green-horse-battery-9", "my very own sentence 42"


def hire(run: Run, name: str, role: str) -> None:
    """Add a person who then chooses an own password; Ann stays signed in."""
    added = run("users", "add", name, "--role", role, answer=f"{GIVEN}\n{GIVEN}\n")
    assert added.exit_code == 0, added.output


def signs_in(run: Run, name: str) -> None:
    """The first time: the given password, and an own one."""
    done = run("login", name, answer=f"{GIVEN}\n{OWN}\n{OWN}\n")
    assert done.exit_code == 0, done.output
