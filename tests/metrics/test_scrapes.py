"""Scrapes under bad conditions: a damaged bot beside a sound one, a ledger that hangs, the first
refusal of a rule.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.core.rules import RULES
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.prometheus.counts import Counts
from riskplugin.dashboard.prometheus.exposition import registry_of
from riskplugin.dashboard.prometheus.families import Seen, families
from riskplugin.dashboard.server import LedgerOffice
from riskplugin.dashboard.told import read_as
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.dashboard.bots import PaperBot
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("MO-5")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PaperBot]:
    made = PaperBot(tmp_path)
    made.loop()
    yield made
    made.stop()


@pytest.fixture
def reader(bot: PaperBot) -> Iterator[LedgerReader]:
    opened = open_reader(bot.url, base_dir=bot.user_data)
    yield opened
    opened.close()


def office(bot: PaperBot, reader: LedgerReader) -> LedgerOffice:
    return LedgerOffice(reader, open_people(parse({}), bot.user_data, url=bot.url), shell="me")


def found(text: str, name: str) -> dict[str, float]:
    """The samples of that name by the values of their labels."""
    return {
        " ".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_a_bot_whose_status_is_damaged_costs_the_others_nothing(
    bot: PaperBot, reader: LedgerReader
) -> None:
    other = PaperBot(bot.home, "beta")
    other.loop()
    try:
        attacker = Attacker(bot.url)
        attacker.run(
            "UPDATE status SET payload = json_set(payload, '$.alerts', json('[{}]')) "
            "WHERE bot = 'beta'"
        )
        attacker.close()
        text = generate_latest(registry_of(office(bot, reader))).decode()
    finally:
        other.stop()
    assert found(text, "riskplugin_ledger_up") == {"alpha": 1, "beta": 0}
    assert set(found(text, "riskplugin_equity")) == {"alpha"}


def test_a_rules_first_refusal_is_an_increase(bot: PaperBot, reader: LedgerReader) -> None:
    """A series that begins at 1 has not increased, says Prometheus: it has to begin at 0."""
    registry = registry_of(office(bot, reader))
    before = generate_latest(registry).decode()
    refused = found(before, "riskplugin_refusals_total")
    assert refused == {f"alpha {rule.name}": 0 for rule in RULES}
    assert found(before, "riskplugin_alerts_total") == {
        f"alpha {severity}": 0 for severity in ("critical", "info", "warning")
    }
    bot.ask("NEW/USDT:USDT", float("nan"))
    after = found(generate_latest(registry).decode(), "riskplugin_refusals_total")
    assert after == {**refused, "alpha input": 1}


def test_a_scrape_does_not_wait_for_one_that_hangs() -> None:
    """Each would take one of the threads that the bot's own interface lives on."""
    held, asked = threading.Event(), threading.Event()

    class Hanging:
        def height(self, bot: str) -> int:
            asked.set()
            held.wait(20)
            return 7

        def chain(self, bot: str, *, after: int) -> Iterator[Any]:
            return iter(())

    counts, reader = Counts(), Hanging()
    first = threading.Thread(target=counts.read_on, args=(reader, "alpha"))
    first.start()
    assert asked.wait(10)

    def scrape() -> None:
        counts.read_on(reader, "alpha")  # type: ignore[arg-type]
        assert len(list(counts.families())) == 5

    second = threading.Thread(target=scrape, daemon=True)
    second.start()
    second.join(5)
    waited = second.is_alive()
    held.set()
    first.join()
    assert not waited
    [heights] = [f for f in counts.families() if f.name == "riskplugin_ledger_records"]
    assert [sample.value for sample in heights.samples] == [7]


def test_a_sum_of_which_a_part_is_not_known_is_not_known(
    bot: PaperBot, reader: LedgerReader
) -> None:
    told = office(bot, reader).desk("alpha").status()
    status = read_as(Status, told, "it")
    first, *rest = status.positions
    first = first.model_copy(update={"notional": None, "unrealised": None})
    status = status.model_copy(update={"positions": [first, *rest]})
    made = {family.name: family for family in families([Seen(status, ())])}
    for name in ("riskplugin_notional", "riskplugin_unrealised_result"):
        sides = {sample.labels["side"]: sample.value for sample in made[name].samples}
        assert sides == {"short": 0}, "there are longs, and nobody knows their sum"


def test_trips_are_those_since_the_breaker_closed_last(bot: PaperBot, reader: LedgerReader) -> None:
    """They begin anew, so they are no counter, and are not said to be one."""
    text = generate_latest(registry_of(office(bot, reader))).decode()
    assert "# TYPE riskplugin_breaker_trips gauge" in text
    [said] = [line for line in text.splitlines() if line.startswith("# HELP riskplugin_breaker_t")]
    assert "since the breaker closed last" in said
