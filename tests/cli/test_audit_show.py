"""riskplugin audit show: one sentence per record, the choice of records, one record wholly."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskplugin.cli.audit import choice
from riskplugin.cli.audit.telling import style, told
from riskplugin.cli.audit.telling.sentences import TELLERS as _TELLERS
from riskplugin.core import events as ev
from riskplugin.ledger.form.codec import decode, encode, event_kinds
from tests.cli.conftest import Run
from tests.cli.ledgers import AT, appended, story, tamper
from tests.ledger.samples import decided, instances, peak

pytestmark = pytest.mark.spec("AU-1")
KINDS = sorted(event_kinds().values(), key=lambda kind: kind.__name__)


def shown(run: Run, *arguments: str) -> str:
    result = run("audit", "show", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def as_json(run: Run, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shown(run, "--json", *arguments))
    return found


def test_the_life_of_a_bot_is_told_within_80_columns(run: Run, home: Path) -> None:
    story(home)
    output = shown(run)
    words = " ".join(output.split())
    for part in (
        "SessionStarted",
        "03-12 12:01:00",
        "allowed as asked",
        "capped to 19.3333 by size",
        "refused by leverage: leverage 50x is",
        "latched by anna",
        "the exchange does not answer",
    ):
        assert part in words
    assert max(map(len, output.splitlines())) <= 80


def test_a_wide_screen_has_the_whole_date(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(home)
    monkeypatch.setenv("COLUMNS", "120")
    assert "2026-03-12 12:01:00" in shown(run)


def test_what_a_person_wrote_neither_colours_nor_steers_the_terminal(run: Run, home: Path) -> None:
    story(home)
    output = shown(run, "--kind", "BreakerLatched")
    assert "\x1b" not in output
    assert "[bold]news[/] \\x1b[31m" in " ".join(output.split())


def test_full_has_every_verdict_and_what_it_rested_on(run: Run, home: Path) -> None:
    story(home)
    words = " ".join(shown(run, "--kind", "decisions", "--full").split())
    assert "exposure at most 225: exposure would be 1000, the limit is 450" in words
    assert "rested on equity 1000, exposure 0 in 0 pairs" in words
    assert "under limits" in words


def test_the_latest_are_shown_oldest_first(run: Run, home: Path) -> None:
    story(home)
    assert [each["seq"] for each in as_json(run, "--limit", "3")] == [12, 13, 14]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--kind", "decisions"], [6, 9, 10, 13]),
        (["--kind", "entry-decided", "--kind", "FaultRecorded"], [6, 9, 10, 13, 14]),
        (["--kind", "orders"], [7, 8]),
        (["--pair", "BTC/USDT:USDT"], [6, 7, 13]),
        (["--pair", "BTC/USDT:USDT", "--limit", "2"], [7, 13]),
        (["--pair", "BTC/USDT:USDT", "--kind", "decisions"], [6, 13]),
        (["--since", "2026-03-12T12:03"], [10, 11, 12, 13, 14]),
        (["--until", "2026-03-12 12:01:00"], [1, 2, 3, 4, 5]),
        (["--since", "2026-03-12T14:01:00+02:00", "--until", "2026-03-12T12:02"], [6, 7, 8]),
        (["--pair", "NONE/USDT"], []),
    ],
)
def test_records_are_chosen(run: Run, home: Path, arguments: list[str], wanted: list[int]) -> None:
    story(home)
    assert [each["seq"] for each in as_json(run, *arguments)] == wanted


def test_a_pair_is_found_behind_many_others(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(home)
    appended(home, *(peak(float(n), AT + timedelta(hours=1)) for n in range(30)))
    monkeypatch.setattr(choice, "WINDOW", 7)
    assert [each["seq"] for each in as_json(run, "--pair", "BTC/USDT:USDT")] == [6, 7, 13]


def test_since_may_be_how_long_ago(run: Run, home: Path) -> None:
    story(home)
    appended(home, peak(1.0, datetime.now(UTC) - timedelta(minutes=5)))
    assert [each["seq"] for each in as_json(run, "--since", "1h")] == [15]
    assert as_json(run, "--since", "2m") == []
    assert "no such records" in shown(run, "--since", "2m")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "decison"], "did you mean decisions?"),
        (["--since", "yesterday"], "'yesterday' is no time"),
        (["99"], "has no record 99; the latest is 14"),
        (["--bot", "nobody"], "knows no bot 'nobody'"),
    ],
)
def test_wrong_use_says_what_would_work(
    run: Run, home: Path, arguments: list[str], words: str
) -> None:
    story(home)
    result = run("audit", "show", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.spec("AU-2")
@pytest.mark.parametrize("seq", [1, 9, 14])
def test_one_record_has_everything_and_a_hash_that_fits(run: Run, home: Path, seq: int) -> None:
    story(home)
    output = shown(run, str(seq))
    assert "fits this record and the one before" in output
    assert max(map(len, output.splitlines())) <= 80


def test_one_decision_has_its_request_and_its_basis(run: Run, home: Path) -> None:
    story(home)
    words = " ".join(shown(run, "9").split())
    assert "request.stake 500.0" in words
    assert "basis.equity 1000.0" in words
    (record,) = [json.loads(shown(run, "9", "--json"))]
    assert record["data"]["decision"]["request"]["pair"] == "ETH/USDT:USDT"
    assert len(record["previous"]) == len(record["hash"]) == 64


@pytest.mark.spec("AU-2")
def test_one_record_that_was_edited_does_not_fit(run: Run, home: Path) -> None:
    story(home)
    tamper(home, "UPDATE events SET payload = replace(payload, '500.0', '50.0') WHERE seq = 9")
    assert "does not fit" in shown(run, "9")


@pytest.mark.parametrize("payload", ["x", '{"$":"sealed"', '{"data": {"$":"sealed"}}'])
def test_a_record_that_cannot_be_read_is_shown_as_that(run: Run, home: Path, payload: str) -> None:
    story(home)
    tamper(home, f"UPDATE events SET payload = '{payload}' WHERE seq = 9")
    assert "not a record of the ledger" in " ".join(shown(run).split())
    assert "not a record of the ledger" in " ".join(shown(run, "9").split())
    assert as_json(run, "--limit", "6")[0]["payload"] == payload
    assert 9 not in [each["seq"] for each in as_json(run, "--pair", "ETH/USDT:USDT")]


def test_several_bots_need_a_name(run: Run, home: Path) -> None:
    story(home, "one")
    story(home, "two")
    assert "Name one with --bot: one, two" in run("audit", "show").stderr
    assert as_json(run, "--bot", "two")[0]["bot"] == "two"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_kind_of_event_is_told_whatever_it_holds(
    kind: type[ev.Event], data: st.DataObject
) -> None:
    event = data.draw(instances(kind))
    for each in (event, decode(encode(event))):
        text = told(each)
        assert text
        assert text.isprintable()
        style(each)


def test_every_kind_has_a_sentence_of_its_own() -> None:
    assert set(_TELLERS) == set(KINDS)


@pytest.mark.parametrize("value", [None, "text", 1j, [], object()])
def test_values_of_a_wrong_type_are_told(value: Any) -> None:
    event = decided(stake=value, price=value, leverage=value, side=value, pair=value)
    assert told(event).isprintable()
    assert told(decode(encode(event))).isprintable()
    assert told(ev.EntryDecided(at=AT, point="stake", decision=value)).isprintable()


def test_following_shows_what_is_recorded_from_now(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(home)
    beats = iter([peak(7.5)])

    def heartbeat(_seconds: float) -> None:
        for event in beats:
            appended(home, event, peak(8.5))
            return
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", heartbeat)
    output = shown(run, "--follow", "--limit", "1")
    assert "new high of 7.5" in output
    assert "new high of 8.5" in output
