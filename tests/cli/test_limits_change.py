"""riskplugin limits at a bot: propose, approve, what holds, what waits, how it came to be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from riskplugin.config import parse
from riskplugin.control.limits import RunningLimits
from riskplugin.core.book import Book
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger
from riskplugin.service import RiskService
from tests.cli.conftest import Run
from tests.cli.ledgers import BOT, url_of

pytestmark = pytest.mark.spec("AU-6")

HARD = {"control": {"hard_limits": {"breaker": {"drawdown": {"trip_pct": 25}}}}}
GIVEN = ("--reason", "a calm week", "--yes", "--wait", "0")


class Running:
    """The bot, as a service in this process that looks when it is told to."""

    def __init__(self, home: Path, section: dict[str, Any] | None = None) -> None:
        config = parse(HARD if section is None else section)
        self.service = RiskService(
            policy=config.policy,
            ledger=open_ledger(url_of(home), bot=BOT, base_dir=home),
            bot=BOT,
            version=config.version,
            limits=config.limits,
            live=True,
            running=RunningLimits(config, slots=None, registered=lambda _: True),
        )
        self.service.start(datetime.now(UTC), "dry_run")
        self.look()

    def look(self) -> None:
        """One loop."""
        at = datetime.now(UTC)
        self.service.tick(Book(at=at, wallet=Quote(1000.0), result=Quote(0.0)))


@pytest.fixture
def bot(home: Path) -> Running:
    return Running(home)


def test_a_tightening_is_shown_with_its_person_and_why(run: Run, bot: Running) -> None:
    asked = run("limits", "propose", "sizing.base_pct.minimal=1.5", "--by", "ann", *GIVEN)
    assert asked.exit_code == 0, asked.output
    bot.look()
    shown = " ".join(run("limits").output.split())
    assert "freqtrade.dry runs under limits" in shown
    assert "sizing.base_pct.minimal 1.5, in the file 2 (ann: a calm week)" in shown
    told = json.loads(run("limits", "--json").output)
    assert told["in_force"]["version"] != told["version"] == told["in_force"]["file_version"]
    assert max(map(len, run("limits").output.splitlines())) <= 80


def test_two_people_loosen(run: Run, bot: Running) -> None:
    run("limits", "propose", "risk.breaker.drawdown.trip_pct=20", "--by", "ann", *GIVEN)
    bot.look()
    shown = " ".join(run("limits").output.split())
    assert "Proposal 1 by ann: a calm week breaker.drawdown.trip_pct 15 → 20" in shown
    assert "riskplugin limits approve 1" in shown
    run("limits", "approve", "1", "--by", "bob", *GIVEN)
    bot.look()
    held = json.loads(run("limits", "--json").output)["in_force"]
    assert [(c["key"], c["value"], c["by"]) for c in held["changes"]] == [
        ("breaker.drawdown.trip_pct", 20.0, ["ann", "bob"])
    ]
    told = json.loads(run("limits", "history", "--json").output)
    kinds = [each["kind"] for each in told]
    assert kinds[-4:] == ["LimitsProposed", "LimitsApproved", "LimitsChanged", "LimitsAdopted"]
    assert "by ann and bob" in " ".join(run("limits", "history").output.split())


def test_an_override_is_shown_and_ended(run: Run, bot: Running) -> None:
    pair = ("--pair", "BTC/USDT:USDT", "--until", "2h")
    run("limits", "propose", "leverage.max.minimal=3", *pair, "--by", "ann", *GIVEN)
    bot.look()
    shown = " ".join(run("limits").output.split())
    assert "Override 1 for BTC/USDT:USDT by ann" in shown
    assert "leverage.max.minimal 20 → 3" in shown
    run("limits", "end-override", "1", "--by", "bob", *GIVEN)
    bot.look()
    assert "Override 1" in run("limits").output, "it tightens, and one person cannot loosen"


def test_a_looser_file_is_acknowledged(run: Run, home: Path, bot: Running) -> None:
    bot.service.close()
    looser = Running(home, {"breaker": {"drawdown": {"trip_pct": 20}}})
    shown = " ".join(run("limits").output.split())
    assert "is looser, and waits for a person" in shown
    assert "breaker.drawdown.trip_pct 15 → 20" in shown
    run("limits", "acknowledge", "--by", "bob", *GIVEN)
    looser.look()
    assert "is looser" not in run("limits").output
    assert looser.service.policy.breaker.drawdown.trip == 0.2


def test_headroom_says_how_much_and_what_stops_more(run: Run, bot: Running) -> None:
    shown = run("limits", "headroom").output
    assert "up to 20 of margin; more is stopped by size" in " ".join(shown.split())
    room = json.loads(run("limits", "headroom", "--json").output)
    assert (room["bot"], room["stake"]) == (BOT, 20.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("propose", "--reason", "x"), "say what to change"),
        (("propose", "cooldown", "--reason", "x"), "is not KEY=VALUE"),
        (("propose", "breaker.cooldown=2h"), "say why with --reason"),
        (("approve", "--reason", "x"), "say which, by its number"),
        (("approve", "x", "--reason", "x"), "is no number"),
        (("acknowledge", "all", "--reason", "x"), "needs no more words"),
        (("show", "all"), "takes no"),
    ],
)
def test_wrong_use_says_what_is_right(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("limits", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_without_a_bot_the_file_is_all_there_is(run: Run) -> None:
    assert "No bot has run with these limits yet." in run("limits").output
    assert json.loads(run("limits", "--json").output)["in_force"] is None
    assert run("limits", "headroom").exit_code == 2


def test_who_says_no_changes_nothing(run: Run, bot: Running) -> None:
    given = ("limits", "propose", "breaker.cooldown=2h", "-r", "x", "--wait", "0")
    result = run(*given, answer="n\n")
    assert result.exit_code == 1
    assert "nothing was changed" in result.output
    bot.look()
    assert not bot.service.state.runtime.changes
