"""All that the page shows of one bot, and of several bots at a glance. One look at the ledger."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import HTTPException

from riskplugin.dashboard import answers
from riskplugin.dashboard.account import Alert, Status
from riskplugin.dashboard.health import health_of, watchdogs_alerts
from riskplugin.dashboard.holdings import exposure, holdings
from riskplugin.dashboard.office import Desk, Office
from riskplugin.dashboard.told import alerts_in, section_of, status_of
from riskplugin.dashboard.usage import gauges
from riskplugin.ports import LedgerError

Tone = Literal["good", "watch", "bad"]
_TONES: tuple[Tone, ...] = ("bad", "watch", "good")


def standing_of(desk: Desk) -> answers.Standing:
    """Everything at one moment. Raises LedgerError, or answers 404 before the bot's first loop."""
    status = status_of(desk)
    limits = limits_of(desk, status)
    health = health_of(desk, status.model_dump())
    return answers.Standing(
        status=status,
        used=limits.used,
        holdings=holdings(status),
        exposure=exposure(status),
        alerts=all_alerts(desk, status),
        health=health,
        head=health.chain.records,
        proposals=limits.proposals,
        overrides=limits.overrides,
        unacknowledged=limits.unacknowledged,
    )


def limits_of(desk: Desk, status: Status) -> answers.Limits:
    """The limits in force, how much of each is used, and what is to change."""
    told: dict[str, Any] = getattr(status, "limits", None) or {}
    section = section_of(desk.reader, desk.bot)
    return answers.Limits(
        version=status.limits_version,
        in_force=section,
        used=gauges(status.model_dump(), section),
        file_version=told.get("file_version"),
        changes=told.get("changes") or [],
        proposals=told.get("proposals") or [],
        overrides=told.get("overrides") or [],
        unacknowledged=told.get("unacknowledged"),
    )


def all_alerts(desk: Desk, status: Status) -> list[Alert]:
    """The open alerts of the bot and of its watchdog, the worst first."""
    found = [*alerts_in(status, desk.bot), *watchdogs_alerts(desk.reader, desk.bot)]
    order = ("critical", "warning", "info")
    return sorted(found, key=lambda a: order.index(a.severity) if a.severity in order else 0)


def fleet_of(office: Office) -> list[answers.BotCard]:
    """Every bot with the worst that can be said of it, the worst first."""
    cards = [card(office.desk(bot)) for bot in office.bots()]
    return sorted(cards, key=lambda c: (_TONES.index(c.tone), -(c.used_pct or 0.0), c.bot))


def card(desk: Desk) -> answers.BotCard:
    """One bot at a glance. Never raises for what its ledger holds."""
    try:
        status = status_of(desk)
        used = gauges(status.model_dump(), section_of(desk.reader, desk.bot))
        alerts = all_alerts(desk, status)
    except LedgerError as error:
        return _blank(desk.bot, "bad", str(error))
    except HTTPException as early:
        return _blank(desk.bot, "watch", str(early.detail))
    fullest = max((g.value / g.trip for g in used if g.value and g.trip), default=None)
    tone, worst = _worst(status, alerts, used)
    return answers.BotCard(
        bot=desk.bot,
        tone=tone,
        worst=worst,
        breaker=status.breaker.state,
        at=status.at,
        age_s=status.age_s,
        equity=status.equity,
        daily_pnl_pct=status.daily_pnl_pct,
        drawdown_pct=status.drawdown_pct,
        exposure_pct=status.exposure_pct,
        risk_score=status.risk_score,
        level=status.level,
        positions=len(status.positions),
        alerts=len([a for a in alerts if a.acknowledged_by is None]),
        used_pct=None if fullest is None else 100 * fullest,
    )


def _worst(status: Status, alerts: list[Alert], used: list[answers.Gauge]) -> tuple[Tone, str]:
    new = [a for a in alerts if a.acknowledged_by is None]
    critical = [a for a in new if a.severity == "critical"]
    state = status.breaker.state
    warned = [g.name for g in used if g.value and g.warn and g.value >= g.warn]
    said: list[tuple[bool, Tone, str]] = [
        (status.silent, "bad", "silent: these figures are old"),
        (state == "latched", "bad", f"latched by {status.breaker.latched_by}"),
        (state == "open", "bad", "stopped by the breaker"),
        (status.closing.active, "bad", "closing everything"),
        (status.emergency.active, "bad", f"emergency mode, by {status.emergency.by}"),
        (bool(critical), "bad", critical[0].text if critical else ""),
        (state == "half_open", "watch", "testing with small probes"),
        (not status.trusted, "watch", "the balance is doubted"),
        (bool(warned), "watch", f"near its limit: {', '.join(warned)}"),
        (bool(new), "watch", new[0].text if new else ""),
    ]
    return next(((tone, text) for holds, tone, text in said if holds), ("good", "trading"))


def _blank(bot: str, tone: Tone, worst: str) -> answers.BotCard:
    nothing: dict[str, Any] = dict.fromkeys(answers.BotCard.model_fields)
    return answers.BotCard(**{**nothing, "bot": bot, "tone": tone, "worst": worst} | _COUNTS)


_COUNTS: dict[str, Any] = {"positions": 0, "alerts": 0}
