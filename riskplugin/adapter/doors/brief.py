"""What a bot says of itself in a few lines, for a phone. HTML as Telegram takes it."""

from __future__ import annotations

from html import escape

from riskplugin.dashboard.account import Alert, Status
from riskplugin.dashboard.office import Desk
from riskplugin.dashboard.told import alerts_in, read_as, section_of
from riskplugin.dashboard.usage import gauges

_STATES = {
    "closed": "trading",
    "half_open": "TESTING: probes only",
    "open": "STOPPED",
    "latched": "LATCHED",
}
_MARKS = {"critical": "🔴", "warning": "🟠"}
#: How many positions or alerts are named.
NAMED = 8


def brief(desk: Desk) -> str:
    """The state of the bot. Raises LedgerError."""
    told = desk.status()
    if told is None:
        return f"{escape(desk.bot)} has not finished a loop yet."
    status = read_as(Status, told, f"the status of {desk.bot}")
    lines = [f"<b>{escape(desk.bot)}: {_STATES.get(status.breaker.state, '?')}</b>"]
    lines += _warnings(status)
    lines.append(f"equity {_amount(status.equity)}, level {status.level}")
    used = gauges(status.model_dump(), section_of(desk.reader, desk.bot))
    lines += [f"{gauge.name} {gauge.text}" for gauge in used if gauge.name != "positions"]
    lines += _positions(status)
    count = len([a for a in alerts_in(status, desk.bot) if a.acknowledged_by is None])
    if count:
        lines.append(f"{count} open {'alert' if count == 1 else 'alerts'}: /risk_alerts")
    return "\n".join(lines)


def alerts(desk: Desk) -> str:
    """The open alerts. Raises LedgerError."""
    told = desk.status()
    status = None if told is None else read_as(Status, told, f"the status of {desk.bot}")
    found = [] if status is None else alerts_in(status, desk.bot)
    if not found:
        return "No open alerts."
    lines = [_alert(alert) for alert in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(f"and {len(found) - NAMED} more")
    return "\n\n".join([*lines, "/risk_ack number, or /risk_ack all"])


def plain(text: str) -> str:
    """A sentence that may hold anything."""
    return escape(text, quote=False)


def _alert(alert: Alert) -> str:
    mark = _MARKS.get(alert.severity, "⚪")
    known = f"\nacknowledged by {escape(alert.acknowledged_by)}" if alert.acknowledged_by else ""
    return f"{mark} <b>#{alert.id}</b> {escape(alert.text)}{known}"


def _warnings(status: Status) -> list[str]:
    lines = []
    if status.silent:
        lines.append(f"⚠️ silent for {status.age_s:.0f} s: these figures are old")
    if status.breaker.state != "closed":
        lines += [escape(reason) for reason in status.breaker.reasons[:3]]
    if status.emergency.active:
        lines.append(f"EMERGENCY MODE by {escape(status.emergency.by or '?')}")
    if status.closing.active:
        lines.append("closing everything")
    if not status.trusted:
        lines.append(f"balance doubted: {escape(status.untrusted_reason or '?')}")
    return lines


def _positions(status: Status) -> list[str]:
    if not status.positions:
        return ["flat"]
    held = status.positions
    named = [f"{escape(p.pair)} {p.side} {_signed(p.unrealised)}" for p in held[:NAMED]]
    more = [f"and {len(held) - NAMED} more"] if len(held) > NAMED else []
    return [f"{len(held)} open:", *named, *more]


def _amount(value: float | None) -> str:
    return "?" if value is None else f"{value:,.2f}"


def _signed(value: float | None) -> str:
    return "?" if value is None else f"{value:+,.2f}"
