"""The page in a real browser: what it shows, how one confirmed action stops the bot, who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser

from riskplugin.control.permissions import Role
from tests.dashboard.bots import BTC, ETH, SOL
from tests.dashboard.browser import CHROMIUM, DESKTOP, PHONE, Visitor, chromium, visitor
from tests.dashboard.conftest import OWN, House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.spec("DB-1", "DB-2", "EM-2"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]

LATCHED = "document.getElementById('breaker').innerText.includes('Latched')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def window(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser) as made:
        yield made


def test_the_state_is_seen_at_once_and_nothing_hangs_over_the_edge(
    house: House, browser: Browser
) -> None:
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loss = 320.0
    house.bot.run()
    for size in (PHONE, DESKTOP):
        with visitor(browser, size) as window:
            window.open(f"{house.url}/risk")
            window.see("#breaker", "Stopped")
            window.see("#d-list", "leverage 50x")
            see_chart(window)
            text = window.text()
            for words in ("alpha", "−3.20 %", "Used of each limit", SOL, "exposure", "Liquidation"):
                assert words in text, words
            assert not window.sideways(), size
            assert window.page.evaluate(
                "[...document.querySelectorAll('nav button')].every(b => b.offsetHeight >= 44"
                " && b.scrollWidth <= b.clientWidth)"
            ), "a button is too small for a finger or for its words"


def test_what_happens_is_seen_without_a_question(house: House, window: Visitor) -> None:
    window.open(f"{house.url}/risk")
    window.see("#card-state", "10,000.00")
    window.see("#d-said", "Nothing was decided yet")
    house.bot.loss = 120.0
    house.bot.loop()
    window.see("#card-state", "−1.20 %")
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loop()
    window.see("#d-list li", SOL)
    assert any("/stream?" in url for url in window.asked)
    assert not any("/overview" in url for url in window.asked), "it came by the stream"


def test_where_no_stream_can_be_had_the_page_asks_now_and_then(
    house: House, window: Visitor
) -> None:
    house.app.state.riskplugin_newsroom = None
    window.open(f"{house.url}/risk")
    window.see("#card-state", "10,000.00")
    house.bot.loss = 120.0
    house.bot.loop()
    window.see("#card-state", "−1.20 %")
    assert any("/overview" in url for url in window.asked)


def test_a_page_that_nobody_sees_holds_no_stream(house: House, window: Visitor) -> None:
    window.open(f"{house.url}/risk")
    window.see("#breaker")
    assert house.listeners() == 1
    window.page.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });"
        "window.away = true; document.dispatchEvent(new Event('visibilitychange'))"
    )
    house.eventually(lambda: house.listeners() == 0)
    asked = len(window.asked)
    window.page.wait_for_timeout(1500)
    assert len(window.asked) == asked, "and asks nothing"
    window.page.evaluate(
        "window.away = false; document.dispatchEvent(new Event('visibilitychange'))"
    )
    house.eventually(lambda: house.listeners() == 1)


def test_decisions_are_filtered_and_open_to_what_every_rule_said(
    house: House, window: Visitor
) -> None:
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.ask(BTC, 10)
    for stake in range(20, 80):
        house.bot.clock += timedelta(minutes=10)
        house.bot.ask(ETH, stake)
    house.bot.loop()
    window.open(f"{house.url}/risk")
    window.see("#d-list li", ETH)
    rows = window.page.locator("#d-list > li")
    assert rows.count() == 25
    window.press("Older", inside="#card-decisions")
    window.until("document.querySelectorAll('#d-list > li').length === 50")
    window.page.fill("#f-pair", "SOL")
    window.until("document.querySelectorAll('#d-list > li').length === 1")
    window.page.fill("#f-pair", "")
    window.until("document.querySelectorAll('#d-list > li').length > 1")
    window.page.select_option("#f-verdict", "refused")
    with window.page.expect_response(lambda answer: "rule=leverage" in answer.url):
        window.page.select_option("#f-rule", "leverage")
    window.page.wait_for_timeout(300)  # what was asked last is drawn by then
    window.see("#d-said", "that is all that fits")
    assert SOL in rows.first.inner_text()
    rows.first.locator("summary").click()
    opened = window.see("#d-list .inside", "rules had nothing against it").inner_text()
    assert "leverage 50x is above" in opened
    assert "peak equity" in opened


def test_an_alert_is_acknowledged_with_a_reason(house: House, window: Visitor) -> None:
    house.bot.loss = 320.0
    house.bot.run()
    window.open(f"{house.url}/risk")
    window.see("#card-alerts li")
    window.page.locator("#card-alerts").get_by_role("button", name="Acknowledge:").first.click()
    window.press("I am on it")
    window.press("Hold to confirm", hold=0.9)
    window.see("#card-alerts", "Acknowledged by sam")


def test_emergency_takes_a_reason_and_one_held_confirmation(house: House, window: Visitor) -> None:
    house.bot.run()
    window.open(f"{house.url}/risk")
    window.press("Emergency", inside="#orders")
    assert window.page.locator("dialog .hold").is_disabled(), "not without a reason"
    window.press("Market crash")
    window.press("Hold to confirm")
    assert house.bot.service.state.emergency is False, "a touch in passing orders nothing"
    window.press("Hold to confirm", hold=0.9)
    window.see("#notices", "Emergency mode, by sam")
    assert house.bot.service.state.emergency_by == "sam"
    window.see("#orders", "End emergency")


def test_with_the_keyboard_alone_the_breaker_is_tripped(house: House, window: Visitor) -> None:
    house.bot.run()
    window.open(f"{house.url}/risk")
    window.see("#orders", "Trip")
    keys = window.page.keyboard
    trip = window.page.locator("#orders").get_by_role("button", name="Trip")
    _tab_to(window, "Trip")
    keys.press("Enter")
    window.see("dialog[open]")
    keys.press("Escape")
    window.until("!document.getElementById('sheet').open")
    assert trip.evaluate("e => e === document.activeElement"), "back to where one was"
    keys.press("Enter")
    _tab_to(window, "Drill")
    keys.press("Space")
    _tab_to(window, "Hold to confirm")
    keys.press("Enter")
    window.until(LATCHED)
    assert house.bot.service.state.latched_by == "sam"


def test_each_role_is_offered_what_it_may_and_refused_what_it_may_not(
    house: House, browser: Browser
) -> None:
    house.hire("vera", Role.VIEWER)
    house.hire("olga", Role.OPERATOR)
    house.bot.run()
    with visitor(browser) as window:
        window.open(f"{house.url}/risk")
        window.sign_in("vera", OWN)
        window.see("#breaker")
        assert window.page.locator("#orders").is_hidden()
        assert "viewer" in window.text()
        assert window.page.evaluate("document.cookie") == "", "no script can read the token"
    with visitor(browser) as window:
        window.open(f"{house.url}/risk")
        window.sign_in("olga", OWN)
        window.see("#orders", "Trip")
        assert window.page.locator("#card-changes").is_hidden()
        refused = window.page.evaluate(
            """fetch("api/v1/risk/rearm", {
                method: "POST", body: '{"reason": "x", "confirm": true}',
                headers: { "X-Risk-Page": "1", "Content-Type": "application/json" },
            }).then((answer) => answer.json())"""
        )
        assert "may not give rearm" in refused["detail"]


def test_whoever_is_signed_out_by_others_sees_no_more(
    house: House, window: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskplugin.dashboard.stream.ASK_AGAIN", 0.0)
    house.hire("vera", Role.VIEWER)
    window.open(f"{house.url}/risk")
    window.sign_in("vera", OWN)
    window.see("#breaker")
    house.people.revoke("vera", by="root")
    house.bot.loss = 120.0
    house.bot.loop()
    window.see("dialog h2", "Sign in")
    assert window.page.locator("#breaker").count() == 0


@pytest.mark.parametrize(("scheme", "size"), [("dark", DESKTOP), ("light", PHONE)])
def test_axe_finds_nothing_in_the_way_of_anybody(
    house: House, browser: Browser, scheme: Literal["dark", "light"], size: tuple[int, int]
) -> None:
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loss = 320.0
    house.bot.run(0.5)
    with visitor(browser, size, scheme) as window:
        window.open(f"{house.url}/risk")
        see_chart(window)
        window.page.locator("#d-list summary").first.click()
        window.see("#d-list .inside", "nothing against it")
        assert window.violations() == []
        window.press("Re-arm", inside="#orders")
        assert window.violations() == []


def test_a_silent_bot_is_said_to_be_silent(
    house: House, window: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskplugin.status.SILENT_AFTER", timedelta(0))
    window.open(f"{house.url}/risk")
    window.see("#notices", "The bot has been silent")


def test_a_name_that_others_chose_is_text_never_markup(house: House, window: Visitor) -> None:
    house.bot.ask("<img src=x onerror=alert(1)>", 150, leverage=50.0)
    house.bot.run()
    window.open(f"{house.url}/risk")
    window.see("#d-list", "<img src=x")
    assert window.page.locator("img").count() == 0


def test_without_the_charts_package_all_else_is_there(
    house: House, window: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from riskplugin.dashboard import page
    from riskplugin.reports.plotly_script import NoChartScript

    def gone() -> None:
        raise NoChartScript("no plotly")

    monkeypatch.setattr(page, "_charts", gone)
    house.bot.loss = 50.0
    house.bot.run()
    window.open(f"{house.url}/risk")
    window.page.locator("#card-chart").scroll_into_view_if_needed()
    window.see("#chart-said", "needs the package plotly")
    window.see("#chart-said", "Deepest drawdown 0.50 %")
    window.see("#card-positions", BTC)


def see_chart(window: Visitor) -> None:
    """It is drawn once somebody could see it."""
    window.page.locator("#card-chart").scroll_into_view_if_needed()
    window.see("#chart .main-svg")


def _tab_to(window: Visitor, words: str) -> None:
    """Press Tab until the focus is on the button that says so."""
    seen = []
    for _ in range(60):
        window.page.keyboard.press("Tab")
        seen.append(str(window.page.evaluate("document.activeElement.innerText || ''")).strip())
        if seen[-1] == words:
            return
    raise AssertionError(f"the keyboard does not reach {words}, only {seen}")
