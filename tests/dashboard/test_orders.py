"""Orders over REST: a person, a reason, a yes; given once, answered with what became of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest

from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.control.permissions import Role
from tests.dashboard.conftest import API, GIVEN, OWN, YES, House, operations

pytestmark = pytest.mark.spec("EM-2", "AU-5", "DB-2")

#: Orders of the sign-in, which everybody gives about itself.
OWN_AFFAIRS = ("/login", "/logout", "/password", "/second-factor", "/second-factor/confirm")
FILLED = {"{name}": "vera", "{alert}": "1", "{proposal}": "1", "{override}": "1"}
#: Adds no order: what waits was ordered by somebody who may.
HARMLESS = ("/obey",)


def controls(house: House) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"{\w+}", lambda found: FILLED[found[0]], path))
        for method, path, _ in operations(house)
        if method != "get" and not path.endswith((*OWN_AFFAIRS, *HARMLESS))
    ]


def send(client: httpx.Client, method: str, path: str, body: Any) -> httpx.Response:
    return client.request(method, path, json=body)


def test_a_viewer_gets_403_on_every_control_that_the_app_lists(house: House) -> None:
    client = house.client(house.hire("vera", Role.VIEWER))
    listed = controls(house)
    assert len(listed) >= 16
    for method, path in listed:
        for body in (YES, {}):
            assert send(client, method, path, body).status_code == 403, (method, path)


def test_without_a_sign_in_every_control_is_401(house: House) -> None:
    house.hire("vera", Role.VIEWER)
    for method, path in controls(house):
        assert send(house.client(), method, path, YES).status_code == 401, (method, path)


def test_an_administrator_orders_nothing_but_people(house: House) -> None:
    client = house.client(house.hire("root", Role.ADMINISTRATOR))
    for method, path in controls(house):
        if "/people" not in path:
            assert send(client, method, path, YES).status_code == 403, (method, path)
    assert [p["name"] for p in client.get(f"{API}/people").json()] == ["root"]


def test_an_operator_may_stop_and_may_not_let_go_on(house: House) -> None:
    client = house.client(house.hire("olga", Role.OPERATOR))
    house.bot.run()
    assert client.post(f"{API}/trip", json=YES).json()["state"] == "done"
    assert client.post(f"{API}/rearm", json=YES).status_code == 403
    on = client.post(f"{API}/emergency", json={**YES, "on": True})
    assert on.json()["outcome"] == "done"
    assert client.post(f"{API}/emergency", json={**YES, "on": False}).status_code == 403
    assert house.bot.service.state.latched_by == "olga"


def test_the_bot_refuses_with_409_and_its_words(house: House) -> None:
    client = house.client(house.hire("olga", Role.OPERATOR))
    house.bot.run()
    client.post(f"{API}/trip", json=YES)
    again = client.post(f"{API}/trip", json=YES)
    assert again.status_code == 409
    assert "latched already" in again.json()["detail"]


def test_a_bot_that_does_not_answer_is_202_and_can_be_asked_again(house: House) -> None:
    object.__setattr__(house.office, "patience", 0.0)
    client = house.client()
    given = client.post(f"{API}/trip", json=YES)
    assert given.status_code == 202
    number = given.json()["id"]
    assert client.get(f"{API}/controls/{number}").json()["state"] == "waiting"
    house.bot.loop()
    assert client.get(f"{API}/controls/{number}").json()["state"] == "done"
    assert client.get(f"{API}/controls/{number + 1}").status_code == 404


def test_a_double_tap_orders_once(house: House) -> None:
    object.__setattr__(house.office, "patience", 0.0)
    client = house.client()
    key = {"Idempotency-Key": "tap-1"}
    first = client.post(f"{API}/trip", json=YES, headers=key).json()
    second = client.post(f"{API}/trip", json=YES, headers=key).json()
    assert first["id"] == second["id"]
    assert client.post(f"{API}/close-all", json=YES, headers=key).status_code == 422
    assert client.post(f"{API}/trip", json=YES).json()["id"] != first["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"confirm": True},
        {"reason": "", "confirm": True},
        {"reason": "  \t ", "confirm": True},
        {"reason": "x" * 501, "confirm": True},
        {"reason": "why", "confirm": False},
        {"reason": "why"},
        {"reason": "why", "confirm": True, "force": True},
        [],
        "trip",
    ],
)
def test_an_order_without_reason_or_yes_is_422_and_orders_nothing(house: House, body: Any) -> None:
    answer = house.client().post(f"{API}/trip", json=body)
    assert answer.status_code == 422
    house.bot.loop()
    assert house.bot.service.state.latched_by is None


def test_a_wrong_request_does_not_echo_a_password(house: House) -> None:
    answer = house.client().post(f"{API}/login", json={"name": "a", "password": ["hunter2-secret"]})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_brute_force_is_slowed_and_told_when_to_come_again(house: House) -> None:
    house.hire("vera", Role.VIEWER)
    codes = [
        house.client().post(f"{API}/login", json={"name": "vera", "password": f"guess {n}"})
        for n in range(8)
    ]
    assert {c.status_code for c in codes[:5]} == {401}
    assert codes[-1].status_code == 429
    assert int(codes[-1].headers["retry-after"]) >= 1


def test_a_token_ends_with_signing_out(house: House) -> None:
    client = house.client(house.hire("olga", Role.OPERATOR))
    assert client.post(f"{API}/logout").status_code == 200
    assert client.get(f"{API}/status").status_code == 401
    assert client.post(f"{API}/trip", json=YES).status_code == 401


def test_a_disabled_person_orders_nothing_more(house: House) -> None:
    token = house.hire("olga", Role.OPERATOR)
    house.people.disable("olga", by="root")
    assert house.client(token).post(f"{API}/trip", json=YES).status_code in {401, 403}


def test_a_browser_signs_in_with_a_cookie_that_orders_only_with_the_pages_header(
    house: House,
) -> None:
    house.hire("olga", Role.OPERATOR)
    house.bot.run()
    client = house.client()
    page = {"X-Risk-Page": "1"}
    welcome = client.post(f"{API}/login", json={"name": "olga", "password": OWN}, headers=page)
    assert welcome.status_code == 200
    assert welcome.json()["token"] == ""
    cookie = welcome.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get(f"{API}/status").status_code == 200
    assert client.post(f"{API}/trip", json=YES).status_code == 403
    assert client.post(f"{API}/trip", json=YES, headers=page).json()["state"] == "done"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_does_not_say_that_it_is_json_is_refused(house: House, kind: str) -> None:
    answer = house.client().post(
        f"{API}/trip", content=b'{"reason": "x", "confirm": true}', headers={"Content-Type": kind}
    )
    assert answer.status_code == 415
    house.bot.loop()
    assert house.bot.service.state.latched_by is None


def test_a_request_beyond_the_size_is_413(house: House) -> None:
    body = {"reason": "x" * 70_000, "confirm": True}
    assert house.client().post(f"{API}/trip", json=body).status_code == 413


@pytest.mark.spec("AU-6")
def test_nobody_alone_loosens_a_limit_and_two_do(house: House) -> None:
    hard = {"breaker": {"daily_loss": {"trip_pct": 4.0}}}
    house.bot = house.bot.restarted({"control": {"newcomer_wait": "0s", "hard_limits": hard}})
    house.bot.run()
    rita = house.client(house.hire("rita", Role.RISK_MANAGER))
    rolf = house.client(house.hire("rolf", Role.RISK_MANAGER))
    looser = {**YES, "changes": {"breaker.daily_loss.trip_pct": 3.0}}
    assert rita.post(f"{API}/limits/proposals", json=looser).status_code == 200
    in_force = rita.get(f"{API}/limits").json()["in_force"]
    assert in_force["breaker"]["daily_loss"]["trip_pct"] == 2.0
    (waiting,) = rita.get(f"{API}/limits").json()["proposals"]
    approve = f"{API}/limits/proposals/{waiting['proposal']}/approve"
    assert rita.post(approve, json=YES).status_code == 409, "her own proposal"
    assert rolf.post(approve, json=YES).status_code == 200
    in_force = rita.get(f"{API}/limits").json()["in_force"]
    assert in_force["breaker"]["daily_loss"]["trip_pct"] == 3.0
    tighter = {**YES, "changes": {"breaker.daily_loss.trip_pct": 1.5}}
    assert rita.post(f"{API}/limits/proposals", json=tighter).status_code == 200
    used = {g["name"]: g["trip"] for g in rita.get(f"{API}/limits").json()["used"]}
    assert used["day"] == 1.5


@pytest.mark.spec("AL-3")
def test_an_alert_is_acknowledged_by_name(house: House) -> None:
    client = house.client(house.hire("olga", Role.OPERATOR))
    house.bot.run()
    client.post(f"{API}/trip", json=YES)
    (alert, *_) = client.get(f"{API}/alerts").json()
    assert client.post(f"{API}/alerts/{alert['id']}/acknowledge", json=YES).status_code == 200
    known = {a["id"]: a for a in client.get(f"{API}/alerts").json()}
    assert known[alert["id"]]["acknowledged_by"] == "olga"
    assert client.post(f"{API}/alerts/999999/acknowledge", json=YES).status_code == 409


def test_a_token_that_has_expired_is_401(house: House) -> None:
    house.hire("olga", Role.OPERATOR)
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    earlier = open_people(parse({}), house.bot.user_data, clock=lambda: yesterday)
    token = earlier.sign_in("olga", OWN)
    assert earlier.person_of(token).name == "olga"
    assert house.client(token).post(f"{API}/trip", json=YES).status_code == 401


def test_a_browsers_order_is_refused_from_a_second_factor_that_is_still_owed(
    house: House,
) -> None:
    house.hire("root", Role.ADMINISTRATOR)
    house.people.add("rita", Role.RISK_MANAGER, GIVEN, by="root")
    client = house.client(house.people.sign_in("rita", GIVEN))
    session = client.get(f"{API}/session").json()
    assert session["may"] == []
    assert len(session["owes"]) == 2
    assert client.post(f"{API}/trip", json=YES).status_code == 403
    own = client.post(f"{API}/password", json={"password": GIVEN, "new_password": OWN}).json()
    client = house.client(own["token"])
    begun = client.post(f"{API}/second-factor", json={"password": OWN}).json()
    code = pyotp.TOTP(begun["secret"]).now()
    done = client.post(f"{API}/second-factor/confirm", json={"code": code}).json()
    assert "trip" in house.client(done["token"]).get(f"{API}/session").json()["may"]
    needed = house.client().post(f"{API}/login", json={"name": "rita", "password": OWN})
    assert (needed.status_code, needed.json()["wants_code"]) == (401, True)


def test_an_administrator_adds_and_disables_by_name(house: House) -> None:
    root = house.client(house.hire("root", Role.ADMINISTRATOR))
    new = {**YES, "name": "olga", "role": "operator", "password": GIVEN}
    added = root.post(f"{API}/people", json=new)
    assert added.status_code == 201
    assert GIVEN not in added.text
    assert root.post(f"{API}/people/olga/role", json={**YES, "role": "viewer"}).is_success
    assert root.post(f"{API}/people/olga/disable", json=YES).json()["disabled"] is True
    assert house.client().post(
        f"{API}/login", json={"name": "olga", "password": GIVEN}
    ).status_code in {401, 403}
    missing = root.post(f"{API}/people/nobody/disable", json=YES)
    assert missing.status_code in {404, 422}, missing.text


def test_a_cookie_that_is_over_leads_to_the_sign_in_and_to_no_order(house: House) -> None:
    house.hire("olga", Role.OPERATOR)
    client, page = house.client(), {"X-Risk-Page": "1"}
    client.post(f"{API}/login", json={"name": "olga", "password": OWN}, headers=page)
    house.people.revoke("olga", by="root")
    session = client.get(f"{API}/session", headers=page)
    assert session.status_code == 200
    assert session.json()["may_read"] is False
    assert client.get(f"{API}/status", headers=page).status_code == 401
    assert client.post(f"{API}/trip", json=YES, headers=page).status_code == 401


def test_a_file_is_acknowledged_by_whoever_saw_that_one(house: House) -> None:
    looser: dict[str, Any] = {"breaker": {"drawdown": {"trip_pct": 20}}}
    house.bot = house.bot.restarted(looser)
    client = house.client()
    house.bot.run()
    seen = client.get(f"{API}/limits").json()["unacknowledged"]["version"]
    other = client.post(f"{API}/limits/acknowledge", json={**YES, "version": "another"})
    assert other.status_code == 409
    answer = client.post(f"{API}/limits/acknowledge", json={**YES, "version": seen})
    assert answer.json()["outcome"] == "done"
