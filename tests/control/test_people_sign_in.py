"""Signing in: passwords, codes, tokens, and what ends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import jwt
import pyotp
import pytest
from argon2 import PasswordHasher

from riskplugin.control import passwords
from riskplugin.control.people import Denied
from riskplugin.control.permissions import Role
from riskplugin.ports import LedgerError
from tests.control.people_made import GIVEN, OWN, Office

pytestmark = pytest.mark.spec("AU-5")


@pytest.fixture
def staffed(office: Office) -> Office:
    """Ann administrates, Max manages risk."""
    office.hire("ann", Role.ADMINISTRATOR)
    office.hire("max", Role.RISK_MANAGER, by="ann")
    office.clock.step(hours=1)
    return office


def test_passwords_are_hashed_with_argon2_s_own_defaults() -> None:
    made = passwords.hashed(OWN)
    assert made.startswith("$argon2id$")
    assert passwords.fits(OWN, made)
    assert not passwords.is_old(made)
    assert passwords.is_old(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OWN))
    assert not passwords.fits(OWN, None)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short-pass1", "at least 12"),
        ("x" * 257, "at most 256"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("Password123456", "easily guessed"),
        ("my friend MAX is nice", "the name"),
        ("freqtrade freqtrade", "easily guessed"),
    ],
)
def test_a_password_that_will_not_do_says_why(office: Office, password: str, why: str) -> None:
    with pytest.raises(Denied, match=why) as denied:
        office.people.add("max", Role.ADMINISTRATOR, password, by="root")
    assert denied.value.status == 422
    assert password not in str(denied.value)


@pytest.mark.parametrize("password", ["twelve-chars", "correct horse battery", "пароль не угадать"])
def test_a_long_password_will_do(office: Office, password: str) -> None:
    office.people.add("max", Role.ADMINISTRATOR, password, by="root")
    assert office.people.sign_in("max", password)


def test_a_wrong_name_password_or_code_is_one_answer(staffed: Office) -> None:
    right = staffed.code("max")
    tries = [("eve", OWN, right), ("max", "wrong" * 4, right), ("max", OWN, "000000")]
    told = []
    for name, password, code in tries:
        with pytest.raises(Denied) as denied:
            staffed.people.sign_in(name, password, code)
        told.append((denied.value.status, denied.value.text, denied.value.wants_code))
    assert set(told) == {(401, "name, password or code is wrong", False)}


def test_an_unknown_name_is_held_against_a_hash_as_well(
    staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time tells nothing either: each attempt costs exactly one comparison."""
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            compared.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", lambda: Counting(1, 8, 1))
    for name in ("max", "eve"):
        with pytest.raises(Denied):
            staffed.people.sign_in(name, "wrong" * 4)
    assert len(compared) == 2


def test_the_code_is_asked_for_once_the_password_was_right(staffed: Office) -> None:
    with pytest.raises(Denied) as denied:
        staffed.people.sign_in("max", OWN)
    assert (denied.value.status, denied.value.wants_code) == (401, True)


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_a_code_of_the_step_before_or_after_is_taken(staffed: Office, steps: int) -> None:
    at = staffed.clock.now + timedelta(seconds=30 * steps)
    code = pyotp.TOTP(staffed.phones["max"]).at(at)
    if abs(steps) < 2:
        assert staffed.people.sign_in("max", OWN, code)
    else:
        with pytest.raises(Denied, match="wrong"):
            staffed.people.sign_in("max", OWN, code)


def test_a_code_is_taken_once_in_all_processes(staffed: Office) -> None:
    code = staffed.code("max")
    staffed.people.sign_in("max", OWN, code)
    with pytest.raises(Denied, match="wrong"):
        staffed.another().sign_in("max", OWN, code)


def test_a_token_ends_with_its_time_to_the_second(staffed: Office) -> None:
    token = staffed.enter("max")
    staffed.clock.step(hours=12)
    staffed.clock.step(microseconds=-1)
    assert staffed.people.person_of(token).name == "max"
    staffed.clock.step(microseconds=1)
    with pytest.raises(Denied, match="over") as denied:
        staffed.people.person_of(token)
    assert denied.value.status == 401


def test_a_token_from_the_future_is_none(staffed: Office) -> None:
    token = staffed.enter("max")
    staffed.clock.step(seconds=-1)
    with pytest.raises(Denied, match="over"):
        staffed.people.person_of(token)


def test_a_shorter_life_holds_for_tokens_that_exist(staffed: Office) -> None:
    token = staffed.enter("max")
    staffed.control["token_life"] = "1h"
    staffed.clock.step(hours=2)
    with pytest.raises(Denied, match="over"):
        staffed.another().person_of(token)


def test_signing_out_ends_this_token_everywhere_and_no_other(staffed: Office) -> None:
    one, other = staffed.enter("max"), staffed.enter("max")
    staffed.people.sign_out(one)
    with pytest.raises(Denied):
        staffed.another().person_of(one)
    assert staffed.another().person_of(other).name == "max"


