"""What signing in leaves in the chain of people (AU-5)."""

from __future__ import annotations

import pytest

from riskplugin.control.permissions import Role
from riskplugin.core.events import PEOPLE_CHAIN, SignedIn
from riskplugin.ledger import open_reader
from tests.control.people_made import OWN, Office

pytestmark = pytest.mark.spec("AU-5")


def addresses(office: Office) -> list[str]:
    reader = open_reader(office.url, base_dir=office.folder)
    told = reader.events(PEOPLE_CHAIN, kinds=[SignedIn])
    reader.close()
    return [event.address for event in told if isinstance(event, SignedIn)]


def test_sign_ins_of_one_person_from_one_address_are_one_record_a_minute(office: Office) -> None:
    office.control["second_factor"] = False
    office.people = office.another()
    office.people.add("ann", Role.ADMINISTRATOR, OWN, by="root")
    for process in (office.people, office.another(), office.people):
        for address in ("192.0.2.1", "2001:db8::1", "2001:db8::2"):
            assert process.sign_in("ann", OWN, None, address)
    assert addresses(office) == ["192.0.2.1", "2001:db8::1"]
    office.clock.step(seconds=61)
    office.people.sign_in("ann", OWN, None, "192.0.2.1")
    office.clock.step(days=-1)
    office.people.sign_in("ann", OWN, None, "192.0.2.1")
    assert addresses(office)[2:] == ["192.0.2.1"] * 2, "a clock that was set back hides nobody"
