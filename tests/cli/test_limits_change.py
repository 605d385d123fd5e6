"""riskplugin limits at a bot: propose, approve, what holds, what waits, how it came to be."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskplugin.config import parse
from riskplugin.control.limits import RunningLimits
from riskplugin.core.book import Book
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger
from riskplugin.service import RiskService
from tests.cli.conftest import Run, change
from tests.cli.ledgers import BOT, url_of

pytestmark = pytest.mark.spec("AU-6")

HARD = {"control": {"hard_limits": {"breaker": {"drawdown": {"trip_pct": 25}}}}}
BASE, BTC = "sizing.base_pct.minimal", "BTC/USDT:USDT"
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
            running=RunningLimits(config, slots=None, registered=lambda _, __: True),
        )
        self.service.start(datetime.now(UTC), "dry_run")
        self.look()

    def look(self, at: datetime | None = None) -> None:
        """One loop."""
        at = at or datetime.now(UTC)
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
        (("propose", "breaker.cooldwn=2h", "-r", "x"), "did you mean breaker.cooldown?"),
        (("propose", "breaker.cooldown=2h", "risk.breaker.cooldown=3h", "-r", "x"), "twice"),
        (("propose", f"{BASE}=1", "--pair", BTC, "-r", "x"), "add --until 2h, or --once"),
        (("propose", f"{BASE}=1", "--once", "-r", "x"), "name it with --pair"),
        (("propose", f"{BASE}=1", "--pair", "BTC/USDT", "--once", "-r", "x"), f"write {BTC}"),
        (("approve", "--reason", "x"), "Missing argument 'NUMBER'"),
        (("approve", "x", "--reason", "x"), "valid integer"),
        (("acknowledge", "all", "--reason", "x"), "unexpected extra argument"),
        (("show", "all"), "unexpected extra argument"),
        (("propse",), "Did you mean 'propose'"),
        (("--json", "propose"), "options come after the word"),
    ],
)
def test_wrong_use_says_what_is_right(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("limits", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", "").split())


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


def test_a_spot_bot_has_no_futures_pairs(run: Run, home: Path) -> None:
    change(home, trading_mode="spot", margin_mode="")
    result = run("limits", "propose", f"{BASE}=1", "--pair", BTC, "--once", "-r", "x")
    assert (result.exit_code, "write BTC/USDT" in result.output) == (2, True)


class Answering:
    """The bot looks whenever somebody waits for its answer."""

    def __init__(self, bot: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "sleep", lambda _: bot.look())


ASKED = ("--reason", "a calm week", "--yes", "--wait", "5", "--by", "ann")


def test_the_answer_says_what_holds_now(
    run: Run, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    Answering(bot, monkeypatch)
    done = run("limits", "propose", "breaker.drawdown.trip_pct=8", *ASKED)
    told = " ".join(done.output.split())
    assert "propose: done by ann" in told
    assert "breaker.drawdown.trip_pct = 8" in told
    assert "breaker.drawdown.warn_pct = 8" in told, "what follows along is said"
    assert "Nothing is looser yet" not in told


def test_the_answer_says_that_looser_limits_wait_and_for_whom(
    run: Run, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    Answering(bot, monkeypatch)
    told = " ".join(run("limits", "propose", "breaker.drawdown.trip_pct=20", *ASKED).output.split())
    assert "Nothing is looser yet" in told
    assert "riskplugin limits approve 1" in told
    assert "That takes two, and none is registered" in told
    asked = run("limits", "propose", "breaker.drawdown.trip_pct=21", *ASKED, "--json")
    said = json.loads(asked.output)
    assert (said["outcome"], said["proposal"]) == ("done", 2)


def test_an_order_to_a_bot_that_never_ran_says_so(run: Run, bot: Running) -> None:
    left = run("limits", "propose", "breaker.cooldown=2h", *GIVEN, "--bot", "freqtade.dry")
    told = " ".join(left.output.split())
    assert left.exit_code == 0
    assert "is left for freqtade.dry" in told
    assert f"No bot has looped under the name freqtade.dry yet; the ledger knows {BOT}" in told


def test_a_bot_that_is_not_running_is_doubted(run: Run, bot: Running) -> None:
    bot.look(datetime.now(UTC) + timedelta(hours=-2))
    left = run("limits", "propose", "breaker.cooldown=2h", *GIVEN)
    assert f"{BOT} looped 2 h ago: is it running?" in " ".join(left.output.split())
    assert "That was 2 h ago: is the bot running?" in " ".join(run("limits").output.split())


def test_the_status_shows_what_waits_for_people(run: Run, bot: Running) -> None:
    pair = ("--pair", BTC, "--until", "2h")
    for words in (("breaker.drawdown.trip_pct=20",), ("leverage.max.minimal=3", *pair)):
        run("limits", "propose", *words, "--by", "ann", *GIVEN)
    bot.look()
    shown = run("status").output
    told = " ".join(shown.split())
    assert "Proposal 1 by ann: a calm week" in told
    assert "Override 2 for BTC/USDT:USDT by ann" in told
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("word", ["approve", "reject", "end-override"])
def test_a_number_that_no_proposal_can_have_is_a_wrong_word_not_a_fault(
    run: Run, bot: Running, word: str
) -> None:
    told = run("limits", word, "99999999999999999999", "--by", "bob", *GIVEN)
    assert told.exit_code == 2
    assert "fault of riskplugin" not in told.output
