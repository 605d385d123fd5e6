"""An entry order for tests that need one: each names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from riskplugin.core.events import OrderSent
from riskplugin.core.units import Quote

ENTRY = OrderSent(
    at=datetime(2026, 3, 12, 12, 0, tzinfo=UTC),
    intent="i",
    pair="X/USDT",
    order_side="buy",
    kind=None,
    reduces=False,
    amount=1.0,
    price=100.0,
    leverage=1.0,
    notional=Quote(100.0),
)


def entry_sent(**changes: Any) -> OrderSent:
    """A buy of 1 X/USDT at 100 on the way to the exchange, but for ``changes``."""
    return replace(ENTRY, **changes)
