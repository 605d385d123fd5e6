"""No sequence of calls lets somebody give a command who may not: asked by a model that is told
everything, and believes only what people have in their hands.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from riskplugin.control import passwords
from riskplugin.control.authority import authority
from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from riskplugin.ports import Control
from tests.control.conftest import CHEAP
from tests.control.people_made import Office

NAMES = st.sampled_from(["ann", "bob", "cem", "dora", "Ann ", "nobody"])
PASSWORDS = st.sampled_from(["the first sentence 1", "the second sentence 2"])
#: The roles that may, written down once more: a mutant of the table must not pass unseen.
MAY = {
    "trip": {Role.OPERATOR, Role.RISK_MANAGER},
    "rearm": {Role.RISK_MANAGER},
    "approve": {Role.RISK_MANAGER},
    "people": {Role.ADMINISTRATOR},
    "launch": set(),
}
LIFE, WAIT = timedelta(hours=12), timedelta(hours=24)


@dataclass
class Known:
    """What the model believes of a person."""

    role: Role
    password: str
    since: datetime
    own: bool
    disabled: bool = False
    tokens: dict[str, datetime] = field(default_factory=dict)


class Sequences(RuleBasedStateMachine):
    """Administrators, people and time in any order."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="people-")
        self.patch = mock.patch.object(passwords, "_hasher", return_value=CHEAP)
        self.patch.start()
        self.office = Office(Path(self.folder), control={"second_factor": False})
        self.people, self.clock = self.office.people, self.office.clock
        self.known: dict[str, Known] = {}

    def teardown(self) -> None:
        self.patch.stop()
        shutil.rmtree(self.folder)

    @initialize()
    def first(self) -> None:
        self._add("ann", Role.ADMINISTRATOR, "the first sentence 1", "shell")
        self._add("bob", Role.RISK_MANAGER, "the first sentence 1", "ann")

    @rule(name=NAMES, role=st.sampled_from(Role), password=PASSWORDS, by=NAMES)
    def add(self, name: str, role: Role, password: str, by: str) -> None:
        self._add(name, role, password, by)

    def _add(self, name: str, role: Role, password: str, by: str) -> None:
        name_is = name.strip().lower()
        if not self._tried(lambda: self.people.add(name, role, password, by=by), by):
            return
        assert name_is not in self.known
        first = not self.known
        self.known[name_is] = Known(role, password, self.clock.now, own=first)

    @rule(name=NAMES, role=st.sampled_from(Role), by=NAMES)
    def role(self, name: str, role: Role, by: str) -> None:
        if self._tried(lambda: self.people.change_role(name, role, by=by), by):
            self._ended(name).role = role
            self._ended(name).since = self.clock.now

    @rule(name=NAMES, by=NAMES)
    def disable(self, name: str, by: str) -> None:
        if self._tried(lambda: self.people.disable(name, by=by), by):
            self._ended(name).disabled = True

    @rule(name=NAMES, by=NAMES)
    def enable(self, name: str, by: str) -> None:
        if self._tried(lambda: self.people.enable(name, by=by), by):
            person = self._person(name)
            person.disabled, person.since = False, self.clock.now

    @rule(name=NAMES, by=NAMES)
    def revoke(self, name: str, by: str) -> None:
        if self._tried(lambda: self.people.revoke(name, by=by), by):
            self._ended(name)

    @rule(name=NAMES, password=PASSWORDS, by=NAMES)
    def reset(self, name: str, password: str, by: str) -> None:
        if self._tried(lambda: self.people.set_password(name, password, by=by), by):
            person = self._ended(name)
            person.password, person.own, person.since = password, False, self.clock.now

    @rule(target=tokens, name=NAMES, password=PASSWORDS)
    def sign_in(self, name: str, password: str) -> str:
        person = self.known.get(name.strip().lower())
        self.clock.step(minutes=16)  # whoever guessed has waited
        try:
            token = self.people.sign_in(name, password)
        except Denied:
            assert person is None or person.disabled or person.password != password
            return "none"
        assert person is not None
        assert person.password == password
        assert not person.disabled
        person.tokens[token] = self.clock.now
        return token

    @rule(target=tokens, token=tokens, old=PASSWORDS, new=PASSWORDS)
    def own_password(self, token: str, old: str, new: str) -> str:
        name = self._bearer(token)
        self.clock.step(minutes=16)
        try:
            fresh = self.people.own_password(token, old, new)
        except Denied:
            return token
        assert name is not None
        assert self.known[name].password == old != new
        person = self._ended(name)
        person.password, person.own = new, True
        person.tokens[fresh] = self.clock.now
        return fresh

    @rule(token=consumes(tokens))
    def sign_out(self, token: str) -> None:
        name = self._bearer(token)
        try:
            self.people.sign_out(token)
        except Denied:
            assert name is None
        else:
            assert name is not None
            del self.known[name].tokens[token]

    @rule(token=tokens, command=st.sampled_from(sorted(MAY)))
    def control_by_token(self, token: str, command: str) -> None:
        """Exactly who holds a token that counts, and may, gives the command."""
        name = self._bearer(token)
        try:
            person = self.people.person_of(token)
        except Denied:
            assert name is None
            return
        assert person.name == name
        try:
            self.people.permit(person, command)
        except Denied:
            assert not self._may(person.name, command)
        else:
            assert self._may(person.name, command)

    @rule(name=NAMES, command=st.sampled_from(sorted(set(MAY) - {"people"})))
    def control_in_the_ledger(self, name: str, command: str) -> None:
        left = Control(id=1, command=command, by=name, reason="why", at=self.clock.now)
        refused = authority(self.people)(left)
        assert (refused is None) is self._may(name.strip().lower(), command)

    @rule(hours=st.sampled_from([1, 11, 12, 24]))
    def time_passes(self, hours: int) -> None:
        self.clock.step(hours=hours)

    @rule()
    def another_process(self) -> None:
        self.people = self.office.another()

    def _may(self, name: str, command: str) -> bool:
        person = self.known.get(name)
        if person is None or person.disabled or not person.own:
            return False
        old_hand = self.clock.now - person.since >= WAIT
        return person.role in MAY[command] and (command != "approve" or old_hand)

    def _bearer(self, token: str) -> str | None:
        """Whose token it is, if it counts now."""
        for name, person in self.known.items():
            issued = person.tokens.get(token)
            if issued is not None and not person.disabled:
                return name if self.clock.now < issued + LIFE else None
        return None

    def _person(self, name: str) -> Known:
        return self.known[name.strip().lower()]

    def _ended(self, name: str) -> Known:
        """The person, whose tokens have all ended."""
        self._person(name).tokens.clear()
        return self._person(name)

    def _tried(self, call: object, by: str) -> bool:
        """Whether a change of people went through; then it was an administrator's."""
        allowed = not self.known or self._may(by.strip().lower(), "people")
        try:
            call()  # type: ignore[operator]
        except Denied:
            return False
        assert allowed
        left = [k for k in self.people.everybody() if k.role is Role.ADMINISTRATOR]
        assert any(not each.disabled for each in left)
        return True


Sequences.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestSequences = pytest.mark.spec("AU-5")(pytest.mark.slow(Sequences.TestCase))
