"""The database is told how durable a commit is, and told again after every new connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.database import Durability
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open
from tests.ledger.samples import NOW, metrics, peak

pytestmark = pytest.mark.spec("AU-1", "RE-1")

SAID = {
    ("sqlite", "full"): ["2", "wal"],
    ("sqlite", "normal"): ["1", "wal"],
    ("postgresql", "full"): ["on", "on"],
    ("postgresql", "normal"): ["off", "on"],
}
ASKED = {
    "sqlite": ("PRAGMA synchronous", "PRAGMA journal_mode"),
    "postgresql": ("SHOW synchronous_commit", "SHOW full_page_writes"),
}


def said(ledger: SqlLedger, make: str) -> list[str]:
    return [str(ledger._database.read(question, {})[0][0]) for question in ASKED[make]]


@pytest.mark.parametrize("durability", ["full", "normal"])
def test_the_database_is_as_durable_as_it_was_told(
    url: str, tmp_path: Path, durability: Durability
) -> None:
    make = url.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0]
    ledger = open_ledger(url, bot="bot", base_dir=tmp_path, durability=durability)
    try:
        assert said(ledger, make) == SAID[make, durability]
        ledger.append([peak(1.0)], RiskState())
        ledger.sample(metrics(), {})
        assert said(ledger, make) == SAID[make, durability]
        ledger._database.drop()
        assert said(ledger, make) == SAID[make, durability]
    finally:
        ledger.close()


def settings_of_commits(ledger: SqlLedger) -> list[str]:
    """What SQLite's setting was at each COMMIT from now on."""
    found: list[str] = []
    connection = ledger._database.cursor().connection

    def note(statement: str) -> None:
        if statement.startswith("PRAGMA synchronous ="):
            found.append(statement.rsplit(maxsplit=1)[-1])

    connection.set_trace_callback(note)
    return found


def test_metrics_may_be_lost_in_a_power_cut_records_may_not(sqlite_url: str, open_: Open) -> None:
    ledger = open_(sqlite_url)
    changes = settings_of_commits(ledger)
    ledger.append([peak(1.0)], RiskState())
    assert changes == []
    ledger.sample(metrics(), {})
    assert changes == ["NORMAL", "FULL"]
    ledger.append([peak(2.0)], RiskState())
    assert changes == ["NORMAL", "FULL"]


def test_a_failure_while_metrics_are_written_leaves_records_as_durable_as_before(
    sqlite_url: str, open_: Open
) -> None:
    ledger = open_(sqlite_url)
    with pytest.raises(LedgerError):
        ledger.sample(metrics(NOW, positions=2**70), {})
    assert said(ledger, "sqlite") == ["2", "wal"]


@pytest.mark.spec("CF-1")
@pytest.mark.parametrize(("section", "durability"), [({}, "2"), ({"durability": "normal"}, "1")])
def test_the_configuration_says_how_durable(
    tmp_path: Path, section: dict[str, Any], durability: str
) -> None:
    config = parse({"ledger": section})
    service = live_service(config, config.policy, bot="bot", user_data=tmp_path)
    ledger = service._ledger
    assert isinstance(ledger, SqlLedger)
    assert said(ledger, "sqlite")[0] == durability
    service.close()
