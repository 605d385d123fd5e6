"""The SQL of one bot's ledger: the text of each statement, and the rows that go into it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from sqlalchemy import BindParameter, Text, bindparam, func, literal_column, select, update

from riskplugin.core.events import Event
from riskplugin.ledger.form.odd import plain
from riskplugin.ledger.store import tables
from riskplugin.ledger.store.queries import SAVED, TAIL
from riskplugin.ledger.store.tables import event_id, micros, now
from riskplugin.ledger.store.texts import Texts, texts_of
from riskplugin.ports import Metrics


class Statements:
    """The text of every statement, as one make of database wants it."""

    def __init__(self, texts: Texts) -> None:
        bots, events, marks = tables.bots.c, tables.events.c, tables.marks.c
        controls = tables.controls.c
        of_bot: BindParameter[str] = bindparam("bot")
        first: BindParameter[int] = bindparam("first")
        last: BindParameter[int] = bindparam("last")
        self.add = texts.insert(tables.events)
        self.mark = texts.insert(tables.marks)
        self.save = texts.keep(tables.states, "bot")
        self.reached = texts.keep(tables.reached, "bot")
        self.sample = texts.upsert(tables.metrics, ("bot", "at"))
        self.status = texts.upsert(tables.status, ("bot",))
        self.enter = texts.enter(tables.bots, "name")
        self.number = texts.sql(select(bots.number).where(bots.name == bindparam("name")))
        latest = select(func.max(events.id)).where(events.id.between(first, last))
        self.head = texts.sql(
            select(events.seq, events.hash).where(events.id == latest.scalar_subquery())
        )
        # The first by the index: of one moment there may be many marks, where the clock was set
        # back. Both figures stand in the text, so that nothing but the bot has to be handed over.
        self.last_mark = texts.sql(
            select(marks.peak, marks.seq)
            .where(marks.bot == of_bot)
            .order_by(marks.peak.desc(), marks.seq.desc())
            .limit(literal_column("1"))
            .offset(literal_column("0"))
        )
        self.peak = texts.sql(select(func.max(events.at)).where(events.id.between(first, last)))
        self.hash_at = texts.sql(select(events.hash).where(events.id == bindparam("id")))
        self.state = texts.sql(SAVED.where(tables.states.c.bot == of_bot))
        self.tail = texts.sql(TAIL.where(events.id.between(first, last)))
        signed = tables.checkpoints.c
        latest_signed = select(func.max(signed.seq)).where(signed.bot == of_bot)
        self.checkpoint = texts.insert(tables.checkpoints)
        end = events.id == bots.number * literal_column(str(event_id(1, 0))) + signed.seq
        ends = tables.checkpoints.outerjoin(tables.bots, bots.name == signed.bot)
        self.last_checkpoint = texts.sql(
            select(signed.seq, signed.at, signed.hash, signed.key, signed.signature, events.hash)
            .select_from(ends.outerjoin(tables.events, end))
            .where(signed.bot == of_bot, signed.seq == latest_signed.scalar_subquery())
        )
        keys = tables.data_keys.c
        self.data_key = texts.insert(tables.data_keys)
        self.data_keys = texts.sql(
            select(keys.id, keys.wrapped).where(keys.bot == of_bot).order_by(keys.at, keys.id)
        )
        self.waiting = texts.sql(
            select(
                controls.id,
                controls.command,
                controls.by,
                controls.reason,
                controls.at,
                func.coalesce(controls.args, literal_column("''")),
                func.coalesce(controls.via, literal_column("''")),
            )
            .where(controls.bot == of_bot, controls.handled_at.is_(None))
            .order_by(controls.id)
        )
        self.settle = texts.sql(
            update(tables.controls)
            .where(
                controls.bot == bindparam("for_bot"),
                controls.id == bindparam("for_id"),
                controls.handled_at.is_(None),
            )
            .values(
                handled_at=bindparam("handled_at"),
                outcome=bindparam("outcome"),
                by=func.coalesce(bindparam("kept_by", type_=Text), controls.by),
                reason=func.coalesce(bindparam("kept_reason", type_=Text), controls.reason),
            )
        )


@cache
def statements(make: str) -> Statements:
    """The statements for ``make``: sqlite or postgresql."""
    return Statements(texts_of(make))


def time_of(event: Event) -> int:
    """Its own time; the present one for an event whose time is none, so that it is not lost."""
    try:
        return micros(event.at)
    except (TypeError, AttributeError):
        return now()


def metrics_row(metrics: Metrics) -> dict[str, Any]:
    """A row of metrics but for bot and time; a figure that is not finite becomes NULL."""
    return {
        field.name: _COLUMN_TYPES.get(str(field.type), _finite)(getattr(metrics, field.name))
        for field in dataclasses.fields(Metrics)
        if field.name != "at"
    }


def status_text(status: dict[str, Any]) -> str:
    """The status as JSON; a value that JSON does not know becomes text."""
    return orjson.dumps(status, default=_told, option=orjson.OPT_NON_STR_KEYS).decode()


_COLUMN_TYPES: dict[str, Callable[[Any], Any]] = {"int": int, "str": str, "bool": bool}


def _finite(figure: float | None) -> float | None:
    return float(figure) if figure is not None and math.isfinite(figure) else None


def _told(value: object) -> Any:
    """A value in the status that JSON does not know."""
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    told = plain(value)
    return told["text"] if isinstance(told, dict) and "text" in told else told
