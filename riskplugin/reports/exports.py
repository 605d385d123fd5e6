"""What can be exported as a table: decisions, alerts, limit changes, equity, trades, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.ledger.metrics import chart
from riskplugin.ledger.metrics.series import Point
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import moment
from riskplugin.reports.exported_events import ODD, alerts, limits
from riskplugin.reports.parts.decisions import Answer, answer_of
from riskplugin.reports.parts.trades import Entries
from riskplugin.reports.period import Period
from riskplugin.reports.records import Entry, Gaps, entries
from riskplugin.reports.tables import Columns, Row

#: A time in which there are not more points than fit into memory: raw ones come every few seconds.
_AT_ONCE = timedelta(days=1)
_ALL = 10_000_000

Rows = Callable[[LedgerReader, str, Period, Gaps], Iterator[Row]]


@dataclass(frozen=True)
class Table:
    """A table by its columns; new ones are added at the end, none ever goes."""

    columns: Columns
    rows: Rows


def _decisions(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    for entry in entries(reader, bot, period, gaps, kinds=[ev.EntryDecided]):
        answer = _read(entry, gaps)
        if answer is not None:
            yield _decision(bot, answer)


def _decision(bot: str, answer: Answer) -> Row:
    return {
        "bot": bot,
        "seq": answer.seq,
        "at": answer.at,
        "point": answer.point,
        "pair": answer.pair,
        "side": answer.side,
        "entry": answer.entry,
        "tag": answer.tag,
        "outcome": answer.outcome,
        "asked_stake": answer.asked,
        "stake": answer.stake,
        "leverage": answer.leverage,
        "price": answer.price,
        "level": answer.level,
        "rule": answer.rule or None,
        "measured": answer.measured,
        "limit": answer.limit,
        "reason": answer.text or None,
        "rules": " ".join(answer.rules),
        "observed": " ".join(answer.observed),
        "limits": answer.limits or None,
    }


def _read(entry: Entry, gaps: Gaps) -> Answer | None:
    try:
        return answer_of(entry)
    except ODD as error:
        gaps.add(entry.seq, 1, error)
        return None


def _trades(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    """Closed trades; the level is that of the entry's decision, where it lies in the period."""
    known = Entries()
    for entry in entries(reader, bot, period, gaps, kinds=[ev.EntryDecided, ev.TradeClosed]):
        if entry.kind == ev.EntryDecided.__name__:
            answer = _read(entry, gaps)
            if answer is not None:
                known.add(answer)
            continue
        try:
            event = entry.event()
            if isinstance(event, ev.TradeClosed):
                yield _trade(bot, entry, event, known.level(event.pair, event.opened_at))
        except ODD as error:
            gaps.add(entry.seq, 1, error)


def _trade(bot: str, entry: Entry, event: ev.TradeClosed, level: str) -> Row:
    return {
        "bot": bot,
        "seq": entry.seq,
        "at": entry.at,
        "trade": event.trade_id,
        "pair": event.pair,
        "side": event.side,
        "tag": event.tag,
        "level": level,
        "opened_at": event.opened_at,
        "stake": event.stake,
        "leverage": event.leverage,
        "profit": event.profit,
        "fees": event.fees,
        "funding": event.funding,
        "exit_reason": event.exit_reason,
    }


def _equity(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    """Every point that is kept, a day at a time."""
    del gaps  # the series has no records
    with reader.connection("reading metrics") as connection:
        extent = chart.extent(connection, bot, period.since, period.until)
    if extent is None:
        return
    begin, end = moment(extent.first), moment(extent.end)
    while begin < end:
        after = min(begin + _AT_ONCE, end)
        for point in reader.series(bot, begin, after, points=_ALL):
            yield _point(bot, point)
        begin = after


def _point(bot: str, point: Point) -> Row:
    metrics = point.metrics
    return {
        "bot": bot,
        "at": point.at,
        "span_seconds": point.span.total_seconds(),
        "equity": metrics.equity,
        "equity_low": point.equity_low,
        "equity_high": point.equity_high,
        "drawdown_pct": 100 * metrics.drawdown,
        "daily_pct": 100 * metrics.daily_result,
        "gross_exposure": metrics.gross_exposure,
        "net_exposure": metrics.net_exposure,
        "unrealised": metrics.unrealised,
        "positions": metrics.positions,
        "leverage": metrics.leverage,
        "risk_score": metrics.risk_score,
        "level": metrics.level,
        "breaker": metrics.breaker,
        "emergency": metrics.emergency,
        "trusted": metrics.trusted,
    }


_PLACE: dict[str, type] = {"bot": str, "seq": int, "at": datetime}


TABLES: dict[str, Table] = {
    "decisions": Table(
        {
            **_PLACE, "point": str, "pair": str, "side": str, "entry": str, "tag": str,
            "outcome": str, "asked_stake": float, "stake": float, "leverage": float,
            "price": float, "level": str, "rule": str, "measured": float, "limit": float,
            "reason": str, "rules": str, "observed": str, "limits": str,
        },
        _decisions,
    ),
    "alerts": Table(
        {
            **_PLACE, "what": str, "alert": int, "name": str, "severity": str, "said": str,
            "level": int, "by": str, "reason": str, "channels": str,
        },
        alerts,
    ),
    "limits": Table(
        {
            **_PLACE, "what": str, "number": int, "pair": str, "key": str, "was": str,
            "value": str, "by": str, "reason": str, "until": str, "version": str,
        },
        limits,
    ),
    "equity": Table(
        {
            "bot": str, "at": datetime, "span_seconds": float, "equity": float,
            "equity_low": float, "equity_high": float, "drawdown_pct": float, "daily_pct": float,
            "gross_exposure": float, "net_exposure": float, "unrealised": float, "positions": int,
            "leverage": float, "risk_score": float, "level": str, "breaker": str,
            "emergency": bool, "trusted": bool,
        },
        _equity,
    ),
    "trades": Table(
        {
            **_PLACE, "trade": int, "pair": str, "side": str, "tag": str, "level": str,
            "opened_at": datetime, "stake": float, "leverage": float, "profit": float,
            "fees": float, "funding": float, "exit_reason": str,
        },
        _trades,
    ),
}  # fmt: skip
