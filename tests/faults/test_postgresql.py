"""A PostgreSQL server that is killed under a running bot, and comes back (RE-1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from riskplugin.core import events as ev
from tests.adapter.bots import BTC, ETH
from tests.databases import kill, postgresql_server, restart
from tests.faults.bench import FORGIVING
from tests.faults.conftest import Start, be_patient

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "AU-1")]


@pytest.fixture
def server() -> Iterator[Any]:
    with postgresql_server() as started:
        yield started


def test_entries_stop_exits_pass_and_the_backlog_is_written_when_it_is_back(
    start: Start, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_patient(monkeypatch, 2)
    uri = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    url = uri.render_as_string(hide_password=False)
    bench = start(section={**FORGIVING, "ledger": {"url": url}})
    bench.loop(2)
    assert bench.tries_to_enter(BTC)
    bench.loop()
    kill(server)
    assert not bench.tries_to_enter(ETH)
    bench.loop()
    assert "the ledger cannot be" in str(bench.bot.session.service.fault_text)
    bench.order("close-all")
    bench.ends_flat()
    restart(server)
    bench.loop(2)
    assert bench.bot.session.service.fault_text is None
    found = bench.audit()
    assert not found
    assert [e for e in found.events if isinstance(e, ev.FlattenVerified)]
    bench.comes_back()


def test_a_server_that_is_away_at_start_stops_the_start_and_says_so(
    start: Start, tmp_path: Path
) -> None:
    url = f"postgresql://nobody@127.0.0.1:1/nowhere?host={tmp_path}"
    with pytest.raises(Exception, match="riskplugin: opening failed"):
        start(section={"ledger": {"url": url}})
