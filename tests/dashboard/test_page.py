"""The page in a real browser: what it shows, how one confirmed action stops the bot, who may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from riskplugin.control.permissions import Role
from tests.dashboard.bots import SOL
from tests.dashboard.browser import CHROMIUM, DESKTOP, PHONE, Browser, chromium
from tests.dashboard.conftest import OWN, House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.spec("DB-1", "DB-2", "EM-2"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]

NO_SIDEWAYS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with chromium(tmp_path / "profile") as running:
        running.resize(PHONE)
        yield running
        assert running.complaints == []


def test_the_state_is_seen_at_once_and_nothing_hangs_over_the_edge(
    house: House, browser: Browser
) -> None:
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loss = 320.0
    house.bot.run()
    browser.open(f"{house.url}/risk")
    browser.wait("document.getElementById('breaker')?.innerText.includes('Stopped')")
    text = browser.text()
    for words in ("alpha", "−3.20 %", "Used of each limit", "SOL/USDT:USDT", "leverage 50x"):
        assert words in text, words
    for size in (PHONE, DESKTOP):
        browser.resize(size)
        assert browser.run(NO_SIDEWAYS), size
        assert browser.run(
            "[...document.querySelectorAll('nav button')].every(b => b.scrollWidth <= b.clientWidth"
            " && b.getBoundingClientRect().height >= 44)"
        ), "a button is too small for a finger or for its words"


def test_a_trip_takes_a_reason_and_one_held_confirmation(house: House, browser: Browser) -> None:
    house.bot.run()
    browser.open(f"{house.url}/risk")
    browser.press("Trip")
    hold = "document.querySelector('.hold').disabled"
    assert browser.wait(hold), "without a reason nothing can be confirmed"
    browser.press("Market crash")
    browser.press("Hold to confirm")
    assert house.bot.service.state.latched_by is None, "a touch in passing orders nothing"
    browser.press("Hold to confirm", hold=1.0)
    browser.wait("document.getElementById('breaker').innerText.includes('Latched')")
    state = house.bot.service.state
    assert state.latched_by == "sam"
    assert "Market crash" in " ".join(state.tripped_by)
    assert "Re-arm" in browser.text()


def test_whoever_may_only_look_is_shown_no_controls(house: House, browser: Browser) -> None:
    house.hire("vera", Role.VIEWER)
    house.bot.run()
    browser.open(f"{house.url}/risk")
    browser.type("input[name=name]", "vera")
    browser.type("input[name=password]", OWN)
    browser.press("Sign in")
    browser.wait("document.getElementById('breaker') !== null")
    assert browser.run("document.getElementById('orders').hidden") is True
    assert "viewer" in browser.text()
    assert browser.run("document.cookie") == "", "no script can read the token"


def test_a_silent_bot_is_said_to_be_silent(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    monkeypatch.setattr("riskplugin.dashboard.told.SILENT_AFTER", timedelta(0))
    browser.open(f"{house.url}/risk")
    browser.wait("document.body.innerText.includes('The bot has been silent for')")


def test_a_name_that_others_chose_is_text_never_markup(house: House, browser: Browser) -> None:
    house.bot.ask("<img src=x onerror=alert(1)>", 150, leverage=50.0)
    house.bot.run()
    browser.open(f"{house.url}/risk")
    browser.wait("document.body.innerText.includes('<img src=x')")
    assert browser.run("document.querySelector('img')") is None
