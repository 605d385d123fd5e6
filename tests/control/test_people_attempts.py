"""Whoever guesses is slowed, in every process, and locks nobody else out."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest

from riskplugin.control.attempts import Attempts
from riskplugin.control.people import Denied, People
from riskplugin.control.people_chain import PeopleChain
from riskplugin.control.permissions import Role
from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from tests.control.people_made import GIVEN, OWN, Office

pytestmark = pytest.mark.spec("AU-5")

HERE, THERE = "192.0.2.1", "198.51.100.9"


@pytest.fixture
def ann(office: Office) -> Office:
    """Ann, who never signed in from anywhere."""
    office.people.add("ann", Role.ADMINISTRATOR, OWN, by="root")
    return office


def guess(people: People, name: str = "ann", address: str = THERE) -> Denied:
    with pytest.raises(Denied) as denied:
        people.sign_in(name, "wrong" * 4, address=address)
    return denied.value


@pytest.mark.parametrize("name", ["ann", "eve"])
def test_the_sixth_guess_waits_twice_as_long_each_time(ann: Office, name: str) -> None:
    """A name that nobody has is answered in the same way."""
    for _ in range(5):
        assert guess(ann.people, name).status == 401
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        refused = guess(ann.people, name)
        assert (refused.status, refused.retry_after) == (429, seconds)
        ann.clock.step(seconds=seconds, microseconds=-1)
        assert guess(ann.people, name).status == 429
        ann.clock.step(microseconds=1)
        assert guess(ann.people, name).status == 401


def test_a_refused_attempt_is_not_even_looked_at(ann: Office) -> None:
    for _ in range(5):
        guess(ann.people)
    with pytest.raises(Denied) as denied:
        ann.people.sign_in("ann", OWN, address=THERE)
    assert denied.value.status == 429


def test_all_processes_count_together(ann: Office) -> None:
    for _ in range(5):
        guess(ann.another())
    assert guess(ann.another()).status == 429


def test_many_at_once_are_counted_before_they_are_looked_at(ann: Office) -> None:
    """A hundred at the same moment are five guesses, not a hundred."""
    attempts = Attempts(ann.people._tables)
    passed = 0
    for _ in range(100):
        try:
            attempts.count("ann", THERE, ann.clock.now)
            passed += 1
        except Denied:
            pass
    assert passed == 5


def test_many_names_from_one_address_are_slowed(ann: Office) -> None:
    told = [guess(ann.people, f"name{n}").status for n in range(6)]
    assert told == [401] * 5 + [429]
    assert guess(ann.people, "ann", HERE).status == 401


def test_many_addresses_at_one_name_are_slowed(ann: Office) -> None:
    told = [guess(ann.people, address=f"203.0.113.{n}").status for n in range(6)]
    assert told == [401] * 5 + [429]


def test_a_network_of_ipv6_is_one_address(ann: Office) -> None:
    told = [guess(ann.people, f"n{n}", f"2001:db8::{n}").status for n in range(6)]
    assert told == [401] * 5 + [429]


def test_the_right_password_after_the_wait_works_and_clears(ann: Office) -> None:
    for _ in range(5):
        guess(ann.people)
    ann.clock.step(seconds=1)
    assert ann.people.sign_in("ann", OWN, address=HERE)
    assert guess(ann.people, address=HERE).status == 401


def test_nobody_is_locked_out_of_where_they_come_from(ann: Office) -> None:
    ann.people.sign_in("ann", OWN, address=HERE)
    for n in range(200):
        guess(ann.people, address=f"203.0.113.{n}")
    assert guess(ann.people, address=THERE).status == 429
    assert ann.people.sign_in("ann", OWN, address=HERE)


def test_a_known_address_is_no_free_place_to_guess_from(ann: Office) -> None:
    ann.people.sign_in("ann", OWN, address=HERE)
    told = [guess(ann.people, address=HERE).status for _ in range(6)]
    assert told[-1] == 429


def test_an_own_account_does_not_clear_guesses_at_another(ann: Office) -> None:
    ann.people.sign_in("ann", OWN)
    ann.people.confirm_totp(*_enrolled(ann))
    ann.people.add("eve", Role.VIEWER, GIVEN, by="ann")
    told = []
    for _ in range(7):
        told.append(guess(ann.people, address=THERE).status)
        if told[-1] == 401 and len(told) < 5:
            ann.people.sign_in("eve", GIVEN, address=THERE)
    assert 429 in told


def _enrolled(office: Office) -> tuple[str, str]:
    token = office.people.sign_in("ann", OWN)
    office.phones["ann"] = office.people.enrol(token, OWN).secret
    code = office.code("ann")
    assert code is not None
    return token, code


def test_codes_are_guessed_as_slowly_as_passwords(ann: Office) -> None:
    ann.people.confirm_totp(*_enrolled(ann))
    told = []
    for number in range(7):
        with pytest.raises(Denied) as denied:
            ann.people.sign_in("ann", OWN, f"{number:06}", THERE)
        told.append(denied.value.status)
    assert told[-1] == 429


def test_first_codes_are_guessed_as_slowly(ann: Office) -> None:
    token, _ = _enrolled(ann)
    told = []
    for number in range(7):
        with pytest.raises(Denied) as denied:
            ann.people.confirm_totp(token, f"{number:06}", THERE)
        told.append(denied.value.status)
    assert told[-1] == 429


def test_failures_are_forgotten_after_a_day(ann: Office) -> None:
    for _ in range(5):
        guess(ann.people)
    ann.clock.step(days=1, seconds=1)
    assert [guess(ann.people).status for _ in range(5)] == [401] * 5


def test_a_clock_that_was_far_ahead_locks_nobody_out(ann: Office) -> None:
    ann.clock.step(days=400)
    for _ in range(5):
        guess(ann.people)
    ann.clock.step(days=-400)
    assert ann.people.sign_in("ann", OWN, address=THERE)


def test_a_lock_is_recorded_for_people_and_not_for_names_that_nobody_has(ann: Office) -> None:
    for _ in range(5):
        guess(ann.people)
        guess(ann.people, "eve", HERE)
    url = f"sqlite:///{ann.folder / 'user_data' / 'risk.sqlite'}"
    with closing(open_reader(url, base_dir=ann.folder)) as reader:
        told = reader.events("people", kinds=[ev.SignInLocked])
    assert [(e.name, e.failures, e.address) for e in told if isinstance(e, ev.SignInLocked)] == [
        ("ann", 5, THERE)
    ]


@pytest.mark.slow
def test_a_hundred_real_guesses_take_long(ann: Office) -> None:
    """By the clock on the wall: five tries, and then one a second, two, four …"""
    from riskplugin.control.people import utc_now

    ann.people._sign_in._clock = utc_now
    began, tried = time.monotonic(), 0
    while time.monotonic() - began < 4:
        tried += guess(ann.people).status == 401
    assert tried <= 7


def test_a_lock_costs_the_same_for_a_name_that_nobody_has(
    ann: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening the chain of people takes longer than a guess: that would tell who is registered."""
    opened: list[str] = []
    write = PeopleChain.write

    def counting(chain: PeopleChain, make: Any, *, signed: bool = True) -> None:
        opened.append(name)
        write(chain, make, signed=signed)

    monkeypatch.setattr(PeopleChain, "write", counting)
    for name in ("ann", "eve"):
        for _ in range(5):
            guess(ann.people, name, HERE if name == "eve" else THERE)
    assert opened == ["ann", "eve"]
