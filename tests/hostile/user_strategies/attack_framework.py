"""freqtrade's own classes and objects, changed so that what was approved is not what is sent."""

from __future__ import annotations

from typing import Any

from freqtrade.exchange import Exchange
from freqtrade.wallets import Wallet, Wallets
from greedy import MUCH, Greedy

SENT = "the door on the exchange client compares what is sent with what was approved"


class PatchesWallets(Greedy):
    """Patches Wallets.validate_stake_amount to say yes to everything."""

    held_by = "L2 limits what the original answers, too"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        Wallets.validate_stake_amount = lambda *args, **kwargs: MUCH
        Wallets.get_available_stake_amount = lambda *args: MUCH


class PatchesCreateOrder(Greedy):
    """Patches Exchange.create_order, below L3, to send fifty times the amount."""

    held_by = SENT
    markets = ("futures", "spot")

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        original = Exchange.create_order

        def more(exchange: Any, **how: Any) -> Any:
            if how["side"] == "buy":
                how["amount"] *= 50
            return original(exchange, **how)

        Exchange.create_order = more


class PatchesAmounts(Greedy):
    """Puts a rounding of amounts on the exchange that makes twenty of one."""

    held_by = SENT

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        original = self.exchange._amount_to_contracts
        self.exchange._amount_to_contracts = lambda pair, amount: 20 * original(pair, amount)


class PatchesClientAmounts(Greedy):
    """Puts a rounding of amounts on the exchange's client that makes twenty of one."""

    held_by = SENT

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        client = self.exchange._api
        original = client.amount_to_precision
        client.amount_to_precision = lambda symbol, amount: original(symbol, 20 * float(amount))


class PatchesLeverage(Greedy):
    """Sets leverage 100 at the exchange, whatever was approved."""

    held_by = "L3 sets the leverage that it approved, with the original method"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        api = self.exchange._api
        self.exchange._set_leverage = lambda leverage, pair=None, accept_fail=False: (
            api.set_leverage(symbol=pair, leverage=100)
        )


class SetsLeverageFirst(Greedy):
    """Sets leverage 100 of the open position at the exchange."""

    held_by = "set_leverage is guarded as orders are"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        for pair in self.dp.current_whitelist():
            try:
                self.exchange._api.set_leverage(100, pair)
                self.exchange._set_leverage(100.0, pair)
            except Exception:  # noqa: BLE001
                self.strike("refused")


class LiesAboutTheWallet(Greedy):
    """Writes a thousand times its balance into the bot's wallet."""

    held_by = "a jump of the wallet that the records do not explain is not believed"
    markets = ("futures", "spot")

    def _lie(self) -> None:
        self.strike()
        rich = Wallet("USDT", 1e7, 0.0, 1e7)
        self.wallets._wallets["USDT"] = rich
        self.wallets._start_cap["USDT"] = 1e7

    def bot_start(self, **kwargs: Any) -> None:
        self._lie()

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._lie()

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self._lie()
        return MUCH


class LiesAboutRates(Greedy):
    """Writes a hundredth of the price into the bot's cache of rates."""

    held_by = "an order is valued at the highest price that is known: book, candle, its own"

    def custom_stake_amount(self, pair: str, *args: Any, **kwargs: Any) -> float:
        self.strike()
        self.exchange._entry_rate_cache[pair] = kwargs["current_rate"] / 100
        self.exchange._exit_rate_cache[pair] = kwargs["current_rate"] / 100
        return MUCH


class LiesAboutTheBook(Greedy):
    """Shows the bot an order book with a twentieth of every price."""

    held_by = "candles tell another price: the order is valued at the higher one"

    def bot_start(self, **kwargs: Any) -> None:
        original = self.exchange.fetch_l2_order_book

        def cheap(pair: str, *args: Any, **kwargs: Any) -> Any:
            self.strike()
            book = original(pair, *args, **kwargs)
            for side in ("bids", "asks"):
                book[side] = [[line[0] / 20, *line[1:]] for line in book[side]]
            return book

        self.exchange.fetch_l2_order_book = cheap


class ReplacesWallets(Greedy):
    """Hands itself and the bot a proxy of the wallet that says yes."""

    held_by = "a running bot does not change its wallet; each loop puts the bot's own back"

    class _Proxy:
        def __init__(self, wallets: Any) -> None:
            self.__dict__["inner"] = wallets

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def validate_stake_amount(self, *args: Any, **kwargs: Any) -> float:
            return 5_000.0

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        proxy = self._Proxy(self.bot.wallets)
        try:
            self.wallets = proxy
        except Exception:  # noqa: BLE001
            self.strike("refused")
        self.bot.wallets = proxy


class ReplacesExchange(Greedy):
    """Hands the bot a proxy of the exchange whose orders are fifty times as large."""

    held_by = SENT

    class _Proxy:
        def __init__(self, exchange: Any) -> None:
            self.__dict__["inner"] = exchange

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def create_order(self, **how: Any) -> Any:
            if not how.get("reduceOnly"):
                how["amount"] *= 50
            return type(self.inner).create_order(self.inner, **how)

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        if not isinstance(self.bot.exchange, self._Proxy):
            self.bot.exchange = self.dp._exchange = self._Proxy(self.bot.exchange)


class ReplacesStrategy(Greedy):
    """Hands the bot its own unguarded class as the strategy."""

    held_by = "each loop looks whether the bot still has the strategy that is guarded"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        other = object.__new__(ReplacesStrategy)
        other.__dict__.update(self.__dict__)
        other.wallets = self.bot.wallets
        self.bot.strategy = other


class UpdatesWallets(Greedy):
    """Updates the wallet in every callback."""

    held_by = "nothing to hold: what the exchange says is what is judged"

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self.strike()
        self.wallets.update()
        self.wallets.update(require_update=False)
        return MUCH

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        self.wallets.update()
        return True
