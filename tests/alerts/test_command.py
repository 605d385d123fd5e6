"""People take alerts: from a command to the bot, and on the command line (AL-3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from riskplugin.cli import app
from riskplugin.core import events as ev
from riskplugin.core.alerts.commands import NotOpenError, acknowledged
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS
from tests.alerts.desks import AT, PLAN, Kept, trip, warning

pytestmark = pytest.mark.spec("AL-3", "AU-5")


def book() -> Any:
    kept = Kept()
    kept.record([trip(), warning("a"), warning("b")])
    return kept.state.alerts


@pytest.mark.parametrize(
    ("args", "numbers"),
    [({"alert": 2}, (2,)), ({"alert": [3, 1]}, (1, 3)), ({"all": True}, (1, 2, 3))],
)
def test_one_some_or_all_are_taken(args: dict[str, Any], numbers: tuple[int, ...]) -> None:
    taken = acknowledged(book(), args, by="eve", reason="seen", at=AT)
    assert (taken.alerts, taken.by, taken.reason) == (numbers, "eve", "seen")


_odd = st.none() | st.booleans() | st.text() | st.floats() | st.integers(min_value=4)


@given(st.dictionaries(st.sampled_from(["alert", "all"]), _odd | st.lists(_odd, max_size=3)))
def test_what_names_no_open_alert_is_refused_with_those_that_there_are(args: Any) -> None:
    if args.get("all") is True:
        return
    with pytest.raises(NotOpenError, match="1 \\(breaker_open\\)"):
        acknowledged(book(), args, by="eve", reason="seen", at=AT)


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    """A ledger with one alert that is taken and one that is not."""
    url = f"sqlite:///{tmp_path / 'risk.sqlite'}"
    kept = open_ledger(url, bot="b", base_dir=tmp_path)
    keeps = Recorder(kept, redactor=NOBODYS, note=None, subscribers=[], plan=PLAN)
    keeps.record([trip(), warning("drawdown")])
    keeps.record([ev.AlertAcknowledged(at=AT, alerts=(2,), by="eve", reason="seen")])
    keeps.record([ev.WarningCleared(at=AT, name="drawdown")])
    for name, messages in (("a", (1, 3, 4)), ("b", (2,))):
        keeps.record([ev.AlertSent(at=AT, channel=name, messages=messages)])
    kept.close()
    return url


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["alerts", *words], env={"COLUMNS": "200"})


def test_the_list_shows_what_is_open_and_all_of_it_when_asked(ledger: str) -> None:
    shown = run("list", "--ledger", ledger, "--json")
    assert [(a["id"], a["name"]) for a in json.loads(shown.stdout)] == [(1, "breaker_open")]
    every = json.loads(run("list", "--all", "--ledger", ledger, "--json").stdout)
    assert [(a["id"], a["acknowledged_by"]) for a in every] == [(1, None), (2, "eve")]
    text = run("list", "--all", "--ledger", ledger).stdout
    for part in ("breaker_open", "1/3", "drawdown_warning", "eve"):
        assert part in text


def test_the_history_of_one_alert_is_told_in_order(ledger: str) -> None:
    text = run("show", "2", "--ledger", ledger).stdout
    assert text.index("alert 2 drawdown_warning") < text.index("acknowledged by eve")
    assert "alert 2 is over" in text
    assert run("show", "77", "--ledger", ledger).exit_code == 2


def test_to_take_an_alert_leaves_a_command_for_the_bot(ledger: str, tmp_path: Path) -> None:
    done = run("ack", "1", "--ledger", ledger, "--by", "eve", "--yes", "--wait", "0")
    assert done.exit_code == 0, done.output
    reopened = open_ledger(ledger, bot="b", base_dir=tmp_path)
    (control,) = reopened.controls()
    reopened.close()
    assert (control.command, json.loads(control.args)) == ("ack", {"alert": 1})
    assert run("ack", "--ledger", ledger, "--yes").exit_code == 2, "which one?"
    reader = open_reader(ledger, base_dir=tmp_path)
    reader.close()
