"""What anybody who may look is told: as the bot said it, and honestly when it is not known."""

from __future__ import annotations

import pytest

from riskplugin.control.permissions import Role
from tests.dashboard.bots import BTC, SOL
from tests.dashboard.conftest import API, House
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("DB-1", "EM-2")


def test_the_status_is_what_the_bot_said_with_its_age(house: House) -> None:
    told = house.client().get(f"{API}/status").json()
    assert told["bot"] == "alpha"
    assert told["breaker"]["state"] == "closed"
    assert [p["pair"] for p in told["positions"]] == list(house.bot.held)
    assert told["silent"] is False
    assert told["age_s"] < 60


def test_the_bars_say_how_much_of_each_limit_is_used(house: House) -> None:
    house.bot.loss = 120.0
    house.bot.loop()
    used = {g["name"]: g for g in house.client().get(f"{API}/limits").json()["used"]}
    assert set(used) == {"day", "drawdown", "exposure", "score", "positions"}
    assert used["day"]["trip"] == 2.0
    assert used["day"]["value"] == pytest.approx(1.2, abs=0.1)
    assert "of 2 %" in used["day"]["text"]


def test_refusals_are_listed_with_their_reasons_and_filtered(house: House) -> None:
    house.bot.ask(BTC, 10)
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loop()
    client = house.client()
    refused = client.get(f"{API}/decisions", params={"verdict": "refused"}).json()["decisions"]
    assert [d["pair"] for d in refused] == [SOL]
    assert refused[0]["reasons"][0]["text"]
    assert client.get(f"{API}/decisions", params={"pair": "NO/ONE"}).json()["decisions"] == []
    assert len(client.get(f"{API}/decisions", params={"limit": 1}).json()["decisions"]) <= 1


def test_metrics_come_as_a_series_in_percent(house: House) -> None:
    points = house.client().get(f"{API}/metrics").json()
    assert points
    assert points[-1]["equity"] == pytest.approx(10_000)
    assert points[-1]["drawdown_pct"] == pytest.approx(0)


def test_events_are_the_latest_records(house: House) -> None:
    found = house.client().get(f"{API}/events", params={"kind": "SessionStarted"}).json()
    assert [e["kind"] for e in found] == ["SessionStarted"]


def test_one_answer_holds_all_that_the_page_shows(house: House) -> None:
    told = house.client().get(f"{API}/overview").json()
    assert set(told) >= {"session", "status", "used", "alerts", "health", "holdings"}
    assert told["session"]["name"] == "sam"
    assert "trip" in told["session"]["may"]


def test_once_somebody_is_registered_looking_needs_a_sign_in(house: House) -> None:
    token = house.hire("vera", Role.VIEWER)
    assert house.client().get(f"{API}/status").status_code == 401
    told = house.client().get(f"{API}/session").json()
    assert (told["registered"], told["may_read"], told["bots"]) == (True, False, [])
    assert house.client(token).get(f"{API}/status").status_code == 200


def test_an_unknown_bot_is_not_found_and_the_people_are_no_bot(house: House) -> None:
    house.hire("vera", Role.VIEWER)
    token = house.people.sign_in("vera", "my very own sentence 42")
    client = house.client(token)
    assert client.get(f"{API}/status", params={"bot": "people"}).status_code == 404
    assert client.get(f"{API}/session").json()["bots"] == ["alpha"]


def test_a_ledger_that_cannot_be_read_is_503_with_words(house: House) -> None:
    attacker = Attacker(house.bot.url)
    attacker.run("UPDATE status SET payload = '{}'")
    attacker.close()
    answer = house.client().get(f"{API}/status")
    assert answer.status_code == 503
    assert "damaged" in answer.json()["detail"]
    assert "retry-after" in answer.headers


def test_the_page_and_its_parts_come_from_the_package_under_a_strict_policy(house: House) -> None:
    client = house.client()
    page = client.get("/risk")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    for name in ("app.js", "api.js", "cards.js", "sheet.js", "style.css", "plotly.js", "icon.svg"):
        assert client.get(f"/risk/{name}").status_code == 200, name
    assert client.get("/risk/..%2fserver.py").status_code == 404


def test_a_foreign_host_name_on_the_loopback_address_is_refused(house: House) -> None:
    answer = house.client().get(f"{API}/status", headers={"Host": "evil.example:8087"})
    assert answer.status_code == 403
