"""Who sits at this command line: the token that a sign-in left here, and what it allows."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from riskplugin.cli.console import UsageError
from riskplugin.cli.desk import Desk, person
from riskplugin.control.people import People
from riskplugin.control.person import Denied, Person, normalised
from riskplugin.ports import LedgerError

#: A token in the environment goes before the one that was left here.
VARIABLE = "RISKPLUGIN_TOKEN"  # the name of a variable

_SIGN_IN = "people are registered here: sign in with riskplugin login"


def acting_person(at: Desk, by: str | None, command: str) -> str:
    """The name under which ``command`` is given: whoever signed in, and may.

    While nobody is registered it is ``by``, or the login name. Raises Denied, UsageError.
    """
    with spoken():
        people = at.people
        if people is None or not people.anybody():
            return by or person()
        who = signed_in(people)
        if by is not None and normalised(by) != who.name:
            raise Denied(403, f"you are signed in as {who.name}: nobody orders under another name")
        people.permit(who, command)
        return who.name


def administrator(people: People) -> str:
    """The name of whoever changes people: an administrator, or the login name while there is
    nobody.
    """
    if not people.anybody():
        return person()
    who = signed_in(people)
    people.permit(who, "people")
    return who.name


def signed_in(people: People) -> Person:
    """Whose token lies here. Raises Denied."""
    token = kept_token(people)
    if token is None:
        raise Denied(401, _SIGN_IN)
    return people.person_of(token)


def kept_token(people: People) -> str | None:
    """The token of the environment, or the one that was left here for this ledger."""
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given
    path = token_file(people)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UsageError(f"others may read {path}: remove it, and sign in again")
        return path.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def keep_token(people: People, token: str) -> None:
    """Leave it in a file that nobody else may read."""
    path = token_file(people)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    draft.replace(path)


def forget_token(people: People) -> None:
    """Take the file away."""
    token_file(people).unlink(missing_ok=True)


def token_file(people: People) -> Path:
    """Where the token for this ledger lies: in the user's own configuration folder."""
    base = os.environ.get("XDG_CONFIG_HOME", "").strip()
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "riskplugin" / f"token-{people.ledger_id or 'none'}"


@contextmanager
def spoken() -> Iterator[None]:
    """Say what is wrong with the ledger in one sentence."""
    try:
        yield
    except LedgerError as error:
        raise UsageError(str(error)) from error
