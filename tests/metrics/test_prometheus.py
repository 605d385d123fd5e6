"""What Prometheus is told: figures that agree with the status, counters that only grow."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from typer.testing import CliRunner

from riskplugin.cli import app
from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.control.permissions import Role
from riskplugin.dashboard.prometheus.exposition import registry_of
from riskplugin.dashboard.server import LedgerOffice, dashboard_app
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.dashboard.bots import SOL, PaperBot
from tests.dashboard.serving import serving

pytestmark = pytest.mark.spec("MO-5")

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PaperBot]:
    made = PaperBot(tmp_path, loss=800.0)
    made.loop()
    yield made
    made.stop()


@pytest.fixture
def reader(bot: PaperBot) -> Iterator[LedgerReader]:
    opened = open_reader(bot.url, base_dir=bot.user_data)
    yield opened
    opened.close()


@pytest.fixture
def office(bot: PaperBot, reader: LedgerReader) -> LedgerOffice:
    return LedgerOffice(reader, open_people(parse({}), bot.user_data, url=bot.url), shell="me")


def scraped(text: str) -> dict[tuple[str, str], Sample]:
    """Every sample by its name and the value of its label besides the bot's."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            more = [value for key, value in sample.labels.items() if key != "bot"]
            found[sample.name, "".join(more)] = sample
    return found


def values(office: LedgerOffice) -> dict[tuple[str, str], float]:
    from prometheus_client import generate_latest

    text = generate_latest(registry_of(office)).decode()
    return {key: sample.value for key, sample in scraped(text).items()}


def test_each_figure_is_the_status_in_base_units(office: LedgerOffice, bot: PaperBot) -> None:
    told = office.desk("alpha").status()
    assert told is not None
    found = values(office)
    assert found["riskplugin_up", ""] == 1
    assert found["riskplugin_ledger_up", ""] == 1
    assert found["riskplugin_equity", ""] == told["equity"]
    assert found["riskplugin_drawdown_ratio", ""] == pytest.approx(told["drawdown_pct"] / 100)
    assert found["riskplugin_daily_result_ratio", ""] == pytest.approx(told["daily_pnl_pct"] / 100)
    assert found["riskplugin_exposure_ratio", ""] == pytest.approx(told["exposure_pct"] / 100)
    assert found["riskplugin_risk_score", ""] == told["risk_score"]
    assert found["riskplugin_open_positions", "long"] == 2
    assert found["riskplugin_open_positions", "short"] == 0
    assert found["riskplugin_unrealised_result", "long"] == pytest.approx(-800)
    for part, value in told["score"].items():
        assert found["riskplugin_risk_score_part", part] == value


def test_a_state_is_one_series_per_value_of_which_one_is_1(office: LedgerOffice) -> None:
    found = values(office)
    states = {label: v for (name, label), v in found.items() if name == "riskplugin_breaker_state"}
    assert set(states) == {"closed", "open", "half_open", "latched"}
    assert sum(states.values()) == 1
    levels = {label: v for (name, label), v in found.items() if name == "riskplugin_risk_level"}
    assert sum(levels.values()) == 1


def test_a_limit_that_is_reached_is_used_whole(tmp_path: Path) -> None:
    bot = PaperBot(tmp_path)
    bot.loop()
    bot.loss = 200.0  # two percent of the day's 10,000: the trip of the default limits
    bot.service.tick(bot.book())
    time.sleep(1.1)  # a sample a second
    bot.loop()
    reader = open_reader(bot.url, base_dir=bot.user_data)
    try:
        people = open_people(parse({}), bot.user_data, url=bot.url)
        found = values(LedgerOffice(reader, people, shell="me"))
    finally:
        reader.close()
        bot.stop()
    assert found["riskplugin_limit_used_ratio", "day"] == pytest.approx(1.0)
    assert found["riskplugin_limit_used_ratio", "drawdown"] == pytest.approx(2 / 15)
    assert found["riskplugin_breaker_state", "closed"] == 0
    assert found["riskplugin_unacknowledged_alerts", "critical"] >= 1


