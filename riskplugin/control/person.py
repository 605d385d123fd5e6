"""A person as others see one, the refusal that every door understands, how names are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from riskplugin.control.permissions import Role

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")

#: What a person still has to do before any control.
OWES_PASSWORD = "set an own password"  # noqa: S105  # words for people
OWES_SECOND_FACTOR = "set up a second factor"


class Denied(Exception):
    """A person may not do this. ``status`` is that of HTTP: 401 who are you, 403 you may not,
    422 this cannot be, 429 wait ``retry_after`` seconds. ``wants_code``: the password was right.
    """

    def __init__(
        self, status: int, text: str, *, retry_after: int = 0, wants_code: bool = False
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.retry_after = retry_after
        self.wants_code = wants_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is at this moment.

    ``since`` is when the person last became somebody else's making: added, given a role, enabled,
    or given a password or a second factor by another. ``owes`` is what has to be done before any
    control. ``registered`` is False for whoever acts while nobody is registered.
    """

    name: str
    role: Role
    disabled: bool = False
    telegram: int | None = None
    since: datetime | None = None
    second_factor: bool = False
    owes: tuple[str, ...] = ()
    registered: bool = True


def normalised(name: str) -> str:
    """``name`` as it is compared: two people whose names fold alike are one.

    >>> normalised("  Álice "), normalised("ＢＯＢ")
    ('álice', 'bob')
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def checked_name(name: str) -> str:
    """The name that a new person gets. Raises Denied for one that cannot be."""
    folded = normalised(name)
    if not _NAME.fullmatch(folded):
        raise Denied(422, "a name has 2 to 32 of the letters a-z, digits, dot, dash and underscore")
    if folded in RESERVED:
        raise Denied(422, f"{folded} is what riskplugin calls one of its own parts: take another")
    return folded


#: Names under which riskplugin itself gives commands.
RESERVED = frozenset({"riskplugin", "watchdog", "people", "kill-file", "unknown", "system"})
