"""Which role may give which command. Knows no person and no clock; the table is the whole truth."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is here: one role each."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    RISK_MANAGER = "risk_manager"
    ADMINISTRATOR = "administrator"


#: Not commands to a bot, but asked in the same way: to look, to say who people are, and to make a
#: damaged state anew from the records.
READ, PEOPLE, REPAIR = "read", "people", "repair"

_OPERATING = frozenset({Role.OPERATOR, Role.RISK_MANAGER})
_LOOSENING = frozenset({Role.RISK_MANAGER})

#: Every command with the roles that may give it. One that is not here may be given by nobody.
COMMAND_ROLES = MappingProxyType(
    {
        READ: frozenset(Role),
        PEOPLE: frozenset({Role.ADMINISTRATOR}),
        REPAIR: frozenset({Role.RISK_MANAGER, Role.ADMINISTRATOR}),
        "ack": _OPERATING,
        "trip": _OPERATING,
        "emergency-on": _OPERATING,
        "close-all": _OPERATING,
        "rearm": _LOOSENING,
        "emergency-off": _LOOSENING,
        "confirm-balance": _LOOSENING,
        "propose": _LOOSENING,
        "approve": _LOOSENING,
        "reject": _LOOSENING,
        "end-override": _LOOSENING,
        "acknowledge-limits": _LOOSENING,
    }
)
#: What machines may order as well, because it only ever takes risk away.
TIGHTENING = frozenset({"trip", "emergency-on", "close-all"})
#: A second look at what somebody else wants: not for a person that an administrator has just made.
SECOND_LOOK = frozenset({"approve", "acknowledge-limits"})


def may(role: Role, command: str) -> bool:
    """Whether ``role`` may give ``command``.

    >>> may(Role.OPERATOR, "trip"), may(Role.OPERATOR, "rearm"), may(Role.ADMINISTRATOR, "trip")
    (True, False, False)
    >>> may(Role.RISK_MANAGER, "launch")
    False
    """
    return role in COMMAND_ROLES.get(command, frozenset())


def roles_for(command: str) -> str:
    """The roles that may give ``command``, in words.

    >>> roles_for("trip"), roles_for("launch")
    ('operator or risk_manager', 'nobody')
    """
    return " or ".join(r for r in Role if may(r, command)) or "nobody"
