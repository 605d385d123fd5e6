"""An administrator who lost password and phone is let in again by whoever can write the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from riskplugin.control.person import OWES_PASSWORD, OWES_SECOND_FACTOR, checked_name
from riskplugin.control.registry import SHELL
from riskplugin.core import events as ev
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.control.people_made import GIVEN, OWN, Office

pytestmark = pytest.mark.spec("AU-5")


@pytest.fixture(autouse=True)
def _root(office: Office) -> None:
    """One administrator."""
    office.hire("root", Role.ADMINISTRATOR)


def reader_of(office: Office) -> LedgerReader:
    return open_reader(office.url, base_dir=office.folder)


def test_password_and_second_factor_are_owed_again_and_the_newcomer_waits_again(
    office: Office,
) -> None:
    office.clock.step(hours=100)
    found = office.people.recover("root", GIVEN, login="eve", reason="lost")
    assert found.owes == (OWES_PASSWORD, OWES_SECOND_FACTOR)
    assert found.since == office.clock.now
    token = office.people.sign_in("root", GIVEN)  # no code is asked for
    with pytest.raises(Denied, match="set an own password"):
        office.people.add("max", Role.VIEWER, OWN, by="root")
    assert office.people.person_of(token).name == "root"


def test_whoever_signed_in_before_is_out(office: Office) -> None:
    token = office.enter("root")
    office.people.recover("root", GIVEN, login="eve")
    with pytest.raises(Denied) as refused:
        office.people.person_of(token)
    assert refused.value.status == 401


def test_the_record_names_the_login_as_no_person_can_be_called(office: Office) -> None:
    office.people.recover("root", GIVEN, login="root", reason="lost")
    reader = reader_of(office)
    (found,) = reader.events(PEOPLE_CHAIN, kinds=[ev.CredentialSet], limit=1, newest_first=True)
    reader.close()
    assert isinstance(found, ev.CredentialSet)
    assert (found.by, found.own, found.second_factor) == (f"{SHELL}root", False, False)
    with pytest.raises(Denied):
        checked_name(found.by)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.RISK_MANAGER])
def test_nobody_else_comes_in_this_way(office: Office, role: Role) -> None:
    office.hire("max", role)
    with pytest.raises(Denied, match="no enabled administrator"):
        office.people.recover("max", GIVEN, login="eve")
    assert office.people.find("max") == office.another().find("max")
    office.clock.step(minutes=1)
    assert office.enter("max")


def test_what_an_administrator_may_not_choose_the_shell_may_not_either(office: Office) -> None:
    with pytest.raises(Denied):
        office.people.recover("root", "short", login="eve")
    with pytest.raises(Denied, match="nobody is called"):
        office.people.recover("eve", GIVEN, login="eve")


def test_it_mends_credentials_that_were_swapped_in_the_database(office: Office) -> None:
    reader = reader_of(office)
    with reader.connection("tampering") as connection:
        connection.exec_driver_sql("DELETE FROM credentials")
    reader.close()
    assert office.people.mismatches() == ["root"]
    office.people.recover("root", GIVEN, login="eve")
    assert office.people.mismatches() == []
    office.clock.step(seconds=timedelta(minutes=20).total_seconds())
    assert office.people.sign_in("root", GIVEN)
