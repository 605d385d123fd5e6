"""A ledger as the page meets it after years: 10⁶ varied decisions, and a year of metrics.

The chain is a real one, with payloads that the real gate decided on; only the commits are few.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from math import sin
from pathlib import Path
from typing import Any

from benchmarks.samples import EQUITY, NOW, POLICY, book, request, state
from riskplugin.core import events as ev
from riskplugin.core.basis import basis_of
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import account_of
from riskplugin.ledger import open_ledger
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import link
from riskplugin.ledger.store.tables import MARK_EVERY, event_id, metrics, micros, rollups
from riskplugin.service import RiskService

BOT = "bench"
PAIRS = [f"P{n:02d}/USDT:USDT" for n in range(40)]
#: Asked for once in all those years.
RARE = "RARE/USDT:USDT"
#: How long metrics stay raw and minutes stay minutes, as the configuration has it by itself.
_RAW, _MINUTES, _ALL = timedelta(days=2), timedelta(days=90), timedelta(days=365)
_STEP = timedelta(seconds=30)


def page_ledger(path: Path, records: int) -> Path:
    """Make it; a status is there, so that every route answers."""
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    section = '{"breaker":{"drawdown":{"warn_pct":10.0,"trip_pct":15.0}}}'
    service = RiskService(
        policy=POLICY, ledger=ledger, bot=BOT, version="1", live=True, limits=section
    )
    service.start(NOW, "dry_run")
    service.tick(book(3, 20))
    service.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        last_seq, last_hash = base.execute(
            "SELECT seq, hash FROM events ORDER BY id DESC LIMIT 1"
        ).fetchone()
        base.execute("BEGIN")
        base.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            _decisions(last_seq, last_hash, records),
        )
        base.execute(
            "INSERT INTO marks SELECT bot, at, seq FROM events WHERE seq % ? = 0", (MARK_EVERY,)
        )
        for table, rows in ((metrics, _raw()), (rollups, _rolled())):
            names = [column.name for column in table.columns]
            marks = ", ".join("?" for _ in names)
            into = f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})"  # noqa: S608  # our tables
            base.executemany(into, (tuple(row[name] for name in names) for row in rows))
        base.execute("COMMIT")
    return path


def _decisions(seq: int, last: bytes, count: int) -> Iterator[tuple[Any, ...]]:
    """Rows of the chain, oldest first; the newest is as old as now."""
    texts = [encode(each).decode() for each in _variants()]
    rare = texts[0].replace(PAIRS[0], RARE)
    mark, begin = NOW.isoformat(), NOW - count * _STEP
    for number in range(1, count + 1):
        at = begin + number * _STEP
        # As the state of a bot: mostly one thing for a while, then another.
        text = rare if number == 5 else texts[(number * 7 + number // 50) % len(texts)]
        payload = text.replace(mark, at.isoformat())
        last = link(last, payload.encode())
        place = seq + number
        yield (event_id(1, place), BOT, place, micros(at), "EntryDecided", payload, last)


def _variants() -> Iterator[ev.EntryDecided]:
    """Allowed, capped and refused entries in every pair."""
    gate = Gate(POLICY)
    account, _ = account_of(state(), book(3), POLICY)
    for pair in PAIRS:
        for stake, leverage in ((20.0, 5.0), (60.0, 5.0), (900.0, 5.0), (60.0, 45.0)):
            asked = replace(request(stake), pair=pair, leverage=leverage)
            decision = gate.decide(asked, account)
            yield ev.EntryDecided(
                at=NOW, point="stake", decision=decision, basis=basis_of(account, pair), limits="1"
            )


def _raw() -> Iterator[dict[str, Any]]:
    at = NOW - _RAW
    while at < NOW:
        yield _row(micros(at))
        at += timedelta(seconds=5)


def _rolled() -> Iterator[dict[str, Any]]:
    for grain, begin, end in ((60, _MINUTES, _RAW), (3600, _ALL, _MINUTES)):
        at = NOW - begin
        while at < NOW - end:
            yield _row(micros(at)) | {"grain": grain, "samples": grain // 5}
            at += timedelta(seconds=grain)


def _row(at: int) -> dict[str, Any]:
    swing = sin(at / 8.64e10)
    return {
        "bot": BOT,
        "at": at,
        "equity": EQUITY * (1 + 0.05 * swing),
        "equity_low": EQUITY * (0.999 + 0.05 * swing),
        "equity_high": EQUITY * (1.001 + 0.05 * swing),
        "equity_change": 0.1,
        "gross_exposure": 3000.0,
        "net_exposure": 1000.0,
        "unrealised": 10.0,
        "drawdown": max(0.0, -0.05 * swing),
        "daily_result": 0.01 * swing,
        "positions": 4,
        "concentration": 0.4,
        "leverage": 5.0,
        "risk_score": 30.0 + 20 * swing,
        "volatility": 0.03,
        "level": "low",
        "breaker": "closed",
        "emergency": 0,
        "trusted": 1,
    }
