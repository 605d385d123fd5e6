"""Who people are, changed by administrators, and recorded. Never without one who is enabled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from riskplugin.control.credentials import Credential, Credentials
from riskplugin.control.directory import Directory, Entry
from riskplugin.control.passwords import checked_password, hashed
from riskplugin.control.people_chain import PeopleChain
from riskplugin.control.permissions import PEOPLE, Role, may
from riskplugin.control.person import Denied, Person, checked_name, normalised
from riskplugin.control.tables import Tables
from riskplugin.core import events as ev

#: Before the login name of whoever did what no person of the directory can be asked for.
SHELL = "shell:"
Change = Callable[[Directory, Entry, datetime], Sequence[ev.Event]]


class Registry:
    """The commands of administrators; each is recorded with ``by`` and ``reason``.

    Raises Denied (403 for who may not, 404 for a name that nobody has, 409 and 422 for what cannot
    be), LedgerError.
    """

    def __init__(
        self,
        chain: PeopleChain,
        credentials: Credentials,
        tables: Tables,
        clock: Callable[[], datetime],
        owes: Callable[[Entry], tuple[str, ...]],
    ) -> None:
        self._chain = chain
        self._credentials = credentials
        self._tables = tables
        self._clock = clock
        self._owes = owes

    def person(self, entry: Entry) -> Person:
        """The person as others see it."""
        return entry.person(self._owes(entry))

    def add(self, name: str, role: Role, password: str, *, by: str, reason: str = "") -> Person:
        """Register a person; the first must be an administrator and keeps the password."""
        name = checked_name(name)
        self._may_add(self._chain.read(), name, role, by)
        row = Credential(name, hashed(checked_password(name, password)))
        self._chain.prepare()
        self._credentials.keep(row, self._clock())

        def make(directory: Directory) -> Sequence[ev.Event]:
            self._may_add(directory, name, role, by)
            return [
                ev.PersonAdded(at=self._clock(), name=name, role=role.value, by=by, reason=reason),
                ev.CredentialSet(
                    at=self._clock(),
                    name=name,
                    digest=row.digest,
                    own=not directory.entries,
                    second_factor=False,
                    by=by,
                    reason=reason,
                ),
            ]

        self._chain.write(make)
        return self._now(name)

    def change_role(self, name: str, role: Role, *, by: str, reason: str = "") -> Person:
        """Give another role; tokens end, and time as a newcomer begins anew."""

        def change(directory: Directory, entry: Entry, at: datetime) -> Sequence[ev.Event]:
            if entry.role is role:
                raise Denied(409, f"{entry.name} is {role.value} already")
            _keep_one(directory, entry)
            return [ev.RoleGiven(at=at, name=entry.name, role=role.value, by=by, reason=reason)]

        return self._change(name, by, change)

    def set_telegram(self, name: str, user_id: int | None, *, by: str, reason: str = "") -> Person:
        """Say which Telegram user this person is; None: nobody there."""

        def change(directory: Directory, entry: Entry, at: datetime) -> Sequence[ev.Event]:
            others = [e for e in directory.entries.values() if e.name != entry.name]
            taken = [e.name for e in others if user_id is not None and e.telegram == user_id]
            if taken:
                raise Denied(409, f"{taken[0]} is that Telegram user")
            if entry.telegram == user_id:
                raise Denied(409, f"{entry.name} is that Telegram user already")
            return [ev.TelegramGiven(at=at, name=entry.name, user_id=user_id, by=by, reason=reason)]

        return self._change(name, by, change)

    def disable(self, name: str, *, by: str, reason: str = "") -> Person:
        """Sign the person out, and let it in no more."""

        def change(directory: Directory, entry: Entry, at: datetime) -> Sequence[ev.Event]:
            if entry.disabled:
                raise Denied(409, f"{entry.name} is disabled already")
            _keep_one(directory, entry)
            return [ev.PersonDisabled(at=at, name=entry.name, by=by, reason=reason)]

        return self._change(name, by, change)

    def enable(self, name: str, *, by: str, reason: str = "") -> Person:
        """Let a disabled person in again."""

        def change(_: Directory, entry: Entry, at: datetime) -> Sequence[ev.Event]:
            if not entry.disabled:
                raise Denied(409, f"{entry.name} is not disabled")
            return [ev.PersonEnabled(at=at, name=entry.name, by=by, reason=reason)]

        return self._change(name, by, change)

    def revoke(self, name: str, *, by: str, reason: str = "") -> Person:
        """End all tokens of this person. Everybody may do that to themselves."""

        def change(_: Directory, entry: Entry, at: datetime) -> Sequence[ev.Event]:
            return [ev.TokensRevoked(at=at, name=entry.name, by=by, reason=reason)]

        return self._change(name, by, change)

    def set_password(self, name: str, password: str, *, by: str, reason: str = "") -> Person:
        """Give a password that the person has to change at the next sign-in."""
        entry = self._asked(self._chain.read(), name, by)
        plain = checked_password(entry.name, password)
        before = self._credentials.find(entry.name, entry.digest)
        totp = None if before is None else before.totp
        row = Credential(entry.name, hashed(plain), totp)
        return self._replace(row, entry, own=False, by=by, reason=reason)

    def reset_second_factor(self, name: str, *, by: str, reason: str = "") -> Person:
        """Forget the second factor; the person sets up a new one at the next sign-in."""
        entry = self._asked(self._chain.read(), name, by)
        if not entry.second_factor:
            raise Denied(409, f"{entry.name} has no second factor")
        before = self._credentials.find(entry.name, entry.digest)
        if before is None:
            raise Denied(409, f"{entry.name} needs a new password first")
        row = Credential(entry.name, before.password)
        return self._replace(row, entry, own=entry.own, by=by, reason=reason)

    def recover(self, name: str, password: str, *, login: str, reason: str = "") -> Person:
        """Let an administrator in again who lost password or phone, for whoever has a shell on this
        machine and can write the ledger: nobody has to be signed in.

        It is recorded as ``shell:`` and the login name, which no person can be called. The password
        has to be changed, the second factor set up anew, and time as a newcomer begins again.
        """
        entry = self._known(self._chain.read(), name)
        if entry.role is not Role.ADMINISTRATOR or entry.disabled:
            raise Denied(
                403,
                f"{entry.name} is no enabled administrator: only they are let in again here, and "
                "let in the others (riskplugin users passwd)",
            )
        row = Credential(entry.name, hashed(checked_password(entry.name, password)))
        change = self._taking(row, entry, own=False, by=f"{SHELL}{login}", reason=reason)
        self._chain.write(lambda d: change(d, self._known(d, name), self._clock()))
        return self._now(name)

    def mismatches(self) -> list[str]:
        """The names whose credentials are not those that were recorded."""
        entries = self._chain.read().entries
        return [
            name
            for name in sorted(entries)
            if self._credentials.find(name, entries[name].digest) is None
        ]

    def _replace(self, row: Credential, entry: Entry, *, own: bool, by: str, reason: str) -> Person:
        return self._change(entry.name, by, self._taking(row, entry, own=own, by=by, reason=reason))

    def _taking(self, row: Credential, entry: Entry, *, own: bool, by: str, reason: str) -> Change:
        """Keep ``row``; the change by which it counts instead of what ``entry`` has."""
        self._credentials.keep(row, self._clock())

        def change(_: Directory, now: Entry, at: datetime) -> Sequence[ev.Event]:
            if (now.digest, now.role, now.disabled) != (entry.digest, entry.role, entry.disabled):
                raise Denied(409, f"{now.name} was changed meanwhile")
            return [
                ev.CredentialSet(
                    at=at,
                    name=now.name,
                    digest=row.digest,
                    own=own,
                    second_factor=row.totp is not None,
                    by=by,
                    reason=reason,
                )
            ]

        return change

    def _change(self, name: str, by: str, change: Change) -> Person:
        def make(directory: Directory) -> Sequence[ev.Event]:
            return change(directory, self._asked(directory, name, by), self._clock())

        self._chain.write(make)
        return self._now(name)

    def _asked(self, directory: Directory, name: str, by: str) -> Entry:
        """Whom it is about, if ``by`` may change anything about people."""
        self._administrator(directory, by)
        return self._known(directory, name)

    def _known(self, directory: Directory, name: str) -> Entry:
        entry = directory.entries.get(normalised(name))
        if entry is None:
            raise Denied(404, f"nobody is called {name}")
        return entry

    def _may_add(self, directory: Directory, name: str, role: Role, by: str) -> None:
        if not directory.entries:
            if role is not Role.ADMINISTRATOR:
                raise Denied(422, "the first person has to be an administrator")
            return
        self._administrator(directory, by)
        if name in directory.entries:
            raise Denied(409, f"{name} is registered already")

    def _administrator(self, directory: Directory, by: str) -> None:
        entry = directory.entries.get(normalised(by))
        if entry is None or entry.disabled or not may(entry.role, PEOPLE):
            raise Denied(403, f"{by} may not change who people are: that takes an administrator")
        owed = self._owes(entry)
        if owed:
            raise Denied(403, f"first {' and '.join(owed)}: riskplugin login")

    def _now(self, name: str) -> Person:
        return self.person(self._chain.read().entries[normalised(name)])


def _keep_one(directory: Directory, leaving: Entry) -> None:
    """Refuse to take away the last administrator."""
    left = [entry for entry in directory.administrators() if entry.name != leaving.name]
    if leaving in directory.administrators() and not left:
        raise Denied(409, f"{leaving.name} is the last administrator: add another one first")
