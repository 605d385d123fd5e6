"""Signing in, and what people do to their own credentials. Every try is counted before it counts.

The answer is the same, and takes as long, whether a name is unknown or a password wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.control import totp
from riskplugin.control.attempts import FREE, Attempts, place_of
from riskplugin.control.credentials import Credential, Credentials
from riskplugin.control.directory import LATELY, Directory, Entry
from riskplugin.control.passwords import checked_password, fits, hashed, is_old
from riskplugin.control.people_chain import PeopleChain
from riskplugin.control.person import Denied, normalised
from riskplugin.control.tables import Tables
from riskplugin.control.tokens import Claims, Tokens
from riskplugin.core import events as ev

_WRONG = "name, password or code is wrong"
_OVER = "the sign-in is over: sign in again"
#: A code is remembered as used for longer than it stands.
_CODE_STANDS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that waits for its first code: the secret, and the same as an address."""

    secret: str
    uri: str


class SignIn:
    """Raises Denied: 401 for who is not let in, 422 for a password that will not do, 429."""

    def __init__(
        self,
        *,
        chain: PeopleChain,
        credentials: Credentials,
        attempts: Attempts,
        tokens: Tokens,
        tables: Tables,
        clock: Callable[[], datetime],
        owes: Callable[[Entry], tuple[str, ...]],
    ) -> None:
        self._chain = chain
        self._credentials = credentials
        self._attempts = attempts
        self._tokens = tokens
        self._tables = tables
        self._clock = clock
        self._owes = owes

    def sign_in(self, name: str, password: str, code: str | None, address: str) -> str:
        """A token for whoever this is."""
        name = normalised(name)[:64]
        entry = self._chain.read().entries.get(name)
        if not self._chain.ledger_id:
            raise Denied(401, _WRONG)
        failures = self._attempts.count(name, address, self._clock())
        try:
            row = self._identified(entry, password)
            self._second_factor(row, code)
        except Denied:
            self._tell_lock(entry, address, failures)
            raise
        assert entry is not None
        self._attempts.forgive(name, address, self._clock())
        if entry.own and is_old(row.password):
            fresh = Credential(row.name, hashed(password), row.totp)
            entry = self._set(entry, fresh, own=True, reason="hashed anew")
        self._tell_entry(ev.SignedIn(at=self._clock(), name=name, address=address))
        return self._token(entry)

    def entry_of(self, token: str) -> Entry:
        """Who signed in with this token, as of now."""
        return self._read(token)[0]

    def sign_out(self, token: str) -> None:
        """End this token."""
        _, claims = self._read(token)
        self._tokens.revoke(claims, self._clock())

    def own_password(self, token: str, old: str, new: str, address: str) -> str:
        """Take a new password; a new token."""
        entry = self.entry_of(token)
        row = self._again(entry, old, address)
        plain = checked_password(entry.name, new)
        if fits(plain, row.password):
            raise Denied(422, "the new password is the old one")
        fresh = Credential(entry.name, hashed(plain), row.totp)
        return self._token(self._set(entry, fresh, own=True, reason="own password"))

    def enrol(self, token: str, password: str, address: str) -> Enrolment:
        """Offer a second factor."""
        entry = self.entry_of(token)
        if entry.second_factor:
            raise Denied(409, "there is a second factor: an administrator can reset it")
        row = self._again(entry, password, address)
        secret = totp.new_secret()
        offered = Credential(entry.name, row.password, self._tables.sealed(secret))
        self._credentials.keep(offered, self._clock())
        return Enrolment(secret, totp.uri(secret, entry.name))

    def confirm_totp(self, token: str, code: str, address: str) -> str:
        """Take the second factor whose code this is; a new token."""
        entry, at = self.entry_of(token), self._clock()
        if entry.second_factor:
            raise Denied(409, "there is a second factor already")
        self._attempts.count(entry.name, address, at)
        current = self._recorded(entry)
        for offered in self._credentials.pending(current, at):
            if self._code_is_right(offered, code):
                self._attempts.forgive(entry.name, address, at)
                taken = self._set(entry, offered, own=entry.own, reason="second factor", kept=True)
                return self._token(taken)
        raise Denied(401, "the code is wrong; is the phone's clock right?")

    def _identified(self, entry: Entry | None, password: str) -> Credential:
        """The recorded row of the person, if the password is right."""
        row = None
        if entry is not None:
            row = self._credentials.find(entry.name, entry.digest)
            if row is None:
                fits(password, None)
                self._recorded(entry)
        right = fits(password, None if row is None else row.password)
        if not right or row is None or entry is None or entry.disabled:
            raise Denied(401, _WRONG)
        return row

    def _second_factor(self, row: Credential, code: str | None) -> None:
        if row.totp is None:
            return
        if not code:
            raise Denied(401, "the code of the second factor is missing", wants_code=True)
        if not self._code_is_right(row, code):
            raise Denied(401, _WRONG)

    def _code_is_right(self, row: Credential, code: str) -> bool:
        """Once: a code that was seen over a shoulder is of no use."""
        at = self._clock()
        step = totp.step_of(self._tables.opened(str(row.totp)), code, at)
        used = f"code:{row.name}:{step}"
        return step is not None and self._tokens.spend(used, at + _CODE_STANDS, at)

    def _again(self, entry: Entry, password: str, address: str) -> Credential:
        """Whoever changes credentials shows once more that they know them."""
        self._attempts.count(entry.name, address, self._clock())
        row = self._identified(entry, password)
        self._attempts.forgive(entry.name, address, self._clock())
        return row

    def _recorded(self, entry: Entry) -> Credential:
        row = self._credentials.find(entry.name, entry.digest)
        if row is None:
            raise Denied(
                401,
                f"what {entry.name} signs in with does not match its record: an administrator has "
                "to find out why, and to give a new password",
            )
        return row

    def _read(self, token: str) -> tuple[Entry, Claims]:
        directory = self._chain.read()
        if not self._chain.ledger_id:
            raise Denied(401, _OVER)
        claims = self._tokens.read(token, self._chain.ledger_id, self._clock())
        entry = directory.entries.get(claims.name)
        if entry is None or entry.disabled:
            raise Denied(401, _OVER)
        if (entry.role.value, entry.generation) != (claims.role, claims.generation):
            raise Denied(401, _OVER)
        return entry, claims

    def _set(
        self, entry: Entry, row: Credential, *, own: bool, reason: str, kept: bool = False
    ) -> Entry:
        """Record that from here on ``row`` counts; the person as it is then."""
        if not kept:
            self._credentials.keep(row, self._clock())

        def make(directory: Directory) -> Sequence[ev.Event]:
            now = directory.entries[entry.name]
            if now.digest != entry.digest or now.disabled:
                raise Denied(401, _OVER)
            return [
                ev.CredentialSet(
                    at=self._clock(),
                    name=entry.name,
                    digest=row.digest,
                    own=own,
                    second_factor=row.totp is not None,
                    by=entry.name,
                    reason=reason,
                )
            ]

        self._chain.write(make)
        self._credentials.tidy(entry.name, row.digest, self._clock())
        return self._chain.read().entries[entry.name]

    def _tell_lock(self, entry: Entry | None, address: str, failures: int) -> None:
        """Nobody's name is not recorded: whoever guesses must not fill the ledger."""
        if failures < FREE:
            return
        if entry is None:
            self._chain.write(lambda _: [], signed=False)  # as long as for a name that somebody has
            return
        told = ev.SignInLocked(
            at=self._clock(), name=entry.name, address=address, failures=failures
        )
        self._tell(told)

    def _tell_entry(self, event: ev.SignedIn) -> None:
        """Once a minute for a person and an address: no password is good for filling the ledger."""

        def make(directory: Directory) -> Sequence[ev.Event]:
            known = directory.lately
            return [] if any(_same_minute(event, before) for before in known) else [event]

        self._chain.write(make, signed=False)

    def _tell(self, event: ev.Event) -> None:
        self._chain.write(lambda _: [event], signed=False)

    def _token(self, entry: Entry) -> str:
        return self._tokens.issue(entry, self._chain.ledger_id, self._clock())


def _same_minute(event: ev.SignedIn, before: ev.SignedIn) -> bool:
    """``before`` says the same; one that a clock set back puts into the future does not."""
    same = event.name == before.name and place_of(event.address) == place_of(before.address)
    return same and timedelta(0) <= event.at - before.at < LATELY
