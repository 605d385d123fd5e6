"""People in a real ledger, with a clock that stands until it is moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

from riskplugin.config import parse
from riskplugin.control.people import People, open_people
from riskplugin.control.permissions import Role

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
#: What administrators give, and what people then choose.
GIVEN, OWN = "green-horse-battery-9", "my very own sentence 42"


@dataclass
class Clock:
    """Stands still; :meth:`step` moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def step(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Office:
    """A ledger's people, and the phones that they carry."""

    folder: Path
    control: dict[str, Any] = field(default_factory=dict)
    url: str = "sqlite:///user_data/risk.sqlite"
    encrypt: bool = False
    clock: Clock = field(default_factory=Clock)
    phones: dict[str, str] = field(default_factory=dict)
    people: People = field(init=False)

    def __post_init__(self) -> None:
        self.people = self.another()

    def another(self) -> People:
        """The same people as another process sees them."""
        risk = parse(
            {"control": self.control, "ledger": {"url": self.url, "encrypt": self.encrypt}}
        )
        return open_people(risk, self.folder / "user_data", clock=self.clock)

    def code(self, name: str) -> str | None:
        """What the phone shows, half a minute after it showed anything last."""
        if name not in self.phones:
            return None
        self.clock.step(seconds=30)
        return pyotp.TOTP(self.phones[name]).at(self.clock.now)

    def hire(self, name: str, role: Role, *, by: str = "root") -> str:
        """Add a person who does all that is owed; the token of its first day."""
        first = not self.people.anybody()
        password = OWN if first else GIVEN
        self.people.add(name, role, password, by=by)
        token = self.people.sign_in(name, password)
        if not first:
            token = self.people.own_password(token, GIVEN, OWN)
        found = self.people.find(name)
        assert found is not None
        if found.owes:
            self.phones[name] = self.people.enrol(token, OWN).secret
            code = self.code(name)
            assert code is not None
            token = self.people.confirm_totp(token, code)
        return token

    def enter(self, name: str, password: str = OWN) -> str:
        """Sign in with whatever it takes."""
        return self.people.sign_in(name, password, self.code(name))
