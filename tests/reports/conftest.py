"""One month, lived once for all tests that only read it; and the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner, Result

from riskplugin.cli import app
from riskplugin.cli.audit.telling import told as sentence
from riskplugin.core.policy import DayPolicy
from riskplugin.ledger import open_reader
from riskplugin.reports.gather import Ask, Told, gather
from riskplugin.reports.period import Period
from tests.reports import lives

BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)

Run = Callable[..., Result]


class Lived(NamedTuple):
    """Where the ledger lies, and what really happened."""

    home: Path
    trader: lives.Trader

    @property
    def url(self) -> str:
        return lives.url_of(self.home)


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    home = tmp_path_factory.mktemp("month")
    trader = lives.month(home)
    lives.people(home)
    lives.service(home, "idle").close()
    return Lived(home, trader)


@pytest.fixture(scope="session")
def told(month: Lived) -> Told:
    return report_on(month.home)


def report_on(
    home: Path, begin: datetime = BEGIN, end: datetime = END, *, bot: str = lives.BOT
) -> Told:
    """The report on ``bot`` from the ledger in ``home``."""
    reader = open_reader(lives.url_of(home), base_dir=home)
    ask = Ask(
        bot=bot,
        period=Period(begin, end),
        begin=begin,
        end=end,
        days=DayPolicy(),
        now=end,
        currency="USDT",
        tell=sentence,
    )
    try:
        return gather(reader, ask)
    finally:
        reader.close()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in a folder of its own, 80 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), catch_exceptions=False)

    return run
