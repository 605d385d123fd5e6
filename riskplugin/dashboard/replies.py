"""What people are told of their own requests: errors, orders, sign-in, people."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from riskplugin.control.permissions import Role


class Answer(BaseModel):
    """What riskplugin says."""

    model_config = ConfigDict(frozen=True)


class Said(Answer):
    """Why there is no better answer, in a sentence."""

    detail: str
    wants_code: bool = Field(default=False, description="the password was right; the code is next")


class Problem(Answer):
    """What is wrong with one field."""

    where: str
    what: str


class Problems(Said):
    """What is wrong with a request."""

    problems: list[Problem] = []


class Ordered(Answer):
    """An order, and what the bot made of it."""

    id: int | None = Field(description="its number; null where the ledger took none")
    state: Literal["done", "waiting", "refused"]
    outcome: str | None = Field(description="null: the bot has not answered yet; ask again")


class Obeyed(Answer):
    """Whether what waits was carried out here and now."""

    obeyed: bool = Field(description="false: it is left to the bot's loop")


class SignedIn(Answer):
    """The token to send as X-Risk-Token; a browser has it as a cookie."""

    token: str
    name: str
    role: Role


class Enrolment(Answer):
    """What the app of the second factor needs; shown once."""

    secret: str
    uri: str


class PersonInfo(Answer):
    """Somebody who is registered."""

    name: str
    role: Role
    disabled: bool
    second_factor: bool
