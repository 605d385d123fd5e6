"""Who may do what: the whole table, once more, so that a slip in one of the two shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.control.permissions import (
    COMMAND_ROLES,
    SECOND_LOOK,
    TIGHTENING,
    Role,
    may,
    roles_for,
)
from riskplugin.core.commands import COMMANDS

pytestmark = pytest.mark.spec("AU-5", "AU-6")

#: viewer, operator, risk manager, administrator.
TABLE = {
    "read": (True, True, True, True),
    "people": (False, False, False, True),
    "repair": (False, False, True, True),
    "ack": (False, True, True, False),
    "trip": (False, True, True, False),
    "emergency-on": (False, True, True, False),
    "close-all": (False, True, True, False),
    "rearm": (False, False, True, False),
    "emergency-off": (False, False, True, False),
    "confirm-balance": (False, False, True, False),
    "propose": (False, False, True, False),
    "approve": (False, False, True, False),
    "reject": (False, False, True, False),
    "end-override": (False, False, True, False),
    "acknowledge-limits": (False, False, True, False),
}


def test_every_command_is_in_the_table() -> None:
    assert set(COMMAND_ROLES) == set(TABLE)
    assert set(COMMANDS) <= set(TABLE)


@pytest.mark.parametrize("command", TABLE)
def test_each_role_may_what_the_table_says(command: str) -> None:
    roles = (Role.VIEWER, Role.OPERATOR, Role.RISK_MANAGER, Role.ADMINISTRATOR)
    assert tuple(may(role, command) for role in roles) == TABLE[command]


@given(command=st.text(), role=st.sampled_from(Role))
def test_a_command_that_nobody_named_is_for_nobody(command: str, role: Role) -> None:
    if command not in TABLE:
        assert not may(role, command)
        assert roles_for(command) == "nobody"


def test_machines_may_take_risk_away_and_nothing_else() -> None:
    assert {"trip", "emergency-on", "close-all"} == TIGHTENING


def test_a_second_look_is_what_lets_limits_loosen() -> None:
    assert {"approve", "acknowledge-limits"} == SECOND_LOOK
