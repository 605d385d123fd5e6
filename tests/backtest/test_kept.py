"""A backtest that leaves a ledger: every decision of real crashes is made again from its record."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.replay import replay
from riskplugin.ledger.reader import LedgerReader
from tests.backtest.runs import Desk, Run

pytestmark = [pytest.mark.slow, pytest.mark.spec("AU-1", "AU-3", "CF-3")]
CRASH = "20200225-20200401"
KEEP = {"ledger": {"keep_backtests": True}}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="spot", marks=pytest.mark.exhaustive),
        pytest.param(True, id="futures"),
    ],
)
def kept(
    request: pytest.FixtureRequest, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Run, LedgerReader]]:
    """The same backtest twice, once in memory, once kept; the second one's ledger."""
    results = desk.folder / "user_data" / "backtest_results"
    shutil.rmtree(results, ignore_errors=True)
    span = "20240401-20240501" if request.param else CRASH
    plain = desk.run("GreedyGuarded", span, futures=request.param)
    assert not list(results.glob("risk-*")), "no file unless one is asked for"
    desk.run("GreedyGuarded", span, futures=request.param, risk=KEEP)
    [file] = results.glob("risk-GreedyGuarded-*.sqlite")
    reader = open_reader(f"sqlite:///{file}", base_dir=results)
    yield plain, reader
    reader.close()


def test_the_file_holds_what_the_memory_held(kept: tuple[Run, LedgerReader]) -> None:
    run, reader = kept
    [bot] = reader.bots()
    assert bot == "GreedyGuarded"
    written = [type(e) for e in reader.events(bot, limit=10**6)]
    assert written == [type(e) for e in run.events]
    assert ev.EntryDecided in written


def test_every_decision_follows_from_its_record(kept: tuple[Run, LedgerReader]) -> None:
    _, reader = kept
    again = list(replay(reader, "GreedyGuarded"))
    assert len(again) > 100
    assert all(each.same for each in again), [e.why_not for e in again if not e.same][:3]
    refused = [e for e in again if not e.recorded.decision.allowed]
    assert refused
    assert len(refused) < len(again)


def test_the_state_is_what_the_events_fold_to(kept: tuple[Run, LedgerReader]) -> None:
    _, reader = kept
    folded = RiskState()
    for record in reader.chain("GreedyGuarded"):
        folded.observe(record.event)
    assert folded == reader.state("GreedyGuarded")


def test_tighter_limits_refuse_more_and_never_give_more(kept: tuple[Run, LedgerReader]) -> None:
    _, reader = kept
    bases = dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 0.2)
    tight = {
        "sizing": {"base_pct": bases},
        "breaker": {"exposure": {"warn_pct": 2.0, "trip_pct": 5.0}},
        "emergency": {"max_position_pct": 0.1},
    }
    again = list(replay(reader, "GreedyGuarded", section=tight))
    assert all(e.now is not None and e.now.stake <= e.recorded.decision.stake for e in again)
    assert not all(e.same for e in again)


def test_a_changed_record_is_told_from_what_the_rules_say(
    kept: tuple[Run, LedgerReader], tmp_path: Path
) -> None:
    """A forged verdict: the hash is one question, whether it follows from its inputs another."""
    _, reader = kept
    file = reader._target.path
    assert file is not None
    copy = tmp_path / "forged.sqlite"
    shutil.copy(file, copy)
    with sqlite3.connect(copy) as forged:
        forged.execute("DROP TRIGGER events_no_update")
        seq, payload = forged.execute(
            "SELECT seq, payload FROM events WHERE kind = 'EntryDecided' AND payload LIKE "
            '\'%"$":"Cap"%\' LIMIT 1'
        ).fetchone()
        tree = json.loads(payload)
        tree["data"]["decision"]["stake"] += 1
        forged.execute("UPDATE events SET payload = ? WHERE seq = ?", (json.dumps(tree), seq))
    forged.close()
    other = open_reader(f"sqlite:///{copy}", base_dir=tmp_path)
    differing = [each.seq for each in replay(other, "GreedyGuarded") if not each.same]
    other.close()
    assert differing == [seq]
