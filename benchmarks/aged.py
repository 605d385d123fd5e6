"""Ledgers of any age for B-4 and B-8: a real chain of decisions, written by the real ledger's code.

Only the commits are few: what is measured later does not depend on how the rows came in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.durable import allowed_entry
from benchmarks.samples import EQUITY
from riskplugin.core import events as ev
from riskplugin.ledger import open_ledger
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import link
from riskplugin.ledger.store.tables import MARK_EVERY, event_id, micros

BOT = "bench"


def aged_ledger(path: Path, records: int) -> Path:
    """A ledger of ``records`` decisions; the state was saved with the last of them."""
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    state, event = ledger.load(), allowed_entry()
    ledger.append([event], state)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        (last,) = base.execute("SELECT hash FROM events WHERE seq = 1").fetchone()
        base.execute("BEGIN")
        base.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", _decisions(event, last, records - 2)
        )
        base.execute(
            "INSERT INTO marks SELECT bot, at, seq FROM events WHERE seq % ? = 0", (MARK_EVERY,)
        )
        base.execute("COMMIT")
    ledger.close()
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    state = ledger.load()
    raised = ev.PeakRaised(at=event.at, equity=EQUITY)
    state.observe(raised)
    ledger.append([raised], state)
    ledger.close()
    return path


def _decisions(event: ev.EntryDecided, last: bytes, count: int) -> Iterator[tuple[Any, ...]]:
    """Rows 2 and on of the chain."""
    payload = encode(event)
    text, at = payload.decode(), micros(event.at)
    for seq in range(2, count + 2):
        last = link(last, payload)
        yield (event_id(1, seq), BOT, seq, at, "EntryDecided", text, last)
