"""Binance's futures settings endpoints: modes, leverage, margin type, brackets, commissions."""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.errors import ApiError, illegal_parameter
from riskplugin.sandbox.futures_wallet import Setting
from riskplugin.sandbox.instruments import BRACKETS, max_notional
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import Json, number

api = Routes()


@api.add("GET", "/fapi/v1/positionSide/dual", signed=True)
def position_mode(call: Call) -> object:
    """One-way mode."""
    return {"dualSidePosition": False}


@api.add("POST", "/fapi/v1/positionSide/dual", signed=True)
def set_position_mode(call: Call) -> object:
    """There is only one-way mode."""
    if call.flag("dualSidePosition"):
        raise ApiError(-4061, "Order's position side does not match user's setting.")
    raise ApiError(-4059, "No need to change position side.")


@api.add("GET", "/fapi/v1/multiAssetsMargin", signed=True)
def assets_mode(call: Call) -> object:
    """Single-asset mode."""
    return {"multiAssetsMargin": False}


@api.add("POST", "/fapi/v1/leverage", signed=True)
def set_leverage(call: Call) -> object:
    """The leverage of a symbol's next orders."""
    instrument, leverage = call.instrument(), call.integer("leverage", 0)
    call.account.futures.set_leverage(instrument.symbol, leverage)
    most = number(max_notional(leverage))
    return {"symbol": instrument.symbol, "leverage": leverage, "maxNotionalValue": most}


@api.add("POST", "/fapi/v1/marginType", signed=True)
def set_margin_type(call: Call) -> object:
    """Isolated or crossed."""
    kind = call.required("marginType")
    if kind not in ("ISOLATED", "CROSSED"):
        raise illegal_parameter("marginType")
    call.account.futures.set_isolated(call.instrument().symbol, isolated=kind == "ISOLATED")
    return {"code": 200, "msg": "success"}


@api.add("GET", "/fapi/v1/leverageBracket", signed=True)
def leverage_brackets(call: Call) -> object:
    """The leverage tiers, the same for all symbols."""
    tiers = [
        {
            "bracket": tier.number,
            "initialLeverage": tier.leverage,
            "notionalCap": int(tier.cap),
            "notionalFloor": int(tier.floor),
            "maintMarginRatio": float(tier.ratio),
            "cum": float(tier.cum),
        }
        for tier in BRACKETS
    ]
    return [{"symbol": i.symbol, "brackets": tiers} for i in call.instruments()]


@api.add("GET", "/fapi/v1/commissionRate", signed=True)
def commission_rate(call: Call) -> object:
    """Commissions of a symbol."""
    fees = call.world.exchange.futures.fees
    return {
        "symbol": call.instrument().symbol,
        "makerCommissionRate": number(fees.maker),
        "takerCommissionRate": number(fees.taker),
    }


@api.add("GET", "/fapi/v1/accountConfig", signed=True)
def account_config(call: Call) -> object:
    """Modes and fee tier."""
    return {"feeTier": 0, "canTrade": True, "dualSidePosition": False, "multiAssetsMargin": False}


@api.add("GET", "/fapi/v1/symbolConfig", signed=True)
def symbol_config(call: Call) -> object:
    """Leverage and margin type per symbol."""
    wallet = call.account.futures
    return [_setting(i.symbol, wallet.setting(i.symbol)) for i in call.instruments()]


def _setting(symbol: str, setting: Setting) -> Json:
    return {
        "symbol": symbol,
        "marginType": "ISOLATED" if setting.isolated else "CROSSED",
        "isAutoAddMargin": False,
        "leverage": setting.leverage,
        "maxNotionalValue": number(max_notional(setting.leverage)),
    }


@api.add("GET", "/fapi/v1/adlQuantile", signed=True)
def adl_quantile(call: Call) -> object:
    """Nobody is deleveraged here."""
    return []
