"""The exchange: what is filled, at which price, what is refused, what is liquidated."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from riskplugin.sandbox import DEFAULT_INSTRUMENTS, Funding, SandboxSettings
from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.errors import ApiError
from riskplugin.sandbox.matching import FillPolicy
from riskplugin.sandbox.orders import Order, Side, Status, Ticket
from riskplugin.sandbox.world import World
from tests.sandbox.conftest import Clock

BTC = "BTCUSDT"


def futures(side: Side, quantity: str, **fields: object) -> Ticket:
    ticket = Ticket("futures", BTC, side, "MARKET", Decimal(quantity))
    return replace(ticket, **fields)  # type: ignore[arg-type]


def spot(side: Side, quantity: str, **fields: object) -> Ticket:
    return replace(futures(side, quantity, **fields), kind="spot")


@pytest.fixture
def account(world: World) -> Account:
    bob = world.exchange.accounts.get("bob")
    bob.futures.set_isolated(BTC, isolated=True)
    bob.futures.set_leverage(BTC, 10)
    return bob


def place(world: World, account: Account, ticket: Ticket) -> Order:
    return world.exchange.place(account, ticket, world.clock())


def test_market_orders_fill_at_bid_and_ask(world: World, account: Account) -> None:
    quote = world.market.quote(BTC, world.clock())
    bought = place(world, account, futures("BUY", "0.02"))
    sold = place(world, account, futures("SELL", "0.02"))
    assert (bought.average, sold.average) == (quote.ask, quote.bid)
    paid = (quote.ask - quote.bid) * Decimal("0.02")
    fees = (quote.ask + quote.bid) * Decimal("0.02") * Decimal("0.0005")
    assert account.futures.balance == 10_000 - paid - fees


def test_a_limit_order_waits_for_its_price_and_gets_it(
    world: World, account: Account, clock: Clock
) -> None:
    world.market.hold(clock())
    limit = world.market.quote(BTC, clock()).bid - 500
    order = place(world, account, futures("BUY", "0.02", type="LIMIT", price=limit))
    world.exchange.advance(clock.forward(5))
    assert order.status is Status.NEW
    world.market.jump(BTC, 0.98, clock())
    world.exchange.advance(clock())
    assert (order.status, order.average) == (Status.FILLED, limit)
    assert order.fills[0].maker
    assert order.fills[0].commission == limit * Decimal("0.02") * Decimal("0.0002")


def test_a_crossing_limit_order_takes_the_better_price(world: World, account: Account) -> None:
    ask = world.market.quote(BTC, world.clock()).ask
    order = place(world, account, futures("BUY", "0.02", type="LIMIT", price=ask + 100))
    assert order.average == ask
    assert not order.fills[0].maker


def test_immediate_orders_do_not_rest_and_post_only_orders_do_not_take(
    world: World, account: Account
) -> None:
    quote = world.market.quote(BTC, world.clock())
    for kind in ("IOC", "FOK"):
        away = futures("BUY", "0.02", type="LIMIT", price=quote.bid - 100, time_in_force=kind)
        assert place(world, account, away).status is Status.EXPIRED
    taking = futures("BUY", "0.02", type="LIMIT", price=quote.ask, time_in_force="GTX")
    with pytest.raises(ApiError, match="-5022"):
        place(world, account, taking)


def test_partial_fills_take_their_time(world: World, account: Account, clock: Clock) -> None:
    world.exchange.policy = FillPolicy(fraction_per_second=Decimal("0.25"))
    order = place(world, account, futures("BUY", "0.02"))
    seen = [order.filled]
    while order.is_open:
        world.exchange.advance(clock.forward(1))
        seen.append(order.filled)
    assert [str(filled) for filled in seen] == ["0.0050", "0.0100", "0.0150", "0.0200"]
    assert len({fill.id for fill in order.fills}) == 4


def test_a_policy_of_never_fills_nothing(world: World, account: Account, clock: Clock) -> None:
    world.exchange.policy = FillPolicy(limit="never", market="never")
    ask = world.market.quote(BTC, clock()).ask
    orders = [
        place(world, account, futures("BUY", "0.02")),
        place(world, account, futures("BUY", "0.02", type="LIMIT", price=ask + 100)),
    ]
    world.exchange.advance(clock.forward(60))
    assert [order.filled for order in orders] == [0, 0]
    with pytest.raises(ValueError, match="cross"):
        FillPolicy(limit="sometimes")  # type: ignore[arg-type]


def test_reduce_only_never_opens_and_is_cut_to_the_position(world: World, account: Account) -> None:
    with pytest.raises(ApiError, match="-2022"):
        place(world, account, futures("SELL", "0.02", reduce_only=True))
    place(world, account, futures("BUY", "0.02"))
    closing = place(world, account, futures("SELL", "0.05", reduce_only=True))
    assert closing.filled == Decimal("0.02")
    assert account.futures.positions == {}


def test_a_working_reduce_only_order_ends_with_its_position(
    world: World, account: Account, clock: Clock
) -> None:
    place(world, account, futures("BUY", "0.02"))
    above = world.market.quote(BTC, clock()).ask + 1000
    waiting = futures("SELL", "0.02", type="LIMIT", price=above, reduce_only=True)
    order = place(world, account, waiting)
    place(world, account, futures("SELL", "0.02"))
    world.market.jump(BTC, 1.1, clock())
    world.exchange.advance(clock())
    assert order.status is Status.EXPIRED
    assert account.futures.positions == {}


def test_margin_and_brackets_are_kept(world: World, account: Account) -> None:
    with pytest.raises(ApiError, match="-2019"):
        place(world, account, futures("BUY", "1.6"))
    account.deposit(Decimal(10**8), spot=False, now_ms=0)
    account.futures.set_leverage(BTC, 75)
    with pytest.raises(ApiError, match="-2027"):
        place(world, account, futures("BUY", "0.2"))
    assert [order.status for order in world.exchange.log] == [Status.REJECTED] * 2


def test_margin_of_working_orders_is_not_given_twice(world: World, account: Account) -> None:
    bid = world.market.quote(BTC, world.clock()).bid
    away = futures("BUY", "1.0", type="LIMIT", price=bid - 1000)
    place(world, account, away)
    with pytest.raises(ApiError, match="-2019"):
        place(world, account, away)


def test_an_isolated_position_loses_its_margin_and_no_more(
    world: World, account: Account, clock: Clock
) -> None:
    world.market.hold(clock())
    opened = place(world, account, futures("BUY", "0.1"))
    margin, before = account.futures.isolated_margin(), account.futures.balance
    world.market.jump(BTC, 0.5, clock())
    world.exchange.advance(clock())
    assert account.futures.positions == {}
    lost = before - account.futures.balance
    assert 0 <= margin - lost < Decimal("0.1")
    forced = list(world.exchange.log)[-1]
    assert (forced.origin, forced.status) == ("liquidation", Status.FILLED)
    assert forced.fills[-1].position_after == 0
    assert opened.leverage == 10


def test_a_short_is_liquidated_upwards(world: World, account: Account, clock: Clock) -> None:
    place(world, account, futures("SELL", "0.1"))
    liquidation = account.futures.positions[BTC].liquidation_price(
        account.futures.isolated_margin()
    )
    last = world.market.quote(BTC, clock()).last
    world.market.hold(clock())
    world.market.jump(BTC, float(liquidation / last) * 0.999, clock())
    world.exchange.advance(clock())
    assert account.futures.positions
    world.market.jump(BTC, 1.002, clock())
    world.exchange.advance(clock())
    assert not account.futures.positions


def test_cross_positions_go_together_and_leave_no_debt(world: World, clock: Clock) -> None:
    carol = world.exchange.accounts.get("carol")
    for symbol in (BTC, "ETHUSDT"):
        world.exchange.place(carol, replace(futures("BUY", "1.0"), symbol=symbol), clock())
    for symbol in (BTC, "ETHUSDT"):
        world.market.jump(symbol, 0.5, clock())
    world.exchange.advance(clock())
    assert carol.futures.positions == {}
    assert carol.futures.balance == 0
    assert carol.futures.incomes[-1].type == "INSURANCE_CLEAR"


def test_a_conditional_order_sends_an_order_when_triggered(
    world: World, account: Account, clock: Clock
) -> None:
    place(world, account, futures("BUY", "0.02"))
    stop = world.market.quote(BTC, clock()).last - 1000
    algo = place(
        world,
        account,
        futures("SELL", "0.02", type="STOP_MARKET", stop_price=stop, reduce_only=True, algo=True),
    )
    world.exchange.advance(clock.forward(1))
    assert algo.is_open
    world.market.jump(BTC, 0.95, clock())
    world.exchange.advance(clock())
    assert algo.status is Status.FINISHED
    sent = world.exchange.log.find("bob", "futures", str(algo.child_id), "")
    assert sent is not None
    assert (sent.origin, sent.filled) == ("algo", Decimal("0.02"))
    assert not account.futures.positions


def test_a_stop_beyond_the_price_is_refused(world: World, account: Account) -> None:
    stop = world.market.quote(BTC, world.clock()).last + 1000
    ticket = futures("SELL", "0.02", type="STOP_MARKET", stop_price=stop, algo=True)
    with pytest.raises(ApiError, match="-2021"):
        place(world, account, ticket)


def test_spot_buys_pay_in_base_and_funds_are_locked(
    world: World, account: Account, clock: Clock
) -> None:
    quote = world.market.quote(BTC, clock())
    place(world, account, spot("BUY", "0.1"))
    assert account.spot.balance("BTC").free == Decimal("0.0999")
    assert account.spot.balance("USDT").free == 10_000 - quote.ask / 10
    order = place(world, account, spot("SELL", "0.05", type="LIMIT", price=quote.ask + 5000))
    assert account.spot.balance("BTC").locked == Decimal("0.05")
    with pytest.raises(ApiError, match="-2010"):
        place(world, account, spot("SELL", "0.06"))
    world.exchange.cancel(account, order, clock())
    assert account.spot.balance("BTC").locked == 0
    with pytest.raises(ApiError, match="-2011"):
        world.exchange.cancel(account, order, clock())


def test_funding_is_paid_at_each_interval(clock: Clock) -> None:
    paying = SandboxSettings(
        instruments=DEFAULT_INSTRUMENTS[:1],
        funding=Funding(rate=Decimal("0.001"), interval_ms=10_000),
    )
    world = World(paying, clock)
    bob = world.exchange.accounts.get("bob")
    place(world, bob, futures("BUY", "0.1"))
    world.exchange.advance(clock.forward(35))
    lines = [line for line in bob.futures.incomes if line.type == "FUNDING_FEE"]
    assert len(lines) == 3
    assert all(line.time_ms % 10_000 == 0 and line.amount < 0 for line in lines)


class AnyTrading(RuleBasedStateMachine):
    """Whatever is traded, no balance is below zero and every USDT is accounted for."""

    @initialize()
    def open(self) -> None:
        self.clock = Clock()
        self.world = World(SandboxSettings(instruments=DEFAULT_INSTRUMENTS[:2]), self.clock)
        self.account = self.world.exchange.accounts.get("bob")
        self.account.futures.set_isolated(BTC, isolated=True)

    @rule(
        kind=st.sampled_from(["spot", "futures"]),
        side=st.sampled_from(["BUY", "SELL"]),
        quantity=st.integers(1, 400),
        offset=st.one_of(st.none(), st.integers(-300, 300)),
        reduce_only=st.booleans(),
    )
    def order(
        self, kind: str, side: Side, quantity: int, offset: int | None, *, reduce_only: bool
    ) -> None:
        last = self.world.market.quote(BTC, self.clock()).last
        limit = {} if offset is None else {"type": "LIMIT", "price": last + offset}
        ticket = futures(side, str(Decimal(quantity) / 1000), kind=kind, **limit)
        if kind == "futures":
            ticket = replace(ticket, reduce_only=reduce_only)
        with contextlib.suppress(ApiError):
            place(self.world, self.account, ticket)

    @rule(seconds=st.integers(1, 60), factor=st.floats(0.9, 1.1))
    def move(self, seconds: int, factor: float) -> None:
        self.clock.forward(seconds)
        self.world.market.jump(BTC, factor, self.clock())
        self.world.exchange.advance(self.clock())

    @rule(fraction=st.sampled_from([None, Decimal("0.1"), Decimal("0.5")]))
    def fill(self, fraction: Decimal | None) -> None:
        self.world.exchange.policy = FillPolicy(fraction_per_second=fraction)

    @rule()
    def cancel(self) -> None:
        for order in self.world.exchange.log.open():
            self.world.exchange.cancel(self.account, order, self.clock())

    @invariant()
    def no_balance_is_below_zero(self) -> None:
        for balance in self.account.spot.balances.values():
            assert balance.free >= 0
            assert balance.locked >= 0

    @invariant()
    def what_is_locked_stands_behind_working_orders(self) -> None:
        locked = sum(b.locked for b in self.account.spot.balances.values())
        assert locked == sum(
            o.locked for o in self.world.exchange.log.open() if o.ticket.kind == "spot"
        )

    @invariant()
    def the_statement_adds_up_to_the_balance(self) -> None:
        wallet = self.account.futures
        assert wallet.balance == 10_000 + sum(line.amount for line in wallet.incomes)

    @invariant()
    def the_position_is_what_the_last_fill_says(self) -> None:
        fills = [
            fill
            for order in self.world.exchange.log
            if order.ticket.kind == "futures"
            for fill in order.fills
        ]
        after = max(fills, key=lambda fill: fill.id).position_after if fills else Decimal(0)
        assert self.account.futures.held(BTC) == after


TestAnyTrading = AnyTrading.TestCase
TestAnyTrading.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
