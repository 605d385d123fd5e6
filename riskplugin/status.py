"""The account's state as one flat, readable dictionary: what `riskplugin status --json` prints.

Percent here, because people and scripts read it; amounts in stake currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.levels import Severity
from riskplugin.core.monitor import Assessment
from riskplugin.core.snapshot import AccountSnapshot, Position, WorkingEntry
from riskplugin.core.state import RiskState
from riskplugin.ports import LedgerError, Metrics

#: A bot that has not written its status for so long is not running, or hangs.
SILENT_AFTER = timedelta(seconds=60)

_URGENCY = tuple(Severity)


def status_of(
    assessment: Assessment, state: RiskState, *, at: datetime, bot: str, version: str
) -> dict[str, Any]:
    """Everything a person asks first, from one assessment."""
    account, score = assessment.account, assessment.score
    return {
        "bot": bot,
        "at": at.isoformat(),
        "limits_version": version,
        **of_state(state),
        "equity": account.equity,
        "peak_equity": account.peak_equity,
        "trusted": account.untrusted is None,
        "untrusted_reason": account.untrusted,
        "drawdown_pct": 100 * account.drawdown,
        "daily_pnl_pct": 100 * daily_result(account),
        "exposure_pct": 100 * account.exposure_ratio,
        "risk_score": score.total,
        "score": {
            "exposure": score.exposure,
            "loss": score.loss,
            "leverage": score.leverage,
            "positions": score.positions,
        },
        "level": str(score.level),
        "positions": [_position(p) for p in account.positions],
        "working_entries": len(account.working),
        "working": [_working(w) for w in account.working],
        "warnings": list(state.warnings),
        "losing_streak": account.losing_streak,
        "consecutive_errors": account.consecutive_errors,
        "last_fault": state.last_fault,
    }


def aged(told: Mapping[str, Any], bot: str) -> dict[str, Any]:
    """A status that ``bot`` left, with ``age_s`` and ``silent``. Raises LedgerError."""
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(told["at"])
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"the status of {bot} in the ledger is damaged") from error
    return {**told, "age_s": round(age.total_seconds(), 1), "silent": age > SILENT_AFTER}


def alerts_of(book: AlertBook) -> list[dict[str, Any]]:
    """The open alerts, the worst first, of those the oldest."""
    worst_first = sorted(book.open, key=lambda a: (-_URGENCY.index(a.severity), a.number))
    return [
        {
            "id": alert.number,
            "name": alert.name,
            "severity": str(alert.severity),
            "text": alert.said,
            "at": alert.at.isoformat(),
            "level": alert.level,
            "levels": alert.levels,
            "count": alert.count,
            "acknowledged_by": alert.acknowledged_by,
            "acknowledged_at": _iso(alert.acknowledged_at),
            "channels": list(alert.told),
            "channels_owed": list(book.owing(alert.number)),
        }
        for alert in worst_first
    ]


def of_state(state: RiskState) -> dict[str, Any]:
    """What needs no look at the account: true even while the bot's loop hangs."""
    return {
        "breaker": _breaker(state),
        "emergency": {
            "active": state.emergency,
            "by": state.emergency_by,
            "since": _iso(state.emergency_since),
        },
        "closing": {
            "active": state.flattening,
            "by": state.flatten_by,
            "orders": state.flatten_orders,
            "closed": [
                {"pair": o.pair, "profit": o.profit, "exit_reason": o.exit_reason}
                for o in state.flatten_outcomes
            ],
        },
        "alerts": alerts_of(state.alerts),
    }


def metrics_of(assessment: Assessment, *, at: datetime, before: float | None) -> Metrics:
    """One row of the time series; ``before`` is the equity of the row before."""
    account = assessment.account
    net = sum(p.notional * p.side.sign for p in account.positions)
    largest = max((h.notional for h in account.holdings.values()), default=0.0)
    return Metrics(
        at=at,
        equity=account.equity,
        equity_change=0.0 if before is None else account.equity - before,
        gross_exposure=account.exposure,
        net_exposure=net,
        unrealised=sum(p.unrealised for p in account.positions),
        drawdown=account.drawdown,
        daily_result=daily_result(account),
        positions=len(account.positions),
        concentration=largest / account.exposure if account.exposure > 0 else 0.0,
        leverage=account.max_leverage,
        risk_score=assessment.score.total,
        volatility=account.volatility,
        level=str(assessment.score.level),
        breaker=str(account.breaker),
        emergency=account.emergency,
        trusted=account.untrusted is None,
    )


def daily_result(account: AccountSnapshot) -> float:
    """Result since the start of the day as a ratio of its start; a loss is negative."""
    start = account.day_start_equity
    return account.equity / start - 1 if start is not None and start > 0 else 0.0


def _breaker(state: RiskState) -> dict[str, Any]:
    return {
        "state": str(state.breaker),
        "open_until": _iso(state.open_until),
        "reasons": list(state.tripped_by),
        "latched_by": state.latched_by,
        "trips": state.trips,
        "half_open": {
            "since": _iso(state.half_open_since),
            "equity": state.half_open_equity,
            "wins": state.wins,
            "losses": state.losses,
        },
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "trade_id": position.trade_id,
        "pair": position.pair,
        "side": str(position.side),
        "amount": position.amount,
        "notional": position.notional,
        "stake": position.stake,
        "leverage": position.leverage,
        "unrealised": position.unrealised,
        "stop_price": position.stop_price,
        "liquidation_price": position.liquidation_price,
    }


def _working(entry: WorkingEntry) -> dict[str, Any]:
    return {
        "trade_id": entry.trade_id,
        "pair": entry.pair,
        "side": str(entry.side),
        "notional": entry.notional,
        "order_id": entry.order_id,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
