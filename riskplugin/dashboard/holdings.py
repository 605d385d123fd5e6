"""What the open positions put at risk: ways to stop and liquidation, loss at the stop, exposure by
pair. Pure: a status in, figures out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from riskplugin.dashboard.account import Exposed, Holding, Position, Status


def holdings(status: Status) -> list[Holding]:
    """The positions, the one with the most to lose first."""
    made = [_holding(each, status.equity) for each in status.positions]
    return sorted(made, key=lambda h: (-_or(h.risk, float("inf")), h.pair, h.side))


def exposure(status: Status) -> list[Exposed]:
    """What is held and what is being bought, by pair and side, the largest first."""
    held: dict[tuple[str, str], float] = defaultdict(float)
    working: dict[tuple[str, str], float] = defaultdict(float)
    for each in status.positions:
        held[each.pair, each.side] += _or(each.notional, 0.0)
    listed = getattr(status, "working", None)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            where = str(entry.get("pair")), str(entry.get("side"))
            working[where] += _or(_number(entry.get("notional")), 0.0)
    made = [
        Exposed(
            pair=pair,
            side=side,
            notional=held[pair, side],
            working=working[pair, side],
            share_pct=_percent(held[pair, side] + working[pair, side], status.equity),
        )
        for pair, side in {**held, **working}
    ]
    return sorted(made, key=lambda e: (-(_or(e.notional, 0) + _or(e.working, 0)), e.pair, e.side))


def _holding(position: Position, equity: float | None) -> Holding:
    amount = _number(getattr(position, "amount", None))
    price = _ratio(position.notional, amount)
    sign = -1.0 if position.side == "short" else 1.0
    stop = _way(price, position.stop_price, sign)
    risk = None if stop is None or amount is None else max(0.0, stop * amount)
    return Holding(
        trade_id=position.trade_id,
        pair=position.pair,
        side=position.side,
        amount=amount,
        leverage=position.leverage,
        notional=position.notional,
        unrealised=position.unrealised,
        price=price,
        stop_price=position.stop_price,
        liquidation_price=position.liquidation_price,
        stop_pct=_percent(stop, price),
        liquidation_pct=_percent(_way(price, position.liquidation_price, sign), price),
        risk=risk,
        risk_pct=_percent(risk, equity),
    )


def _way(price: float | None, to: float | None, sign: float) -> float | None:
    """How far the price has to go against the position; below zero it is past that already."""
    return None if price is None or to is None else sign * (price - to)


def _percent(part: float | None, whole: float | None) -> float | None:
    found = _ratio(part, whole)
    return None if found is None else 100 * found


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole is not None and whole > 0 else None


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable else None


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
