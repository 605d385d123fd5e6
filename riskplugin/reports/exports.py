"""What can be exported as a table: decisions, alerts, limit changes, equity, trades, row by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from riskplugin.control.limits.words import shown
from riskplugin.core import events as ev
from riskplugin.core.events import limits as lim
from riskplugin.ledger.metrics import chart
from riskplugin.ledger.metrics.series import Point
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import moment
from riskplugin.reports.parts.decisions import Answer, answer_of
from riskplugin.reports.parts.people import LIMIT_KINDS
from riskplugin.reports.parts.trades import Entries
from riskplugin.reports.period import Period
from riskplugin.reports.records import Entry, Gaps, entries
from riskplugin.reports.tables import Columns, Row

#: A time in which there are not more points than fit into memory: raw ones come every few seconds.
_AT_ONCE = timedelta(days=1)
_ALL = 10_000_000

_ODD = (AttributeError, TypeError, ValueError, ArithmeticError, KeyError, RuntimeError)

#: A key with what it was and what it becomes, as JSON.
_Key = tuple[str | None, str | None, str | None]

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
    except _ODD as error:
        gaps.add(entry.seq, 1, error)
        return None


def _told(
    reader: LedgerReader,
    bot: str,
    period: Period,
    gaps: Gaps,
    kinds: list[type[ev.Event]],
    row: Callable[[Any], list[dict[str, object]]],
) -> Iterator[Row]:
    """The rows of events; a record that cannot be read becomes a gap."""
    for entry in entries(reader, bot, period, gaps, kinds=kinds):
        try:
            made = row(entry.event())
        except _ODD as error:
            gaps.add(entry.seq, 1, error)
            continue
        for each in made:
            yield {"bot": bot, "seq": entry.seq, "at": entry.at, **each}


_ALERTS: dict[type[ev.Event], str] = {
    ev.AlertRaised: "raised",
    ev.AlertRepeated: "repeated",
    ev.AlertEscalated: "escalated",
    ev.AlertAcknowledged: "acknowledged",
    ev.AlertResolved: "resolved",
    ev.AlertFailed: "channel failed",
    ev.AlertDropped: "given up",
}


def _alerts(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    yield from _told(reader, bot, period, gaps, list(_ALERTS), _alert)


def _alert(event: Any) -> list[dict[str, object]]:
    numbers = event.alerts if isinstance(event, ev.AlertAcknowledged) else [_maybe(event, "alert")]
    channels = _maybe(event, "channels")
    return [
        {
            "what": _ALERTS[type(event)],
            "alert": number,
            "name": _maybe(event, "name"),
            "severity": _maybe(event, "severity"),
            "said": _maybe(event, "said") or _maybe(event, "error") or _maybe(event, "why"),
            "level": _maybe(event, "level"),
            "by": _maybe(event, "by"),
            "reason": _maybe(event, "reason"),
            "channels": _maybe(event, "channel") if channels is None else " ".join(channels),
        }
        for number in numbers
    ]


def _limits(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    yield from _told(reader, bot, period, gaps, list(LIMIT_KINDS), _limit)


def _limit(event: Any) -> list[dict[str, object]]:
    """One row a key, or one for a record without any."""
    shared = {
        "what": LIMIT_KINDS[type(event)],
        "number": _maybe(event, "number") or _maybe(event, "proposal"),
        "pair": _maybe(event, "pair") or None,
        "by": " and ".join(_maybe(event, "by") or ()) or None,
        "reason": _maybe(event, "reason") or None,
        "until": _until(event),
        "version": _maybe(event, "version"),
    }
    was = {setting.key: setting.value for setting in _maybe(event, "was") or ()}
    settings: tuple[lim.Setting, ...] = _maybe(event, "settings") or ()
    named = [(s.key, was.get(s.key), s.value) for s in settings]
    bare = _maybe(event, "to_file") or _maybe(event, "keys") or ()
    keys: list[_Key] = [*named, *((key, None, None) for key in bare)]
    return [
        shared | {"key": key, "was": _value(old), "value": _value(new)}
        for key, old, new in keys or [(None, None, None)]
    ]


def _until(event: Any) -> str | None:
    for name in ("effective", "until", "expires"):
        end = _maybe(event, name)
        if end:
            return end.isoformat() if isinstance(end, datetime) else str(end)
    return None


def _value(text: str | None) -> str | None:
    return None if text is None else shown(json.loads(text))


def _maybe(event: object, name: str) -> Any:
    return getattr(event, name, None)


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
        except _ODD as error:
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
        _alerts,
    ),
    "limits": Table(
        {
            **_PLACE, "what": str, "number": int, "pair": str, "key": str, "was": str,
            "value": str, "by": str, "reason": str, "until": str, "version": str,
        },
        _limits,
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
