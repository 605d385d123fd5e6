"""What the control endpoints show of orders and accounts. Money is written as strings."""

from __future__ import annotations

from decimal import Decimal

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.orders import Fill, Order
from riskplugin.sandbox.wire import Json, number
from riskplugin.sandbox.world import World


def order_line(order: Order) -> Json:
    """One order of the log with its fills."""
    ticket = order.ticket
    return {
        "id": order.id,
        "key": order.key,
        "market": ticket.kind,
        "symbol": ticket.symbol,
        "side": ticket.side,
        "type": ticket.type,
        "algo": ticket.algo,
        "origin": order.origin,
        "quantity": number(order.quantity),
        "price": number(ticket.price),
        "stop_price": number(ticket.stop_price),
        "leverage": order.leverage,
        "reduce_only": ticket.reduce_only,
        "client_id": ticket.client_id,
        "status": order.status.value,
        "reason": order.reason,
        "filled": number(order.filled),
        "average": number(order.average),
        "notional": number(order.quote_filled),
        "created_ms": order.created_ms,
        "updated_ms": order.updated_ms,
        "child_id": order.child_id,
        "fills": [_fill_line(fill) for fill in order.fills],
    }


def _fill_line(fill: Fill) -> Json:
    return {
        "id": fill.id,
        "time_ms": fill.time_ms,
        "price": number(fill.price),
        "quantity": number(fill.quantity),
        "commission": number(fill.commission),
        "commission_asset": fill.commission_asset,
        "realized": number(fill.realized),
        "maker": fill.maker,
        "position_after": number(fill.position_after),
    }


def account_line(world: World, account: Account) -> Json:
    """One account: both wallets, marked at present prices."""
    return {
        "deposited": number(account.deposited),
        "spot": _spot(world, account),
        "futures": _futures(world, account),
    }


def _spot(world: World, account: Account) -> Json:
    now, market = world.clock(), world.market
    equity = Decimal(0)
    for asset, balance in account.spot.balances.items():
        symbol = f"{asset}USDT"
        price = market.quote(symbol, now).last if symbol in market.instruments else Decimal(1)
        equity += balance.total * price
    return {
        "equity": number(equity),
        "balances": {
            asset: {"free": number(balance.free), "locked": number(balance.locked)}
            for asset, balance in account.spot.balances.items()
        },
    }


def _futures(world: World, account: Account) -> Json:
    mark = world.exchange.futures.floor.mark(world.clock())
    wallet = account.futures
    return {
        "wallet": number(wallet.balance),
        "equity": number(wallet.balance + wallet.profit(mark)),
        "available": number(world.exchange.futures.available(account, world.clock())),
        "positions": {
            symbol: {
                "quantity": number(position.quantity),
                "entry": number(position.entry),
                "mark": number(mark(symbol)),
                "notional": number(position.notional(mark(symbol))),
                "leverage": position.leverage,
                "isolated": position.isolated,
                "margin": number(position.margin),
                "profit": number(position.profit(mark(symbol))),
                "liquidation": number(
                    wallet.liquidation_price(position, mark).quantize(mark(symbol))
                ),
            }
            for symbol, position in wallet.positions.items()
        },
        "income": _totals(account),
    }


def _totals(account: Account) -> dict[str, str]:
    """The account statement summed up by type."""
    sums: dict[str, Decimal] = {}
    for line in account.futures.incomes:
        sums[line.type] = sums.get(line.type, Decimal(0)) + line.amount
    return {kind: number(amount) for kind, amount in sums.items()}
