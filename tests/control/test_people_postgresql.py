"""The same people in a real PostgreSQL: registered, signed in, counted, without a fork."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.verify import verify
from tests.control.people_made import GIVEN, OWN, Office
from tests.databases import postgresql_server

pytestmark = [pytest.mark.spec("AU-5"), pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of its own."""
    with postgresql_server() as running:
        yield running.get_uri()


@pytest.mark.usefixtures("cheap_passwords")
def test_people_live_in_postgresql_as_well(server: str, tmp_path: Path) -> None:
    office = Office(tmp_path, url=server)
    office.people.prepare()
    token = office.hire("ann", Role.ADMINISTRATOR)
    assert office.another().person_of(token).name == "ann"
    failed: list[Exception] = []

    def add(number: int) -> None:
        try:
            office.another().add(f"person{number}", Role.VIEWER, GIVEN, by="ann")
        except Exception as error:  # noqa: BLE001  # told in the thread that asserts
            failed.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(office.people.everybody()) == 5

    code = office.code("ann")
    token = office.people.sign_in("ann", OWN, code)
    with pytest.raises(Denied, match="wrong"):
        office.people.sign_in("ann", OWN, code)
    office.people.sign_out(token)
    with pytest.raises(Denied, match="over"):
        office.people.person_of(token)
    told = []
    for _ in range(7):
        with pytest.raises(Denied) as denied:
            office.people.sign_in("person1", "wrong" * 4)
        told.append(denied.value.status)
    assert told == [401] * 5 + [429] * 2
    with closing(open_reader(server, base_dir=tmp_path)) as reader:
        assert verify(reader, "people").sound