def test_counters_begin_at_the_first_scrape_and_only_grow(
    office: LedgerOffice, bot: PaperBot
) -> None:
    from prometheus_client import generate_latest

    bot.ask(SOL, 10.0)
    registry = registry_of(office)
    before = scraped(generate_latest(registry).decode())
    assert before["riskplugin_decisions_total", "refused"].value == 0
    bot.ask("NEW/USDT:USDT", float("nan"))  # nonsense is refused
    after = scraped(generate_latest(registry).decode())
    assert after["riskplugin_decisions_total", "refused"].value == 1
    refusals = {k: s.value for k, s in after.items() if k[0] == "riskplugin_refusals_total"}
    assert sum(refusals.values()) == 1
    records = "riskplugin_ledger_records_total", ""
    assert after[records].value > before[records].value
    again = scraped(generate_latest(registry).decode())
    assert again["riskplugin_decisions_total", "refused"].value == 1


def test_a_ledger_that_cannot_be_read_is_told_from_a_server_that_is_gone(
    office: LedgerOffice, bot: PaperBot
) -> None:
    from prometheus_client import generate_latest

    registry = registry_of(office)
    generate_latest(registry)
    bot.stop()
    office.reader.close()  # what it holds open would still answer
    for file in bot.user_data.glob("risk.sqlite*"):
        file.write_bytes(b"no database at all" * 500)
    found = scraped(generate_latest(registry).decode())
    assert found["riskplugin_ledger_up", ""].value == 0
    assert ("riskplugin_equity", "") not in found


def test_the_bots_api_serves_them_to_whoever_may_read(office: LedgerOffice) -> None:
    with serving(dashboard_app(office, loopback=True)) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/api/v1/risk/prometheus")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert ("riskplugin_equity", "") in scraped(answer.text)
        office.people.add("root", Role.ADMINISTRATOR, "my very own sentence 42", by="me")
        assert client.get("/api/v1/risk/prometheus").status_code == 401


def test_once_prints_them(bot: PaperBot) -> None:
    asked = ["metrics", "--once", "--ledger", bot.url, "--userdir", str(bot.user_data)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert scraped(told.output)["riskplugin_up", ""].value == 1


def test_an_unknown_bot_is_wrong_use(bot: PaperBot) -> None:
    asked = ["metrics", "--once", "--ledger", bot.url, "--userdir", str(bot.user_data)]
    told = CliRunner().invoke(app, [*asked, "--bot", "beta"])
    assert told.exit_code == 2
    assert "alpha" in told.output


@pytest.mark.slow
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended(bot: PaperBot, ended_by: signal.Signals) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "riskplugin", "metrics", "--ledger", bot.url]
    command += ["--userdir", str(bot.user_data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        found = scraped(_first_answer(f"http://127.0.0.1:{port}/metrics"))
    finally:
        process.send_signal(ended_by)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert found["riskplugin_up", ""].labels == {"bot": "alpha"}
    assert f"http://127.0.0.1:{port}/metrics" in output


def _first_answer(url: str) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url, timeout=5).text
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _asked_for() -> str:
    """Every expression of the Grafana dashboard and of the alert rules."""
    board: dict[str, Any] = json.loads((DOCS / "grafana/riskplugin.json").read_text())
    asked = [t["expr"] for p in board["panels"] for t in p.get("targets", ())]
    return "\n".join(asked) + (DOCS / "prometheus/riskplugin.rules.yml").read_text()


def test_dashboard_and_rules_ask_only_for_what_there_is(
    office: LedgerOffice, bot: PaperBot
) -> None:
    bot.ask(SOL, 10.0)
    known = {name for name, _ in values(office)}
    known |= {"riskplugin_refusals_total", "riskplugin_alerts_total"}  # only once there is one
    asked = set(re.findall(r"riskplugin_[a-z_]+", _asked_for()))
    assert asked <= known | {"riskplugin_info"}
    assert len(asked) > 15
