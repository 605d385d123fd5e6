"""A ledger whose file is taken away under a running bot says so: an open file outlives its name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ports import LedgerError

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.spec("RE-1", "CB-7", "AU-1")
@pytest.mark.parametrize("replaced", [False, True])
def test_a_removed_or_replaced_file_is_noticed_and_nothing_is_taken_as_written(
    tmp_path: Path, *, replaced: bool
) -> None:
    ledger = open_ledger("sqlite:///risk.sqlite", bot="b", base_dir=tmp_path)
    event = ev.SessionStarted(at=AT, bot="b", run_mode="live", policy_version="v")
    ledger.load()
    ledger.append([event], RiskState())
    file = tmp_path / "risk.sqlite"
    file.rename(tmp_path / "away")
    if replaced:
        file.touch()
    with pytest.raises(LedgerError, match="removed or replaced"):
        ledger.append([event], RiskState())
    with pytest.raises(LedgerError, match="removed or replaced"):
        ledger.controls()
    if not replaced:
        (tmp_path / "away").rename(file)
        ledger.append([event], RiskState())
    ledger.close()
