"""Registering and changing people: by whom, with what left, and what a newcomer may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from tests.control.people_made import GIVEN, OWN, Office

pytestmark = pytest.mark.spec("AU-5")

Change = Callable[[], object]

MANAGER, OPERATOR = Role.RISK_MANAGER, Role.OPERATOR
ADMINISTRATOR, VIEWER = Role.ADMINISTRATOR, Role.VIEWER


@pytest.fixture
def staffed(office: Office) -> Office:
    """Ann administrates, Max manages risk, Olga operates, Vic looks."""
    office.hire("ann", ADMINISTRATOR)
    for name, role in (("max", MANAGER), ("olga", OPERATOR), ("vic", VIEWER)):
        office.hire(name, role, by="ann")
    return office


def test_while_nobody_is_registered_the_door_s_name_acts_as_risk_manager(office: Office) -> None:
    guest = office.people.guest("root")
    assert (guest.name, guest.role, guest.registered) == ("root", MANAGER, False)
    office.people.permit(guest, "rearm")
    with pytest.raises(Denied, match="second person"):
        office.people.permit(guest, "approve")


def test_from_the_first_person_on_nobody_is_a_guest(office: Office) -> None:
    guest = office.people.guest("root")
    office.hire("ann", ADMINISTRATOR)
    doors: list[Change] = [
        lambda: office.people.guest("root"),
        lambda: office.people.permit(guest, "trip"),
    ]
    for ask in doors:
        with pytest.raises(Denied, match="sign in") as denied:
            ask()
        assert denied.value.status == 401


@pytest.mark.parametrize("role", [VIEWER, OPERATOR, MANAGER])
def test_the_first_person_has_to_be_an_administrator(office: Office, role: Role) -> None:
    with pytest.raises(Denied, match="administrator"):
        office.people.add("max", role, OWN, by="root")
    assert not office.people.anybody()


@pytest.mark.parametrize("by", ["max", "olga", "vic", "root", "nobody", ""])
def test_only_an_administrator_changes_who_people_are(staffed: Office, by: str) -> None:
    people = staffed.people
    before = people.everybody()
    changes: list[Change] = [
        lambda: people.add("eve", VIEWER, GIVEN, by=by),
        lambda: people.change_role("vic", MANAGER, by=by),
        lambda: people.set_telegram("vic", 7, by=by),
        lambda: people.disable("ann", by=by),
        lambda: people.enable("vic", by=by),
        lambda: people.revoke("ann", by=by),
        lambda: people.set_password("ann", GIVEN, by=by),
        lambda: people.reset_second_factor("ann", by=by),
    ]
    for change in changes:
        with pytest.raises(Denied) as denied:
            change()
        assert denied.value.status == 403
    assert people.everybody() == before


@pytest.mark.parametrize("name", ["ANN", " ann ", "ａｎｎ", "Ann"])
def test_no_two_names_fold_alike(staffed: Office, name: str) -> None:
    with pytest.raises(Denied, match="registered already"):
        staffed.people.add(name, VIEWER, GIVEN, by="ann")


@pytest.mark.parametrize("name", ["a", "", "a b", "x" * 33, "-ab", "äb", "a/b", "watchdog", "a\nb"])
def test_a_name_that_cannot_be_is_refused(office: Office, name: str) -> None:
    with pytest.raises(Denied) as denied:
        office.people.add(name, ADMINISTRATOR, OWN, by="root")
    assert denied.value.status == 422


def test_there_is_always_an_administrator(staffed: Office) -> None:
    people = staffed.people
    leaving: list[Change] = [
        lambda: people.disable("ann", by="ann"),
        lambda: people.change_role("ann", MANAGER, by="ann"),
    ]
    for leave in leaving:
        with pytest.raises(Denied, match="last administrator"):
            leave()
    staffed.hire("bea", ADMINISTRATOR, by="ann")
    people.disable("ann", by="bea")
    with pytest.raises(Denied, match="last administrator"):
        people.disable("bea", by="bea")
    with pytest.raises(Denied, match="administrator"):
        people.enable("ann", by="ann")


def test_who_owes_something_gives_no_command(office: Office) -> None:
    office.hire("ann", ADMINISTRATOR)
    office.people.add("max", MANAGER, GIVEN, by="ann")
    token = office.people.sign_in("max", GIVEN)
    for owed in ("an own password", "a second factor"):
        with pytest.raises(Denied, match=owed) as denied:
            office.people.permit(office.people.person_of(token), "trip")
        assert denied.value.status == 403
        office.people.permit(office.people.person_of(token), "read")
        if owed == "an own password":
            token = office.people.own_password(token, GIVEN, OWN)


def test_an_administrator_with_a_given_password_changes_nobody(office: Office) -> None:
    office.hire("ann", ADMINISTRATOR)
    office.people.add("bea", ADMINISTRATOR, GIVEN, by="ann")
    with pytest.raises(Denied, match="own password"):
        office.people.disable("ann", by="bea")


def test_an_administrator_cannot_approve_by_making_two_people(staffed: Office) -> None:
    """Somebody new waits a day before a second look, however new: the others can see it coming."""
    people, clock = staffed.people, staffed.clock
    clock.step(days=2)
    token = staffed.enter("max")
    people.permit(people.person_of(token), "approve")
    changes: list[Change] = [
        lambda: people.change_role("olga", MANAGER, by="ann"),
        lambda: people.set_password("max", GIVEN, by="ann"),
        lambda: people.set_telegram("max", 12, by="ann"),
    ]
    for change, name in zip(changes, ("olga", "max", "max"), strict=True):
        clock.step(days=2)
        change()
        changed = people.find(name)
        assert changed is not None
        assert changed.since == clock.now
    people.reset_second_factor("max", by="ann")
    assert people.person_of(staffed.enter("olga")).owes


def test_a_newcomer_proposes_and_does_not_approve(office: Office) -> None:
    office.hire("ann", ADMINISTRATOR)
    token = office.hire("max", MANAGER, by="ann")
    people, clock = office.people, office.clock
    made = people.person_of(token).since
    assert made is not None
    for command in ("approve", "acknowledge-limits"):
        with pytest.raises(Denied, match="lately"):
            people.permit(people.person_of(token), command)
    people.permit(people.person_of(token), "propose")
    clock.now = made
    clock.step(hours=24)
    clock.step(microseconds=-1)
    late = people.find("max")
    assert late is not None
    with pytest.raises(Denied, match="lately"):
        people.permit(late, "approve")
    clock.step(microseconds=1)
    people.permit(late, "approve")


def test_the_wait_of_newcomers_can_be_none(tmp_path: Path, cheap_passwords: None) -> None:
    office = Office(tmp_path, control={"newcomer_wait": "0s", "second_factor": False})
    office.hire("ann", ADMINISTRATOR)
    token = office.hire("max", MANAGER, by="ann")
    office.people.permit(office.people.person_of(token), "approve")


def test_an_enabled_person_is_a_newcomer_again(staffed: Office) -> None:
    staffed.clock.step(days=9)
    staffed.people.disable("max", by="ann")
    staffed.people.enable("max", by="ann")
    back = staffed.people.find("max")
    assert back is not None
    with pytest.raises(Denied, match="lately"):
        staffed.people.permit(back, "approve")


def test_a_clock_that_was_set_back_makes_nobody_an_old_hand(staffed: Office) -> None:
    before = staffed.people.find("max")
    staffed.clock.step(days=-30)
    staffed.people.set_telegram("max", 5, by="ann")
    after = staffed.people.find("max")
    assert before is not None
    assert after is not None
    assert after.since == before.since
    with pytest.raises(Denied, match="lately"):
        staffed.people.permit(after, "approve")


def test_a_telegram_user_is_one_enabled_person(staffed: Office) -> None:
    people = staffed.people
    people.set_telegram("olga", 4711, by="ann")
    found = people.by_telegram(4711)
    assert found is not None
    assert found.name == "olga"
    with pytest.raises(Denied, match="olga is that"):
        people.set_telegram("max", 4711, by="ann")
    people.disable("olga", by="ann")
    assert people.by_telegram(4711) is None
    assert people.by_telegram(0) is None


def test_another_process_sees_the_same_people_at_once(staffed: Office) -> None:
    other = staffed.another()
    assert other.everybody() == staffed.people.everybody()
    staffed.people.disable("vic", by="ann")
    gone = other.find("vic")
    assert gone is not None
    assert gone.disabled
