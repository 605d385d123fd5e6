"""Several bots: all at a glance, the worst first, then one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.bots import PaperBot
from tests.dashboard.browser import CHROMIUM, PHONE, chromium, visitor
from tests.dashboard.conftest import API, House
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("DB-1")


@pytest.fixture
def others(bot: PaperBot, tmp_path: Path) -> Iterator[list[PaperBot]]:
    """Two more bots in the same ledger: one has lost a lot, one is near a limit."""
    made = [PaperBot(tmp_path, "bravo"), PaperBot(tmp_path, "charlie")]
    for each, loss in zip(made, (320.0, 150.0), strict=True):
        each.loop()
        each.loss = loss
        each.loop()
    yield made
    for each in made:
        each.stop()


def test_the_worst_bot_comes_first_with_the_reason(house: House, others: list[PaperBot]) -> None:
    cards = house.client().get(f"{API}/bots").json()
    assert [c["bot"] for c in cards] == ["bravo", "charlie", "alpha"]
    assert [c["tone"] for c in cards] == ["bad", "watch", "good"]
    assert cards[0]["worst"] == "stopped by the breaker"
    assert "day" in cards[1]["worst"]
    assert cards[2]["worst"] == "trading"


def test_a_bot_whose_records_are_damaged_hides_no_other(
    house: House, others: list[PaperBot]
) -> None:
    attacker = Attacker(house.bot.url)
    attacker.run("UPDATE status SET payload = '{}' WHERE bot = 'alpha'")
    attacker.close()
    cards = {c["bot"]: c for c in house.client().get(f"{API}/bots").json()}
    assert cards["alpha"]["tone"] == "bad"
    assert "damaged" in cards["alpha"]["worst"]
    assert cards["charlie"]["equity"] == pytest.approx(9850)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_from_all_bots_to_one_and_back(house: House, others: list[PaperBot]) -> None:
    with chromium() as browser, visitor(browser, PHONE) as window:
        window.open(f"{house.url}/risk")
        window.see("#card-fleet", "bravo")
        assert window.page.locator(".bot strong").all_inner_texts() == ["bravo", "charlie", "alpha"]
        assert not window.sideways()
        assert window.violations() == []
        window.page.locator(".bot", has_text="bravo").click()
        window.see("#breaker", "Stopped")
        assert window.page.url.endswith("risk?bot=bravo")
        window.page.go_back()
        window.see("#card-fleet", "charlie")
        others[1].loss = 10.0
        others[1].loop()
        window.until("[...document.querySelectorAll('.bot')].every(b => !b.matches('.watch'))")
