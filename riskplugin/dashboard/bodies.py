"""What people send: orders with their reason, sign-in, changes of limits and of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from riskplugin.control.permissions import Role

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6,8}$")]


#: What a limit can be; beyond these numbers no data base and no client agrees on what was meant.
_WHOLE = Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]
_NUMBER = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Value = Annotated[bool, Field(strict=True)] | _WHOLE | _NUMBER | str | None


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would be an order without it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_written(cls, sent: Any) -> Any:
        """Text that no data base takes is refused here: half a character, or none at all."""
        if any(not _writable(text) for text in _texts(sent)):
            raise ValueError("a text holds characters that cannot be written down")
        return sent


class Confirmed(Body):
    """What every order needs: why, and that it is meant."""

    reason: Reason = Field(description="why; it is recorded with your name")
    confirm: Literal[True] = Field(description="true: this is meant")

    @field_validator("reason")
    @classmethod
    def _readable(cls, reason: str) -> str:
        if not any(character.isprintable() and not character.isspace() for character in reason):
            raise ValueError("say why in words")
        return reason


class EmergencyOrder(Confirmed):
    """Emergency mode on or off."""

    on: bool = Field(description="true: enter emergency mode; false: leave it")


class ProposalOrder(Confirmed):
    """Other limits. Tighter ones hold at once, looser ones wait for a second person."""

    changes: dict[Annotated[str, StringConstraints(max_length=100)], Value] = Field(
        min_length=1,
        max_length=50,
        description="key of the section risk → its new value",
        examples=[{"breaker.daily_loss.trip_pct": 1.5}],
    )


class OverrideOrder(ProposalOrder):
    """Other limits for one pair, for a while or for one entry."""

    pair: Annotated[str, StringConstraints(min_length=3, max_length=64)] = Field(
        examples=["BTC/USDT:USDT"]
    )
    until: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        default=None, description="a moment (ISO 8601) or a duration such as 2h"
    )
    once: bool = Field(default=False, description="true: for the next entry only")


class Acknowledgement(Confirmed):
    """The looser limits of a file, taken over by somebody who has seen them."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="of the file that you saw (unacknowledged.version): another one is refused",
    )


class SignIn(Body):
    """Who you are."""

    name: Name
    password: Secret
    code: Code | None = Field(default=None, description="of the second factor, where there is one")


class NewPassword(Body):
    """Your password, and the one that replaces it."""

    password: Secret
    new_password: Secret


class SecondFactor(Body):
    """The code that the app shows: it proves that the second factor works."""

    code: Code


class NewPerson(Confirmed):
    """Somebody who joins."""

    name: Name
    role: Role
    password: Secret = Field(description="for the first sign-in; it has to be changed then")


class NewRole(Confirmed):
    """Another role for somebody."""

    role: Role


class PasswordAgain(Body):
    """Your password once more, before something that matters."""

    password: Secret


def _texts(sent: Any) -> Iterator[str]:
    if isinstance(sent, str):
        yield sent
    elif isinstance(sent, dict):
        for name, value in sent.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(sent, list):
        for value in sent:
            yield from _texts(value)


def _writable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
