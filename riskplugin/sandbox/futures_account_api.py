"""Binance's futures account endpoints: balances, positions, leverage, margin type, income."""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.instruments import max_notional
from riskplugin.sandbox.orders import ZERO
from riskplugin.sandbox.positions import Position
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import Json, number

api = Routes()


@api.add("GET", "/fapi/v2/account", "/fapi/v3/account", signed=True)
def account(call: Call) -> object:
    """Balances with all positions."""
    asset = _asset(call)
    totals = {
        "totalInitialMargin": asset["initialMargin"],
        "totalMaintMargin": asset["maintMargin"],
        "totalWalletBalance": asset["walletBalance"],
        "totalUnrealizedProfit": asset["unrealizedProfit"],
        "totalMarginBalance": asset["marginBalance"],
        "totalPositionInitialMargin": asset["positionInitialMargin"],
        "totalOpenOrderInitialMargin": asset["openOrderInitialMargin"],
        "totalCrossWalletBalance": asset["crossWalletBalance"],
        "totalCrossUnPnl": asset["crossUnPnl"],
        "availableBalance": asset["availableBalance"],
        "maxWithdrawAmount": asset["maxWithdrawAmount"],
    }
    positions = [_account_position(call, p) for p in call.account.futures.positions.values()]
    return {**totals, "feeTier": 0, "canTrade": True, "assets": [asset], "positions": positions}


@api.add("GET", "/fapi/v2/balance", "/fapi/v3/balance", signed=True)
def balance(call: Call) -> object:
    """Balances only."""
    asset = _asset(call)
    return [{"accountAlias": "sandbox", "balance": asset["walletBalance"], **asset}]


def _asset(call: Call) -> Json:
    wallet, desk = call.account.futures, call.world.exchange.futures
    mark = desk.floor.mark(call.now_ms)
    positions = wallet.positions.values()
    profit = wallet.profit(mark)
    in_positions = sum((p.initial(mark(p.symbol)) for p in positions), ZERO)
    in_orders = desk.order_margin(call.account)
    available = number(desk.available(call.account, call.now_ms))
    cross_profit = sum((p.profit(mark(p.symbol)) for p in wallet.crossed()), ZERO)
    return {
        "asset": "USDT",
        "walletBalance": number(wallet.balance),
        "unrealizedProfit": number(profit),
        "marginBalance": number(wallet.balance + profit),
        "maintMargin": number(sum((p.maintenance(mark(p.symbol)) for p in positions), ZERO)),
        "initialMargin": number(in_positions + in_orders),
        "positionInitialMargin": number(in_positions),
        "openOrderInitialMargin": number(in_orders),
        "crossWalletBalance": number(wallet.balance - wallet.isolated_margin()),
        "crossUnPnl": number(cross_profit),
        "availableBalance": available,
        "maxWithdrawAmount": available,
        "marginAvailable": True,
        "updateTime": call.now_ms,
    }


_ONLY_V2 = ("marginType", "isAutoAddMargin", "leverage", "maxNotionalValue")


@api.add("GET", "/fapi/v2/positionRisk", signed=True)
def position_risk_v2(call: Call) -> object:
    """Open positions with their leverage and margin type."""
    return [_risk(call, position) for position in _held(call)]


@api.add("GET", "/fapi/v3/positionRisk", signed=True)
def position_risk(call: Call) -> object:
    """Open positions; the third version tells neither leverage nor margin type."""
    risks = [_risk(call, position) for position in _held(call)]
    return [{name: risk[name] for name in risk if name not in _ONLY_V2} for risk in risks]


def _held(call: Call) -> list[Position]:
    symbol = call.text("symbol")
    positions = call.account.futures.positions.values()
    return [position for position in positions if symbol in ("", position.symbol)]


def _risk(call: Call, position: Position) -> Json:
    wallet = call.account.futures
    mark = call.world.exchange.futures.floor.mark(call.now_ms)
    price = mark(position.symbol)
    liquidation = wallet.liquidation_price(position, mark)
    isolated = position.margin if position.isolated else ZERO
    profit = position.profit(price)
    initial = number(position.initial(price))
    in_orders = call.world.exchange.futures.order_margin(call.account, position.symbol)
    return {
        "symbol": position.symbol,
        "positionSide": "BOTH",
        "positionAmt": number(position.quantity),
        "entryPrice": number(position.entry),
        "breakEvenPrice": number(position.entry),
        "markPrice": number(price),
        "unRealizedProfit": number(profit),
        "liquidationPrice": number(liquidation.quantize(price)),
        "isolatedMargin": number(isolated + profit if position.isolated else ZERO),
        "isolatedWallet": number(isolated),
        "notional": number(position.notional(price)),
        "marginAsset": "USDT",
        "marginType": "isolated" if position.isolated else "cross",
        "isAutoAddMargin": "false",
        "leverage": str(position.leverage),
        "maxNotionalValue": number(max_notional(position.leverage)),
        "initialMargin": initial,
        "maintMargin": number(position.maintenance(price)),
        "positionInitialMargin": initial,
        "openOrderInitialMargin": number(in_orders),
        "adl": 1,
        "bidNotional": "0",
        "askNotional": "0",
        "updateTime": position.updated_ms,
    }


def _account_position(call: Call, position: Position) -> Json:
    risk = _risk(call, position)
    return {**risk, "unrealizedProfit": risk["unRealizedProfit"], "isolated": position.isolated}


@api.add("GET", "/fapi/v1/income", signed=True)
def income(call: Call) -> object:
    """The account statement, oldest first."""
    wanted = [
        line
        for line in call.account.futures.incomes
        if call.text("symbol") in ("", line.symbol)
        and call.text("incomeType") in ("", line.type)
        and call.integer("startTime", 0) <= line.time_ms <= call.integer("endTime", call.now_ms)
    ]
    return [
        {
            "symbol": line.symbol,
            "incomeType": line.type,
            "income": number(line.amount),
            "asset": "USDT",
            "info": line.type,
            "time": line.time_ms,
            "tranId": line.id,
            "tradeId": "",
        }
        for line in wanted[: call.integer("limit", 1000)]
    ]
