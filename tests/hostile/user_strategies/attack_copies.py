"""Copies of the strategy, and what a strategy has kept from before the guards stood."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from freqtrade.exchange import Exchange
from greedy import Greedy

DOOR = "the exchange's client is guarded itself: what comes past L3 is refused there"
LATER = "the guards stand on the objects that a copy shares"


class _Copies(Greedy):
    """Trades through a copy of itself."""

    held_by = LATER

    def _copy(self) -> Any:
        return copy.copy(self)

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        try:
            other = self._copy()
            self.strike()
            other.wallets = other.wallets
            self.order(other.exchange.create_order)
            other.bot.strategy = other
            other.bot.execute_entry(self.dp.current_whitelist()[2], 9_000.0)
        except Exception as refusal:  # noqa: BLE001
            self.strike(repr(refusal))


class ShallowCopy(_Copies):
    """Hands the bot a shallow copy of itself and trades through it."""

    markets = ("futures", "spot")


class DeepCopy(_Copies):
    """Hands the bot a deep copy of itself and trades through it."""

    def _copy(self) -> Any:
        self.strike()
        return copy.deepcopy(self, {id(self.dp): self.dp, id(self.config): self.config})


class PickledCopy(_Copies):
    """Hands the bot a pickled copy of itself and trades through it."""

    def _copy(self) -> Any:
        self.strike()
        state = {k: v for k, v in self.__dict__.items() if k not in ("dp", "_guarded_wallets")}
        other = object.__new__(type(self))
        other.__dict__.update(pickle.loads(pickle.dumps({"keys": list(state)})), **state)
        other.dp = self.dp
        other.wallets = self.wallets
        return other


class KeepsBoundMethods(Greedy):
    """Keeps bound methods of exchange and client as soon as it gets them, before any guard."""

    held_by = DOOR
    markets = ("futures", "spot")

    @property
    def dp(self) -> Any:
        return self.__dict__.get("_dp")

    @dp.setter
    def dp(self, provider: Any) -> None:
        self.__dict__["_dp"] = provider
        if provider is not None:
            self.__dict__["kept"] = (
                provider._exchange.create_order,
                Exchange.create_order.__get__(provider._exchange),
            )

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        for create in self.kept:
            self.order(create, amount=5.0)


class KeepsClientMethods(Greedy):
    """Keeps the client's own order methods, and uses them past everything."""

    held_by = "requests that no guarded method made are noted; no entry passes from then on"
    outcome = "found out"
    spent = False

    @property
    def dp(self) -> Any:
        return self.__dict__.get("_dp")

    @dp.setter
    def dp(self, provider: Any) -> None:
        self.__dict__["_dp"] = provider
        if provider is not None:
            self.__dict__["kept"] = provider._exchange._api.create_order

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        if not self.spent:
            self.strike()
            self.kept("SOL/USDT:USDT", "market", "buy", 10.0)


class UsesClient(Greedy):
    """Orders with every method of the exchange's client."""

    held_by = DOOR
    markets = ("futures", "spot")

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        client, pair = self.exchange._api, self.dp.current_whitelist()[1]
        for name in ("create_order", "createOrder", "create_market_buy_order", "create_orders"):
            self.strike()
            try:
                if name == "create_orders":
                    one = {"symbol": pair, "type": "market", "side": "buy", "amount": 5.0}
                    client.create_orders([one])
                elif name == "create_market_buy_order":
                    client.create_market_buy_order(pair, 5.0)
                else:
                    getattr(client, name)(pair, "market", "buy", 5.0)
            except Exception as refusal:  # noqa: BLE001
                self.strike(repr(refusal))


class CallsTheClass(Greedy):
    """Calls Exchange.create_order of the class, past the guard on the instance."""

    held_by = DOOR
    markets = ("futures", "spot")

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        exchange = self.exchange
        self.order(lambda **how: Exchange.create_order(exchange, **how), amount=5.0)
        self.order(lambda **how: type(exchange).create_order(exchange, **how), amount=5.0)


class RawEndpoint(Greedy):
    """Sends a signed request to the exchange with the client's raw methods."""

    held_by = "requests that no guarded method made are noted; no entry passes from then on"
    outcome = "found out"
    spent = False

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        if not self.spent:
            self.strike()
            self.exchange._api.fapiPrivatePostOrder(
                {"symbol": "SOLUSDT", "side": "BUY", "type": "MARKET", "quantity": "10"}
            )


class OwnClient(Greedy):
    """Trades with a client of its own and the bot's keys."""

    held_by = "the position that no trade of the bot explains is seen; no entry passes"
    outcome = "found out"
    spent = False

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        if not self.spent:
            self.strike()
            known = self.exchange._api
            mine = type(known)({"apiKey": known.apiKey, "secret": known.secret, "verify": False})
            mine.urls, mine.options = known.urls, known.options
            mine.verify = known.verify
            mine.set_markets(known.markets)
            mine.create_order("SOL/USDT:USDT", "market", "buy", 10.0)
            self.wallets.update()


class LiesAboutReducing(Greedy):
    """Says of its entries that they reduce."""

    held_by = "L3 looks at the position: an order that does not reduce is an entry"
    markets = ("futures", "spot")

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        for pair in self.dp.current_whitelist():
            self.order(pair=pair, amount=5.0, reduceOnly=True)
            self.order(pair=pair, amount=5.0, reduceOnly="no")
