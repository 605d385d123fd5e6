"""riskplugin status --alive: an exit code for health checks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.ledgers import book, service, url_of

pytestmark = pytest.mark.spec("CF-5")


def looked(home: Path, ago: timedelta) -> list[str]:
    """A ledger whose bot looked last so long ago; the options that name it."""
    with service(home) as risk:
        risk.tick(book(datetime.now(UTC) - ago))
    return ["--ledger", url_of(home)]


@pytest.mark.parametrize(("ago", "code"), [(timedelta(0), 0), (timedelta(minutes=2), 1)])
def test_a_bot_is_alive_while_its_loop_goes_round(
    run: Run, tmp_path: Path, ago: timedelta, code: int
) -> None:
    where = looked(tmp_path, ago)
    assert run("status", *where, "--alive").exit_code == code
    told = run("status", *where, "--alive", "--json")
    assert told.exit_code == code
    assert json.loads(told.stdout)["silent"] is bool(code)
    assert run("status", *where).exit_code == 0


def test_a_bot_that_never_looked_is_not_alive(run: Run, tmp_path: Path) -> None:
    assert run("status", "--ledger", url_of(tmp_path), "--alive").exit_code != 0
