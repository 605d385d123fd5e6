"""The best peer: NautilusTrader's RiskEngine, checking one limit order against a cash account.

Built as its own tests build it. The order goes through the engine's command entry and out at the
execution engine's, where a counter stands; that it really is checked is asserted first.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

#: Far above what a run sends, so that the engine's own rate limit never holds an order back.
_RATE = "100000000/00:00:01"
_MODEL = "nautilus_trader.model"


def available() -> bool:
    """Whether this interpreter can import NautilusTrader."""
    return find_spec("nautilus_trader") is not None


def version() -> str:
    """The version that is installed."""
    return str(_from("nautilus_trader", "__version__"))


def risk_check(open_orders: int) -> Callable[[], None]:
    """A function that has one order checked while ``open_orders`` others are open.

    Raises RuntimeError when the engine lets through what the account cannot pay.
    """
    desk = _Desk(open_orders)
    small, huge = desk.command(0.01), desk.command(100.0)
    if desk.passes(huge):
        raise RuntimeError("NautilusTrader's RiskEngine did not check the order")
    if not desk.passes(small):
        raise RuntimeError(f"NautilusTrader's RiskEngine refused the order: {desk.denied}")
    execute = desk.execute
    return lambda: execute(small)


class _Desk:
    """A risk engine with what stands around it."""

    def __init__(self, open_orders: int) -> None:
        self.sent = 0
        self.denied: list[Any] = []
        common = "nautilus_trader.common.component"
        self._trader = _from(f"{_MODEL}.identifiers", "TraderId")("BENCH-001")
        self._strategy = _from(f"{_MODEL}.identifiers", "StrategyId")("S-001")
        clock = _from(common, "TestClock")()
        bus = _from(common, "MessageBus")(trader_id=self._trader, clock=clock)
        cache = _from("nautilus_trader.cache.cache", "Cache")(database=None)
        portfolio = _from("nautilus_trader.portfolio.portfolio", "Portfolio")(
            msgbus=bus, cache=cache, clock=clock
        )
        engine = _from("nautilus_trader.risk.engine", "RiskEngine")(
            portfolio=portfolio,
            msgbus=bus,
            cache=cache,
            clock=clock,
            config=_from("nautilus_trader.risk.config", "RiskEngineConfig")(
                max_order_submit_rate=_RATE, max_order_modify_rate=_RATE
            ),
        )
        self.execute: Callable[[Any], None] = engine.execute
        bus.register(endpoint="ExecEngine.execute", handler=self._count)
        bus.register(endpoint="ExecEngine.process", handler=self.denied.append)
        self._stubs = _from("nautilus_trader.test_kit.stubs.events", "TestEventStubs")
        provider = _from("nautilus_trader.test_kit.providers", "TestInstrumentProvider")
        self._instrument = provider.btcusdt_binance()
        self._orders = _from("nautilus_trader.common.factories", "OrderFactory")(
            trader_id=self._trader, strategy_id=self._strategy, clock=clock
        )
        cache.add_instrument(self._instrument)
        quotes = _from("nautilus_trader.test_kit.stubs.data", "TestDataStubs")
        cache.add_quote_tick(
            quotes.quote_tick(self._instrument, bid_price=50_000.0, ask_price=50_001.0)
        )
        account = self._account()
        cache.add_account(account)
        for index in range(open_orders):
            self._open_order(cache, account.id, index)
        if len(cache.orders_open()) != open_orders:
            raise RuntimeError("NautilusTrader's cache does not hold the open orders")

    def command(self, amount: float) -> Any:
        """The command to submit a limit order to buy ``amount`` bitcoin."""
        return _from("nautilus_trader.execution.messages", "SubmitOrder")(
            trader_id=self._trader,
            strategy_id=self._strategy,
            order=self._limit(amount, 50_000.0),
            command_id=_from("nautilus_trader.core.uuid", "UUID4")(),
            ts_init=0,
        )

    def passes(self, command: Any) -> bool:
        """Whether the engine lets the command through."""
        before = self.sent
        self.execute(command)
        return self.sent > before

    def _count(self, _command: Any) -> None:
        self.sent += 1

    def _limit(self, amount: float, price: float) -> Any:
        side = _from(f"{_MODEL}.enums", "OrderSide").BUY
        instrument = self._instrument
        return self._orders.limit(
            instrument.id, side, instrument.make_qty(amount), instrument.make_price(price)
        )

    def _account(self) -> Any:
        """A million in the currency that the order is paid in."""
        money, usdt = _from(f"{_MODEL}.objects", "Money"), self._instrument.quote_currency
        million, nothing = money(1_000_000, usdt), money(0, usdt)
        state = _from(f"{_MODEL}.events", "AccountState")(
            account_id=_from(f"{_MODEL}.identifiers", "AccountId")("BINANCE-001"),
            account_type=_from(f"{_MODEL}.enums", "AccountType").CASH,
            base_currency=None,
            reported=True,
            balances=[_from(f"{_MODEL}.objects", "AccountBalance")(million, nothing, million)],
            margins=[],
            info={},
            event_id=_from("nautilus_trader.core.uuid", "UUID4")(),
            ts_event=0,
            ts_init=0,
        )
        return _from("nautilus_trader.accounting.factory", "AccountFactory").create(state)

    def _open_order(self, cache: Any, account: Any, index: int) -> None:
        order = self._limit(0.001, 49_000.0 + index)
        place = _from(f"{_MODEL}.identifiers", "VenueOrderId")(str(index))
        cache.add_order(order, None)
        order.apply(self._stubs.order_submitted(order, account_id=account))
        cache.update_order(order)
        order.apply(self._stubs.order_accepted(order, account_id=account, venue_order_id=place))
        cache.update_order(order)


def _from(module: str, name: str) -> Any:
    """A name of a package that is not installed everywhere, and ships no types."""
    return getattr(import_module(module), name)
