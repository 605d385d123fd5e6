"""A position for the callbacks to judge: a real trade in a database in memory, with its orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from freqtrade.enums import TradingMode
from freqtrade.persistence import Order, Trade

from riskplugin.adapter.rehearsal.market import MAINTENANCE, PRICE


def position(
    config: dict[str, Any],
    pair: str,
    stake: float,
    *,
    short: bool,
    leverage: float,
    tag: str | None,
) -> Any:
    """An hour old, filled at :data:`PRICE`."""
    base, _, rest = pair.partition("/")
    since = datetime.now(UTC) - timedelta(hours=1)
    trade = Trade(
        pair=pair,
        base_currency=base,
        stake_currency=rest.partition(":")[0],
        stake_amount=stake,
        amount=stake * leverage / PRICE,
        amount_requested=stake * leverage / PRICE,
        is_open=True,
        fee_open=0.0005,
        fee_close=0.0005,
        open_rate=PRICE,
        open_rate_requested=PRICE,
        open_date=since,
        exchange=config["exchange"].get("name"),
        strategy=config.get("strategy"),
        enter_tag=tag,
        timeframe=5,
        leverage=leverage,
        is_short=short,
        trading_mode=config.get("trading_mode", TradingMode.SPOT),
        liquidation_price=liquidation(short=short, leverage=leverage),
    )
    trade.orders.append(order(trade, PRICE, stake, entry=True, filled=True, at=since))
    Trade.session.add(trade)
    trade.recalc_trade_from_orders()
    trade.adjust_stop_loss(trade.open_rate, config.get("stoploss", -0.1), initial=True)
    Trade.commit()
    return trade


def order(
    trade: Any, price: float, stake: float, *, entry: bool, filled: bool, at: datetime | None = None
) -> Any:
    """An order of ``trade``, filled or working."""
    at = at or datetime.now(UTC) - timedelta(minutes=3)
    side = trade.entry_side if entry else trade.exit_side
    amount = stake * trade.leverage / price
    return Order(
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_is_open=not filled,
        ft_amount=amount,
        ft_price=price,
        order_id=f"rehearsal-{len(trade.orders)}-{side}-{filled}",
        status="closed" if filled else "open",
        symbol=trade.pair,
        order_type="limit",
        side=side,
        price=price,
        average=price if filled else None,
        amount=amount,
        filled=amount if filled else 0.0,
        remaining=0.0 if filled else amount,
        cost=amount * price,
        order_date=at,
        order_filled_date=at if filled else None,
    )


def add(trade: Any, price: float, stake: float) -> None:
    """The strategy's increase was filled."""
    trade.orders.append(order(trade, price, stake, entry=True, filled=True))
    trade.recalc_trade_from_orders()
    Trade.commit()


def liquidation(*, short: bool, leverage: float) -> float | None:
    """About where the exchange takes the position; None where nothing is borrowed."""
    if leverage <= 1:
        return None
    away = 1 / leverage - MAINTENANCE
    return PRICE * (1 + away if short else 1 - away)
