"""The people of one ledger: who they are, how they sign in, what they may order.

One per process; safe to use from several threads. Time comes from ``clock``. Who people are is
:mod:`people_chain`'s, changing it :mod:`registry`'s, signing in :mod:`sign_in`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from riskplugin.config import RiskConfig
from riskplugin.config.places import ledger_url, resolve
from riskplugin.config.schema.control import Control
from riskplugin.control.attempts import Attempts
from riskplugin.control.credentials import Credentials
from riskplugin.control.directory import Entry
from riskplugin.control.people_chain import PeopleChain, Place
from riskplugin.control.permissions import SECOND_LOOK, Role, may, roles_for
from riskplugin.control.person import (
    OWES_PASSWORD,
    OWES_SECOND_FACTOR,
    Denied,
    Person,
    normalised,
)
from riskplugin.control.registry import Registry
from riskplugin.control.sign_in import Enrolment, SignIn
from riskplugin.control.tables import Tables
from riskplugin.control.tokens import Tokens
from riskplugin.ledger.proof.plan import checkpoint_plan
from riskplugin.redaction import NOBODYS, Redactor

__all__ = ["Denied", "Enrolment", "People", "Person", "open_people"]

Clock = Callable[[], datetime]

#: Roles that need a second factor, where the configuration asks for one.
WITH_SECOND_FACTOR = frozenset({Role.RISK_MANAGER, Role.ADMINISTRATOR})


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def open_people(
    config: RiskConfig,
    user_data: Path,
    redactor: Redactor = NOBODYS,
    *,
    url: str | None = None,
    clock: Clock = utc_now,
) -> People:
    """The people of the ledger that ``config`` names, or of ``url``. Opens nothing yet."""
    place = Place(
        url=ledger_url(config, user_data) if url is None else url,
        base_dir=user_data,
        plan=checkpoint_plan(config, user_data),
        redactor=redactor,
        encrypt=config.ledger.encrypt,
    )
    key_file = resolve(Path(config.control.token_key_file), user_data)
    return People(place, config.control, key_file=key_file, clock=clock)


class People(Registry):
    """Methods raise Denied for what a person may not do, LedgerError when the ledger fails.

    Changes of who people are stand in :class:`Registry`; each names ``by``, an administrator.
    """

    def __init__(
        self, place: Place, control: Control, *, key_file: Path, clock: Clock = utc_now
    ) -> None:
        tables = Tables(place)
        chain = PeopleChain(place)
        credentials = Credentials(tables)
        super().__init__(chain, credentials, tables, clock, self.owes)
        self._control = control
        self._clock = clock
        self._sign_in = SignIn(
            chain=chain,
            credentials=credentials,
            attempts=Attempts(tables),
            tokens=Tokens(key_file, control.token_life, tables),
            tables=tables,
            clock=clock,
            owes=self.owes,
        )

    def prepare(self) -> None:
        """Make the ledger where there is none yet."""
        self._chain.prepare()

    @property
    def open_to_others(self) -> Path | None:
        """The ledger's file, if others on this machine may read it."""
        path = self._chain.place.path
        others = path is not None and path.exists() and path.stat().st_mode & 0o077
        return path if others else None

    @property
    def ledger_id(self) -> str:
        """What tells this ledger's people from another's; "" while nobody is registered."""
        self._chain.read()
        return self._chain.ledger_id

    # --- who there is --------------------------------------------------------------------------

    def anybody(self) -> bool:
        """Whether anyone is registered (disabled or not)."""
        return bool(self._chain.read().entries)

    def everybody(self) -> list[Person]:
        """All persons by name."""
        entries = self._chain.read().entries
        return [self.person(entries[name]) for name in sorted(entries)]

    def find(self, name: str) -> Person | None:
        """The person of that name, enabled or not."""
        entry = self._chain.read().entries.get(normalised(name))
        return None if entry is None else self.person(entry)

    def by_telegram(self, user_id: int) -> Person | None:
        """The enabled person with that Telegram user id."""
        entries = self._chain.read().entries.values()
        found = [e for e in entries if e.telegram == user_id and not e.disabled]
        return self.person(found[0]) if found else None

    def guest(self, name: str) -> Person:
        """Who acts under the door's ``name`` while nobody is registered.

        Raises Denied (401) from the first registered person on.
        """
        if self.anybody():
            raise Denied(401, "sign in: people are registered here")
        return Person(name=name, role=Role.RISK_MANAGER, registered=False)

    # --- what they may -------------------------------------------------------------------------

    def permit(self, person: Person, command: str) -> None:
        """Raises Denied (403, with the reason) unless ``person`` may give ``command`` now."""
        if person.disabled:
            raise Denied(403, f"{person.name} is disabled")
        if not may(person.role, command):
            raise Denied(
                403,
                f"{person.name} is {_a(person.role)} and may not give {command}: "
                f"that takes {roles_for(command)}",
            )
        if not person.registered:
            self._permit_guest(command)
        elif command != "read":
            self._permit_control(person, command)

    def _permit_guest(self, command: str) -> None:
        if self.anybody():
            raise Denied(401, "sign in: people are registered here")
        if command == "approve":
            raise Denied(
                403,
                "approving takes a second person, and nobody is registered: riskplugin users add",
            )

    def _permit_control(self, person: Person, command: str) -> None:
        if person.owes:
            raise Denied(403, f"first {' and '.join(person.owes)}: riskplugin login")
        if command not in SECOND_LOOK:
            return
        wait, known = self._control.newcomer_wait, person.since
        if wait and (known is None or self._clock() - known < wait):
            until = "" if known is None else f" from {known + wait:%Y-%m-%d %H:%M} UTC on"
            raise Denied(
                403,
                f"{person.name} was added or changed by an administrator lately: may give "
                f"{command}{until}",
            )

    def owes(self, entry: Entry) -> tuple[str, ...]:
        """What a person has to do before any control."""
        owed = [] if entry.own else [OWES_PASSWORD]
        wanted = self._control.second_factor and entry.role in WITH_SECOND_FACTOR
        if wanted and not entry.second_factor:
            owed.append(OWES_SECOND_FACTOR)
        return tuple(owed)

    # --- signing in ----------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, code: str | None = None, address: str = "") -> str:
        """A token. Raises Denied: 401 (``wants_code`` when only the code is missing), 429."""
        return self._sign_in.sign_in(name, password, code, address)

    def person_of(self, token: str) -> Person:
        """Whose token it is. Raises Denied (401)."""
        return self.person(self._sign_in.entry_of(token))

    def sign_out(self, token: str) -> None:
        """End this token. Raises Denied (401) for one that is none (any more)."""
        self._sign_in.sign_out(token)

    def own_password(self, token: str, old: str, new: str, address: str = "") -> str:
        """Set the password of whoever signed in; all tokens end. A new token."""
        return self._sign_in.own_password(token, old, new, address)

    def enrol(self, token: str, password: str, address: str = "") -> Enrolment:
        """Begin a second factor for whoever signed in; it counts once a code confirmed it."""
        return self._sign_in.enrol(token, password, address)

    def confirm_totp(self, token: str, code: str, address: str = "") -> str:
        """Confirm the second factor with a code; all tokens end. A new token."""
        return self._sign_in.confirm_totp(token, code, address)


def _a(role: Role) -> str:
    word = role.value.replace("_", " ")
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
