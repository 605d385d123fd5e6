"""Takes one order over the counter: gives it once, and waits for what the bot makes of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import copy
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Path, Request, Response

from riskplugin.control.people import Person
from riskplugin.dashboard import bodies
from riskplugin.dashboard.doorman import ADesk, AnOffice
from riskplugin.dashboard.office import Desk, Given, Office
from riskplugin.dashboard.once import Once, OtherOrder
from riskplugin.dashboard.replies import Ordered, Said
from riskplugin.dashboard.told import ordered

#: How an order may end besides "done".
ENDS: dict[int | str, dict[str, Any]] = {
    202: {"model": Ordered, "description": "The bot has not answered yet: ask GET controls/{id}"},
    409: {"model": Said, "description": "The bot refused; the words say why"},
}
Number = Annotated[int, Path(ge=1, le=2**53)]

#: Seconds between two looks for the bot's answer.
_LOOK = 0.1
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="any text of yours: the same order with the same key is given once",
        max_length=200,
    ),
]


class Counter:
    """Takes one order: who, for which bot, with which key; gives it and waits for the answer."""

    def __init__(
        self, request: Request, response: Response, office: AnOffice, desk: ADesk, key: Key = None
    ) -> None:
        self._once = _once(request)
        self._response, self._office, self._desk, self._key = response, office, desk, key

    def at(self, desk: Desk) -> Counter:
        """The same counter for another desk."""
        other = copy(self)
        other._desk = desk
        return other

    def give(self, command: str, person: Person, body: bodies.Confirmed, **args: Any) -> Ordered:
        """The order's outcome; 202 without one, 409 when the bot refused."""
        given = self._given(command, person, body.reason, args)
        outcome = given.outcome or _waited(self._desk, self._office, given)
        said = ordered(given.number, outcome)
        if said.state == "refused":
            raise HTTPException(409, outcome)
        if said.state == "waiting":
            self._response.status_code = 202
        return said

    def _given(self, command: str, person: Person, reason: str, args: Mapping[str, Any]) -> Given:
        what = f"{self._desk.bot} {command} {sorted(args.items())!r}"

        def give() -> Given:
            return self._desk.order(command, by=person.name, reason=reason, args=args)

        try:
            return self._once.given(person.name, self._key, what, give)
        except OtherOrder as error:
            raise HTTPException(422, str(error)) from error


ACounter = Annotated[Counter, Depends()]


def _once(request: Request) -> Once:
    known: Once = request.app.state.riskplugin_once
    return known


def _waited(desk: Desk, office: Office, given: Given) -> str | None:
    end = time.monotonic() + office.patience
    while given.number is not None:
        outcome = desk.outcome(given.number)
        if outcome is not None or time.monotonic() >= end:
            return outcome
        time.sleep(_LOOK)
    return None
