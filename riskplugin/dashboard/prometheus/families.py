"""One bot's status as families of metrics. Pure.

Names and units follow Prometheus' conventions: ratios, not percent; seconds; a state is one series
per value, of which one is 1. Amounts are in the bot's stake currency. What is not known is left
out: a series that is absent says so, a zero would lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel, Severity, Side
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.answers import Gauge
from riskplugin.dashboard.told import alerts_in


@dataclass(frozen=True, slots=True)
class Seen:
    """One bot at the moment of a scrape: its status, and the bars of its limits."""

    status: Status
    used: Sequence[Gauge]


Samples = Iterator[tuple[tuple[str, ...], float | None]]


def families(bots: Iterable[Seen]) -> Iterator[GaugeMetricFamily]:
    """Every gauge of every bot. Raises LedgerError when a status holds nonsense."""
    seen = list(bots)
    for name, text, value in _PLAIN:
        yield _family(name, text, (), ((s, [((), value(s.status))]) for s in seen))
    for name, text, label, values in _LABELLED:
        yield _family(name, text, (label,), ((s, values(s)) for s in seen))


def _family(
    name: str,
    text: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[Seen, Iterable[tuple[tuple[str, ...], float | None]]]],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"riskplugin_{name}", text, labels=("bot", *labels))
    for seen, samples in values:
        for label, value in samples:
            if value is not None:
                family.add_metric([seen.status.bot, *label], value)
    return family


def _ratio(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _epoch(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _of_loop(status: Status, key: str) -> float | None:
    loop = getattr(status, "loop", None)
    value = loop.get(key) if isinstance(loop, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


#: Name, help, and where the value stands in the status.
_PLAIN: tuple[tuple[str, str, Any], ...] = (
    ("up", "1 while the bot looks at its account, 0 once it is silent.", lambda s: not s.silent),
    ("last_look_timestamp_seconds", "When the bot last looked.", lambda s: _epoch(s.at)),
    ("oldest_price_age_seconds", "Age of the oldest price that the account was judged by.",
     lambda s: _of_loop(s, "oldest_price_s")),
    ("loop_duration_seconds", "Time between the last two looks.", lambda s: _of_loop(s, "seconds")),
    ("equity", "Equity, marked to market, in stake currency.", lambda s: s.equity),
    ("peak_equity", "The equity that drawdown is measured from.", lambda s: s.peak_equity),
    ("equity_trusted", "0 while the equity is not believed.", lambda s: s.trusted),
    ("drawdown_ratio", "Drawdown from the peak, of the peak.", lambda s: _ratio(s.drawdown_pct)),
    ("daily_result_ratio", "Result of the day, of the equity it began with; a loss is negative.",
     lambda s: _ratio(s.daily_pnl_pct)),
    ("exposure_ratio", "Notional of positions and working entries, of equity.",
     lambda s: _ratio(s.exposure_pct)),
    ("risk_score", "Risk score, 0 to 100.", lambda s: s.risk_score),
    ("working_entries", "Entry orders that are not filled yet.", lambda s: s.working_entries),
    ("losing_streak", "Losing trades in a row.", lambda s: s.losing_streak),
    ("consecutive_errors", "Faults in a row.", lambda s: s.consecutive_errors),
    ("emergency", "1 in emergency mode.", lambda s: s.emergency.active),
    ("closing", "1 while all positions are being closed.", lambda s: s.closing.active),
    ("breaker_trips", "Trips in a row: since the breaker closed last.", lambda s: s.breaker.trips),
)  # fmt: skip


def _sides(seen: Seen, of: Any) -> Samples:
    for side in Side:
        yield (str(side),), of([p for p in seen.status.positions if p.side == side])


def _positions(seen: Seen) -> Samples:
    return _sides(seen, len)


def _notional(seen: Seen) -> Samples:
    return _sides(seen, lambda held: _total(p.notional for p in held))


def _unrealised(seen: Seen) -> Samples:
    return _sides(seen, lambda held: _total(p.unrealised for p in held))


def _total(values: Iterable[float | None]) -> float | None:
    """The sum; None when one of them is not known."""
    known = list(values)
    return None if None in known else sum(each for each in known if each is not None)


def _score(seen: Seen) -> Samples:
    for part, value in seen.status.score.items():
        yield (part,), value


def _used(seen: Seen) -> Samples:
    for bar in seen.used:
        if bar.value is not None and bar.trip:
            yield (bar.name,), bar.value / bar.trip


def _one_of(value: str, known: Iterable[str]) -> Samples:
    for name in known:
        yield (name,), name == value


def _breaker(seen: Seen) -> Samples:
    return _one_of(seen.status.breaker.state, map(str, BreakerState))


def _level(seen: Seen) -> Samples:
    return _one_of(seen.status.level, map(str, RiskLevel))


def _alerts(seen: Seen) -> Samples:
    found = Counter(a.severity for a in alerts_in(seen.status, seen.status.bot))
    for severity in map(str, Severity):
        yield (severity,), found[severity]


def _unacknowledged(seen: Seen) -> Samples:
    listed = alerts_in(seen.status, seen.status.bot)
    found = Counter(a.severity for a in listed if a.acknowledged_by is None)
    for severity in map(str, Severity):
        yield (severity,), found[severity]


def _info(seen: Seen) -> Samples:
    yield (seen.status.limits_version,), 1.0


#: Name, help, the label besides ``bot``, and its values.
_LABELLED: tuple[tuple[str, str, str, Any], ...] = (
    ("limits_info", "The version of the limits in force; always 1.", "version", _info),
    ("breaker_state", "1 for the state that the breaker is in.", "state", _breaker),
    ("risk_level", "1 for the level of the risk score.", "level", _level),
    ("risk_score_part", "The parts of the risk score, 0 to 100 each.", "part", _score),
    ("limit_used_ratio", "How much of a limit is used; 1 is at the limit.", "limit", _used),
    ("open_positions", "Open positions.", "side", _positions),
    ("notional", "Notional of open positions, in stake currency.", "side", _notional),
    ("unrealised_result", "Result of open positions, in stake currency.", "side", _unrealised),
    ("open_alerts", "Alerts that are not resolved.", "severity", _alerts),
    ("unacknowledged_alerts", "Open alerts that nobody has acknowledged.", "severity",
     _unacknowledged),
)  # fmt: skip
