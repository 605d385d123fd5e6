"""Paths by which a strategy's own code goes around freqtrade's entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from freqtrade.exchange import Exchange

from tests.matrix.paths import Path
from tests.matrix.stage import Stage
from tests.matrix.table import Limit, Market, Mode

#: Leverage that strategy code sets by itself.
FAST = 50
KEYLESS = "freqtrade takes the keys away in dry-run: the exchange refuses what is sent"


class Around(Path):
    """Strategy code sends orders from bot_loop_start; what it raises does not stop the next."""

    shut = True
    leaves = True

    def go(self, stage: Stage) -> None:
        stage.answers["act"] = lambda: self._try(stage)
        stage.loop()
        del stage.answers["act"]

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        """The calls, each an order for much."""
        raise NotImplementedError

    def _try(self, stage: Stage) -> None:
        for order in self.orders(stage):
            try:
                order()
            except Exception:  # noqa: BLE001 - the attacker tries the next one
                continue


def _amount(stage: Stage) -> float:
    amount = stage.much * stage.leverage / stage.price()
    return float(stage.exchange.amount_to_precision(stage.pair(), amount))


def _freqtrades(stage: Stage) -> dict[str, Any]:
    """An order as freqtrade's exchange class takes it."""
    return {
        "pair": stage.pair(),
        "ordertype": "market",
        "side": "buy",
        "amount": _amount(stage),
        "rate": stage.price(),
        "leverage": stage.leverage,
    }


class ExchangeObject(Around):
    name = "exchange.create_order"

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        exchange = stage.strategy.dp._exchange
        return [lambda: exchange.create_order(**_freqtrades(stage))]


class ExchangeClass(Around):
    name = "Exchange.create_order"

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        exchange = stage.strategy.dp._exchange
        return [
            lambda: Exchange.create_order(exchange, **_freqtrades(stage)),
            lambda: type(exchange).create_order(exchange, **_freqtrades(stage)),
        ]


class Api(Around):
    name = "_api.create_order"
    not_in_dry_run = KEYLESS

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api, pair = stage.exchange._api, stage.pair()
        return [
            lambda: api.create_order(pair, "market", "buy", _amount(stage)),
            lambda: api.createOrder(pair, "market", "buy", _amount(stage)),
        ]


class ApiHelpers(Around):
    name = "_api helpers"
    not_in_dry_run = KEYLESS

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api, pair, amount = stage.exchange._api, stage.pair(), _amount(stage)
        one = {"symbol": pair, "type": "market", "side": "buy", "amount": amount}
        return [
            lambda: api.create_market_order(pair, "buy", amount),
            lambda: api.create_market_buy_order(pair, amount),
            lambda: api.create_orders([one]),
            lambda: api.create_order_ws(pair, "market", "buy", amount),
            lambda: api.edit_order(None, pair, "market", "buy", amount),
            lambda: api.create_market_order_with_cost(pair, "buy", stage.much),
        ]


class ApiAsync(Around):
    name = "_api_async"
    not_in_dry_run = KEYLESS

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api, run = stage.exchange._api_async, stage.exchange.loop.run_until_complete
        return [lambda: run(api.create_order(stage.pair(), "market", "buy", _amount(stage)))]


class ApiClass(Around):
    name = "ccxt's class"
    shut = False
    detected = True
    not_in_dry_run = KEYLESS

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api = stage.exchange._api
        send = type(api).create_order
        return [lambda: send(api, stage.pair(), "market", "buy", _amount(stage))]


class RawEndpoint(Around):
    name = "raw endpoint"
    shut = False
    detected = True
    not_in_dry_run = KEYLESS

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api, symbol = stage.exchange._api, stage.pair().partition(":")[0].replace("/", "")
        send = api.fapiPrivatePostOrder if stage.futures else api.privatePostOrder
        order = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": _amount(stage)}
        return [lambda: send(order)]


class RaisedLeverage(Around):
    """No order: what is held becomes riskier at the exchange."""

    name = "leverage raised"
    not_in_dry_run = KEYLESS

    def arrange(self, stage: Stage) -> None:
        assert stage.force_entry(stake_amount=100.0, leverage=2.0)  # inside every limit

    def orders(self, stage: Stage) -> list[Callable[[], Any]]:
        api, exchange, pair = stage.exchange._api, stage.exchange, stage.pair()
        return [
            lambda: exchange._set_leverage(FAST, pair),
            lambda: api.set_leverage(FAST, pair),
        ]

    def beyond(self, stage: Stage) -> list[str]:
        held = stage.bot.positions().items()
        return [f"{s} stands at {FAST}x" for s, p in held if p["leverage"] == FAST]

    def not_applicable(self, market: Market, mode: Mode, limit: Limit) -> str:
        if market == "futures" and limit != "leverage":
            return "changes the leverage of what is held, nothing else"
        if market == "spot":
            return "spot has no leverage"
        return super().not_applicable(market, mode, limit)
