"""A report for programs: the same facts as the page, with numbers as numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from riskplugin.reports.gather import Told
from riskplugin.reports.parts.alerted import Alerts
from riskplugin.reports.parts.breaches import Breaches
from riskplugin.reports.parts.decisions import Decisions
from riskplugin.reports.parts.trades import Trades
from riskplugin.reports.report_page import halted, months, verdict

#: The form of this dictionary; new keys may come without a new number.
VERSION = 1


def plain(told: Told) -> dict[str, Any]:
    """The report as dictionaries and lists; moments and lengths of time as they are."""
    ask, facts, doings = told.ask, told.facts, told.facts.doings
    return {
        "version": VERSION,
        "bot": ask.bot,
        "from": ask.begin,
        "until": ask.end,
        "made": ask.now,
        "currency": ask.currency or None,
        "day": {"timezone": str(ask.days.timezone), "starts_at": f"{ask.days.starts_at:%H:%M}"},
        "unknown": told.unknown,
        "performance": asdict(told.performance)
        | {"months": [asdict(month) for month in months(told.performance.daily)]},
        "flows": [{"at": at, "amount": amount} for at, amount in facts.flows],
        "contribution": None if told.contribution is None else asdict(told.contribution),
        "trades": _trades(facts.trades),
        "breaches": _breaches(facts.breaches),
        "decisions": _decisions(facts.decisions),
        "limits": {
            "changes": asdict(doings.limits),
            "in_force": None
            if told.limits is None
            else asdict(told.limits) | {"values": dict(told.limits.values)},
        },
        "alerts": _alerts(facts.alerts),
        "orders": asdict(doings.orders),
        "emergencies": asdict(doings.emergencies),
        "people": None
        if told.people is None
        else {"changes": asdict(told.people.changes), "sign_ins": told.people.sign_ins},
        "machinery": {name: asdict(sort) for name, sort in facts.machinery.sorts.items()},
        "audit": _audit(told),
    }


def _trades(trades: Trades) -> dict[str, Any]:
    by = {
        name: {key: asdict(earned) for key, earned in table.items()}
        for name, table in trades.by.items()
    }
    return {"all": asdict(trades.all), "by": by, "odd": trades.odd}


def _breaches(breaches: Breaches) -> dict[str, Any]:
    return {
        "all": [asdict(breach) for breach in breaches.all],
        "more": breaches.more,
        "halted_seconds": halted(breaches.spells).total_seconds(),
        "warned": {name: asdict(warned) for name, warned in breaches.warned.items()},
    }


def _decisions(decisions: Decisions) -> dict[str, Any]:
    return {
        "total": asdict(decisions.total),
        **{
            name: {key: asdict(value) for key, value in table.items()}
            for name, table in (
                ("points", decisions.points),
                ("rules", decisions.rules),
                ("pairs", decisions.pairs),
            )
        },
        "levels": dict(decisions.levels),
    }


def _alerts(alerts: Alerts) -> dict[str, Any]:
    return {
        "by_severity": {name: asdict(each) for name, each in alerts.by_severity().items()},
        "unacknowledged": [asdict(each) for each in alerts.unacknowledged],
        "earlier": alerts.earlier,
        "failed": alerts.failed,
        "dropped": alerts.dropped,
    }


def _audit(told: Told) -> dict[str, Any]:
    last, verified = told.facts.last, told.verified
    return {
        "verdict": verdict(verified)[0],
        "sound": None if verified is None else verified.sound,
        "verified": None if verified is None else asdict(verified),
        "head": None if told.head is None else asdict(told.head),
        "last_of_period": None if last is None else {"seq": last.seq, "hash": last.hash.hex()},
        "records_of_period": told.facts.records,
    }
