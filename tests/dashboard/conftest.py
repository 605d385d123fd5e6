"""Shared by the dashboard's tests: a paper bot, people, and the dashboard over both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from riskplugin.config import parse
from riskplugin.control.people import People, open_people
from riskplugin.control.permissions import Role
from riskplugin.dashboard.server import LedgerOffice, dashboard_app
from riskplugin.ledger import open_reader
from tests.dashboard.bots import PaperBot
from tests.dashboard.serving import Ending, serving

GIVEN, OWN = "green-horse-battery-9", "my very own sentence 42"
API = "/api/v1/risk"
#: An order's body, as every order needs it.
YES = {"reason": "a drill", "confirm": True}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PaperBot]:
    """A bot that has looped once; its loop stands still until a test runs it."""
    made = PaperBot(tmp_path)
    made.loop()
    yield made
    made.stop()


@dataclass
class House:
    """The dashboard as it is served, its people, and the bot that it shows."""

    url: str
    office: LedgerOffice
    people: People
    bot: PaperBot
    app: FastAPI
    ending: Ending
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, token: str | None = None) -> httpx.Client:
        """A caller; ``token`` signs it in."""
        headers = {} if token is None else {"X-Risk-Token": token}
        self.clients.append(httpx.Client(base_url=self.url, headers=headers, timeout=20))
        return self.clients[-1]

    def listeners(self) -> int:
        """How many pages hold a stream."""
        return len(self.app.state.riskplugin_newsroom._listeners)

    @staticmethod
    def eventually(holds: Callable[[], bool]) -> None:
        """Wait until it holds."""
        end = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)

    def hire(self, name: str, role: Role) -> str:
        """Register somebody who has done all that is owed; a token."""
        first = not self.people.anybody()
        if first and role is not Role.ADMINISTRATOR:
            self.hire("root", Role.ADMINISTRATOR)
            return self.hire(name, role)
        self.people.add(name, role, OWN if first else GIVEN, by="root")
        token = self.people.sign_in(name, OWN if first else GIVEN)
        if not first:
            token = self.people.own_password(token, GIVEN, OWN)
        person = self.people.find(name)
        if person is not None and person.owes:
            secret = self.people.enrol(token, OWN).secret
            token = self.people.confirm_totp(token, pyotp.TOTP(secret).now())
        return token


@pytest.fixture
def house(bot: PaperBot) -> Iterator[House]:
    """The dashboard over the bot's ledger; nobody is registered yet."""
    risk = parse({"control": {"newcomer_wait": "0s"}})
    people = open_people(risk, bot.user_data)
    reader = open_reader(bot.url, base_dir=bot.user_data)
    office = LedgerOffice(reader, people, shell="sam", patience=3.0)
    ending = Ending()
    app = dashboard_app(office, loopback=True, leaving=ending)
    with serving(app, ending) as url:
        made = House(url, office, people, bot, app, ending)
        yield made
        for client in made.clients:
            client.close()
    made.bot.stop()
    reader.close()


def operations(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything that the document lists."""
    document = house.client().get(f"{API}/openapi.json").json()
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