@pytest.mark.parametrize("what", ["role", "disable", "revoke", "password", "factor", "own"])
def test_what_ends_all_tokens(staffed: Office, what: str) -> None:
    people = staffed.people
    tokens = [staffed.enter("max"), staffed.enter("max")]
    match what:
        case "role":
            people.change_role("max", Role.OPERATOR, by="ann")
        case "disable":
            people.disable("max", by="ann")
            people.enable("max", by="ann")
        case "revoke":
            people.revoke("max", by="ann")
        case "password":
            people.set_password("max", GIVEN, by="ann")
        case "factor":
            people.reset_second_factor("max", by="ann")
        case "own":
            people.own_password(tokens[0], OWN, "another sentence 43")
    for token in tokens:
        with pytest.raises(Denied, match="over"):
            people.person_of(token)


def test_a_disabled_person_cannot_sign_in_and_is_told_nothing(staffed: Office) -> None:
    staffed.people.disable("max", by="ann")
    with pytest.raises(Denied, match="name, password or code is wrong"):
        staffed.enter("max")


def test_an_own_password_needs_the_old_one_and_is_another(staffed: Office) -> None:
    token = staffed.enter("max")
    with pytest.raises(Denied, match="wrong"):
        staffed.people.own_password(token, "wrong" * 4, "another sentence 43")
    with pytest.raises(Denied, match="old one"):
        staffed.people.own_password(token, OWN, OWN)
    assert staffed.people.person_of(token).name == "max"


def test_a_second_factor_counts_from_its_first_code_on(office: Office) -> None:
    office.people.add("ann", Role.ADMINISTRATOR, OWN, by="root")
    token = office.people.sign_in("ann", OWN)
    office.people.enrol(token, OWN)
    with pytest.raises(Denied, match="the code is wrong"):
        office.people.confirm_totp(token, "123456")
    assert office.people.sign_in("ann", OWN)  # still without
    secret = office.people.enrol(token, OWN).secret
    office.clock.step(minutes=16)
    with pytest.raises(Denied, match="the code is wrong"):  # too late
        office.people.confirm_totp(token, pyotp.TOTP(secret).at(office.clock.now))


def test_a_second_factor_is_not_replaced_by_whoever_holds_a_token(staffed: Office) -> None:
    token = staffed.enter("max")
    with pytest.raises(Denied, match="there is a second factor"):
        staffed.people.enrol(token, OWN)


def test_a_hash_with_old_parameters_is_made_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.people.add("ann", Role.ADMINISTRATOR, OWN, by="root")
    before = office.people._chain.read().entries["ann"].digest
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(2, 16, 1))
    token = office.people.sign_in("ann", OWN)
    after = office.people._chain.read().entries["ann"].digest
    assert office.people.person_of(token).name == "ann"
    assert before != after
    assert office.people.mismatches() == []
    assert office.people.sign_in("ann", OWN)
    assert office.people._chain.read().entries["ann"].digest == after


@pytest.mark.parametrize(
    "change",
    [
        {"role": "administrator"},
        {"sub": "ann"},
        {"gen": 0},
        {"aud": "another"},
        {"exp": None},
        {"jti": None},
    ],
)
def test_a_token_that_says_something_else_is_none(staffed: Office, change: dict[str, Any]) -> None:
    """Even one that is signed with the right key: it has to say what the records say."""
    token = staffed.enter("max")
    key = (staffed.folder / "user_data" / "risk_token.key").read_text()
    claims = jwt.decode(token, options={"verify_signature": False}) | change
    forged = jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm="HS256")
    with pytest.raises(Denied, match="over"):
        staffed.people.person_of(forged)


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_the_algorithm_is_not_the_token_s_choice(staffed: Office, algorithm: str) -> None:
    key = (staffed.folder / "user_data" / "risk_token.key").read_text()
    claims = jwt.decode(staffed.enter("max"), options={"verify_signature": False})
    forged = jwt.encode(claims, "" if algorithm == "none" else key * 2, algorithm=algorithm)
    with pytest.raises(Denied, match="over"):
        staffed.people.person_of(forged)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "a" * 10_000, "\x00", "😀.😀.😀"])
def test_what_is_no_token_is_refused(staffed: Office, token: str) -> None:
    with pytest.raises(Denied, match="over"):
        staffed.people.person_of(token)


def test_the_key_lies_in_a_file_that_nobody_else_may_read(staffed: Office) -> None:
    file = staffed.folder / "user_data" / "risk_token.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(LedgerError, match="others may read"):
        staffed.people.person_of("a.b.c")


def test_the_key_of_the_environment_goes_first(
    staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = staffed.enter("max")
    monkeypatch.setenv("RISKPLUGIN_TOKEN_KEY", "k" * 32)
    with pytest.raises(Denied, match="over"):
        staffed.people.person_of(token)
    monkeypatch.setenv("RISKPLUGIN_TOKEN_KEY", "too short")
    with pytest.raises(LedgerError, match="32 characters"):
        staffed.people.person_of(token)


def test_a_token_of_another_ledger_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cheap_passwords: None
) -> None:
    monkeypatch.setenv("RISKPLUGIN_TOKEN_KEY", "k" * 32)
    here, there = Office(tmp_path / "a"), Office(tmp_path / "b")
    token = here.hire("ann", Role.ADMINISTRATOR)
    there.hire("ann", Role.ADMINISTRATOR)
    with pytest.raises(Denied, match="over"):
        there.people.person_of(token)
