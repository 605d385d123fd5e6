"""The records of who people are: whole, without a fork, and stronger than the tables."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from riskplugin.ledger import open_reader
from riskplugin.ledger.privacy.encryption import new_key
from riskplugin.ledger.proof.verify import verify
from riskplugin.ports import LedgerError
from tests.control.people_made import GIVEN, OWN, Office
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("AU-5", "AU-2")


@pytest.fixture
def staffed(office: Office) -> Office:
    """Ann administrates, Max manages risk."""
    office.hire("ann", Role.ADMINISTRATOR)
    office.hire("max", Role.RISK_MANAGER, by="ann")
    return office


def sql(office: Office, statement: str, **values: object) -> list[tuple[object, ...]]:
    """What somebody does who may write the file."""
    file = office.folder / "user_data" / "risk.sqlite"
    return Attacker(f"sqlite:///{file}", bot="people").run(statement, **values)


def sound(office: Office) -> bool:
    url = f"sqlite:///{office.folder / 'user_data' / 'risk.sqlite'}"
    with closing(open_reader(url, base_dir=office.folder)) as reader:
        return verify(reader, "people").sound


def test_the_chain_of_people_is_sound(staffed: Office) -> None:
    staffed.enter("max")
    assert sound(staffed)


def test_a_password_put_into_the_database_lets_nobody_in(staffed: Office) -> None:
    from riskplugin.control.passwords import hashed

    sql(staffed, "UPDATE credentials SET password = :it", it=hashed("stolen" * 3))
    with pytest.raises(Denied, match="does not match its record"):
        staffed.another().sign_in("ann", "stolen" * 3)
    assert staffed.people.mismatches() == ["ann", "max"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credentials SET totp = NULL WHERE name = 'max'",
        "UPDATE credentials SET name = 'max' WHERE name = 'ann'",
        "DELETE FROM credentials",
    ],
)
def test_credentials_that_were_tampered_with_are_found(staffed: Office, statement: str) -> None:
    if "SET name" in statement:
        sql(staffed, "DELETE FROM credentials WHERE name = 'max'")
    sql(staffed, statement)
    with pytest.raises(Denied, match="does not match its record"):
        staffed.enter("max")
    assert "max" in staffed.people.mismatches()


@pytest.mark.parametrize("seen", [True, False])
def test_a_role_put_into_the_records_lets_nobody_in(staffed: Office, seen: bool) -> None:
    """Whether this process had read the record before or not."""
    people = staffed.people if seen else staffed.another()
    sql(
        staffed,
        "UPDATE events SET payload = replace(payload, 'risk_manager', 'administrator') "
        "WHERE kind = 'PersonAdded'",
    )
    if not seen:
        with pytest.raises(LedgerError, match="were changed"):
            people.everybody()
    else:
        found = people.find("max")
        assert found is not None
        assert found.role is Role.RISK_MANAGER
    assert not sound(staffed)


def test_records_that_are_gone_are_not_nobody(staffed: Office) -> None:
    """An empty chain would let everybody in as a guest."""
    sql(staffed, "DELETE FROM events")
    for people in (staffed.people, staffed.another()):
        with pytest.raises(LedgerError):
            people.anybody()


@pytest.mark.parametrize("change", ["DELETE FROM events", "UPDATE events SET hash = zeroblob(32)"])
def test_what_an_old_process_knew_is_held_against_what_is_there(
    staffed: Office, change: str
) -> None:
    sql(staffed, f"{change} WHERE seq = (SELECT max(seq) FROM events)")
    with pytest.raises(LedgerError, match="were changed"):
        staffed.people.find("ann")


def test_two_administrators_at_once_make_no_fork(office: Office) -> None:
    office.hire("ann", Role.ADMINISTRATOR)
    failed: list[Exception] = []

    def add(first: int) -> None:
        people = office.another()
        for number in range(first, first + 4):
            try:
                people.add(f"person{number}", Role.VIEWER, GIVEN, by="ann")
            except (Denied, LedgerError) as error:
                failed.append(error)

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(office.people.everybody()) == 13
    assert sound(office)


def test_one_name_added_twice_at_once_is_one_person(office: Office) -> None:
    office.hire("ann", Role.ADMINISTRATOR)
    told: list[str] = []

    def add() -> None:
        try:
            office.another().add("max", Role.VIEWER, GIVEN, by="ann")
            told.append("added")
        except Denied as denied:
            told.append(denied.text)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["added", "max is registered already", "max is registered already"]
    assert office.people.sign_in("max", GIVEN)


def test_no_secret_is_in_the_records(staffed: Office) -> None:
    rows = sql(staffed, "SELECT payload FROM events")
    secrets = [OWN, GIVEN, *staffed.phones.values()]
    secrets += [str(row[0]) for row in sql(staffed, "SELECT password FROM credentials")]
    assert not [s for s in secrets for (payload,) in rows if s in str(payload)]


@pytest.mark.spec("AU-4")
def test_an_encrypted_ledger_holds_no_second_factor_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cheap_passwords: None
) -> None:
    monkeypatch.setenv("RISKPLUGIN_ENCRYPTION_KEY", new_key())
    office = Office(tmp_path, encrypt=True)
    office.hire("ann", Role.ADMINISTRATOR)
    kept = [row[0] for row in sql(office, "SELECT totp FROM credentials WHERE totp IS NOT NULL")]
    assert kept
    assert not any(office.phones["ann"] in str(each) for each in kept)
    assert office.enter("ann")
    assert sound(office)
    monkeypatch.delenv("RISKPLUGIN_ENCRYPTION_KEY")
    office.clock.step(hours=1)
    with pytest.raises(LedgerError, match="RISKPLUGIN_ENCRYPTION_KEY"):
        office.another().sign_in("ann", OWN, "123456")


def test_no_bot_may_be_called_people(tmp_path: Path) -> None:
    risk = parse({})
    with pytest.raises(LedgerError, match="no bot may be called 'people'"):
        live_service(risk, risk.policy, bot="people", user_data=tmp_path / "user_data")
