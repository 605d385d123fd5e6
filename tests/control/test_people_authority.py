"""A command that lies in the ledger is judged when it is carried out, not when it was left."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.control.authority import authority
from riskplugin.control.permissions import COMMAND_ROLES, TIGHTENING, Role, may
from riskplugin.core.breaker import BreakerState
from riskplugin.ledger import open_reader
from riskplugin.ports import Control
from tests.control.people_made import START, Office
from tests.service.world import World

pytestmark = pytest.mark.spec("AU-5", "EM-2")

COMMANDS = sorted(set(COMMAND_ROLES) - {"read", "people"})


@pytest.fixture
def staffed(office: Office) -> Office:
    """One person of each role, two days ago."""
    office.hire("ann", Role.ADMINISTRATOR)
    for name, role in (("max", Role.RISK_MANAGER), ("olga", Role.OPERATOR), ("vic", Role.VIEWER)):
        office.hire(name, role, by="ann")
    office.clock.step(days=2)
    return office


def control(command: str, by: str, via: str = "cli") -> Control:
    return Control(id=1, command=command, by=by, reason="why", at=START, via=via)


@pytest.mark.parametrize("name", ["ann", "max", "olga", "vic"])
def test_a_person_s_role_decides(staffed: Office, name: str) -> None:
    person = staffed.people.find(name)
    assert person is not None
    asked = authority(staffed.people)
    for command in COMMANDS:
        assert (asked(control(command, name)) is None) is may(person.role, command), command


def test_who_is_not_registered_gives_no_command(office: Office) -> None:
    office.hire("ann", Role.ADMINISTRATOR)
    asked = authority(office.people)
    for by in ("eve", "root", "", "watchdog", "kill file", "riskplugin"):
        for command in COMMANDS:
            assert "not registered" in str(asked(control(command, by))), (by, command)


def test_the_watchdog_takes_risk_away_and_nothing_else(office: Office) -> None:
    office.hire("ann", Role.ADMINISTRATOR)
    asked = authority(office.people)
    for command in COMMANDS:
        refused = asked(control(command, "watchdog", via="watchdog"))
        assert (refused is None) is (command in TIGHTENING), command


def test_before_anybody_is_registered_everybody_may_but_the_watchdog(office: Office) -> None:
    asked = authority(office.people)
    assert asked(control("rearm", "root")) is None
    assert asked(control("rearm", "watchdog", via="watchdog")) is not None


def test_what_happened_since_the_command_was_left_counts(staffed: Office) -> None:
    asked, left = authority(staffed.people), control("rearm", "max")
    assert asked(left) is None
    staffed.people.change_role("max", Role.OPERATOR, by="ann")
    assert "may not give rearm" in str(asked(left))
    staffed.people.disable("olga", by="ann")
    assert "disabled" in str(asked(control("trip", "olga")))


def test_the_bot_refuses_what_its_people_may_not(tmp_path: Path, cheap_passwords: None) -> None:
    """The whole way: a person signs in, the command lies in the ledger, the bot looks it up."""
    office = Office(tmp_path, control={"second_factor": False})
    risk = parse({"control": office.control})
    service = live_service(risk, risk.policy, bot="bot", user_data=tmp_path / "user_data")
    with (
        closing(service),
        closing(
            open_reader(f"sqlite:///{tmp_path}/user_data/risk.sqlite", base_dir=tmp_path)
        ) as at,
    ):
        office.hire("ann", Role.ADMINISTRATOR)
        office.hire("olga", Role.OPERATOR, by="ann")
        trip = at.post_control("bot", "trip", "olga", "too hot")
        rearm = at.post_control("bot", "rearm", "olga", "bored")
        stranger = at.post_control("bot", "rearm", "eve", "bored")
        service.tick(World().book())
        assert at.control_outcome(trip) == "done"
        assert "may not give rearm" in str(at.control_outcome(rearm))
        assert "eve is not registered" in str(at.control_outcome(stranger))
        assert service.state.breaker is BreakerState.LATCHED
