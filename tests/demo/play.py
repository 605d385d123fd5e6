"""A guarded run that kept every limit, as order log and ledger, to be doctored by the tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.cli.demo.evidence import Evidence
from riskplugin.cli.demo.orderlog import Fill, Order
from riskplugin.cli.demo.tape import Sample, Tape
from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.levels import EntryKind, OnTrip, RiskLevel, Side
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import ALLOW, Decision

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
EQUITY, PRICE = 10_000.0, 100.0
VOLATILITY = Ratio(0.03)  # leaves 0.9 of the base size
_SECOND = timedelta(seconds=1)


@dataclass
class Play:
    """Builds both records side by side; ``at`` moves on by a second with each step."""

    at: datetime = BEGIN
    orders: list[Order] = field(default_factory=list)
    events: list[ev.Event] = field(default_factory=list)
    held: dict[str, float] = field(default_factory=dict)

    def entry(
        self,
        base: str,
        margin: float,
        leverage: float,
        *,
        level: RiskLevel = RiskLevel.MINIMAL,
        limit: float = PRICE,
    ) -> Order:
        """An allowed entry of ``margin`` at the order's own price; below the market it works."""
        self._approve(base, margin, leverage, level, limit)
        fills = limit >= PRICE
        order = self._order(base, margin * leverage / limit, leverage, limit=limit, reduces=False)
        if fills:
            order = self._fill(order, order.quantity)
        return order

    def exit(self, base: str, *, origin: str = "user") -> None:
        """Sell what is held, at the market."""
        symbol = f"{base}USDT"
        quantity = self.held[symbol]
        order = self._order(base, quantity, 5, limit=0.0, reduces=True, origin=origin)
        self._fill(order, -quantity)

    def cancel(self, order: Order) -> None:
        """Take a working order out of the book."""
        self.change(order.id, status="CANCELED", updated=self._tick())

    def say(self, event: type[ev.Event], **fields: Any) -> None:
        """An event of the ledger."""
        self.events.append(event(at=self._tick(), **fields))

    def change(self, number: int, **fields: Any) -> None:
        """Doctor one line of the order log."""
        self.orders = [
            replace(order, **fields) if order.id == number else order for order in self.orders
        ]

    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self.at += timedelta(seconds=seconds)

    def evidence(self) -> Evidence:
        """What the checks get."""
        prices = {f"{base}USDT": PRICE for base in ("BTC", "BNB", "ETH", "XRP")}
        seconds = int((self.at - BEGIN).total_seconds()) + 2
        samples = [
            Sample(at=BEGIN + number * _SECOND, equity=EQUITY, exposure=2_000.0, prices=prices)
            for number in range(-1, seconds)
        ]
        return Evidence(tuple(self.orders), tuple(self.events), Tape(samples), Policy(), slots=4)

    def _tick(self) -> datetime:
        self.at += _SECOND
        return self.at

    def _approve(
        self, base: str, margin: float, leverage: float, level: RiskLevel, limit: float
    ) -> None:
        pair, at = f"{base}/USDT:USDT", self._tick()
        number = str(len(self.orders) + 1)
        request = EntryRequest(
            at=at,
            pair=pair,
            side=Side.LONG,
            stake=Quote(margin),
            price=limit,
            market_price=PRICE,
            leverage=leverage,
            volatility=VOLATILITY,
        )
        decision = Decision(at, request, level, Quote(margin), ALLOW, (), ())
        self.events += [
            ev.EntryDecided(at=at, point="stake", decision=decision),
            ev.OrderSent(
                at=at,
                intent=number,
                pair=pair,
                order_side="buy",
                kind=EntryKind.OPEN,
                reduces=False,
                amount=margin * leverage / limit,
                price=limit,
                leverage=leverage,
                notional=Quote(margin * leverage),
            ),
            ev.OrderAnswered(at=at, intent=number, order_id=number, status="open"),
        ]

    def _order(
        self,
        base: str,
        quantity: float,
        leverage: float,
        *,
        limit: float,
        reduces: bool,
        origin: str = "user",
    ) -> Order:
        order = Order(
            id=len(self.orders) + 1,
            symbol=f"{base}USDT",
            buy=not reduces,
            reduces=reduces,
            origin=origin,
            quantity=quantity,
            limit=limit,
            leverage=leverage,
            status="NEW",
            created=self._tick(),
            updated=self.at,
        )
        self.orders.append(order)
        return order

    def _fill(self, order: Order, change: float) -> Order:
        after = self.held.get(order.symbol, 0.0) + change
        self.held[order.symbol] = after
        fill = Fill(
            id=order.id, at=self.at, price=PRICE, quantity=abs(change), position_after=after
        )
        self.change(order.id, status="FILLED", fills=(fill,))
        return self.orders[order.id - 1]


def until_the_crash() -> tuple[Play, Order]:
    """Two positions and a working entry; sizes as the formula gives them (0.9 by volatility)."""
    play = Play()
    play.entry("BTC", 180.0, 14)
    working = play.entry("BNB", 90.0 * 0.85, 14, level=RiskLevel.LOW, limit=85.0)
    play.entry("ETH", 45.0, 10, level=RiskLevel.MEDIUM)
    return play, working


def until_open() -> tuple[Play, Order]:
    """The breaker has opened on that book; nothing is closed yet."""
    play, working = until_the_crash()
    play.say(
        ev.BreakerTripped,
        signal=BreakerSignal.TRIP,
        triggers=(),
        cooldown=timedelta(seconds=20),
        until=play.at + timedelta(seconds=20),
        on_trip=OnTrip.FLATTEN,
        equity=Quote(EQUITY),
        stopped="entries",
        not_stopped="exits",
    )
    play.events.append(ev.EmergencyEntered(at=play.at, by="breaker", reason="loss"))
    play.events.append(
        ev.FlattenOrdered(at=play.at, by="breaker", reason="loss", trade_ids=(1, 2, 3))
    )
    return play, working


def flat(play: Play) -> None:
    """The ledger's word that all is closed."""
    play.say(ev.FlattenVerified, outcomes=(), attempts=2, seconds=2.0)


def until_flat() -> Play:
    """Cancelled, closed, verified."""
    play, working = until_open()
    play.cancel(working)
    play.exit("BTC")
    play.exit("ETH")
    flat(play)
    return play


def until_half_open() -> Play:
    """The cooldown is over."""
    play = until_flat()
    play.wait(20)
    play.say(ev.BreakerHalfOpened, signal=BreakerSignal.COOLED, equity=Quote(EQUITY))
    return play


def whole() -> Play:
    """Two probes, recovery, a normal entry, a drill, and one more probe."""
    play = until_half_open()
    for base in ("XRP", "BNB"):
        play.entry(base, 12.5, 5, level=RiskLevel.LOW)
        play.exit(base)
    play.say(ev.BreakerReclosed, equity=Quote(EQUITY), old_peak=Quote(EQUITY))
    play.say(ev.EmergencyLeft, by="breaker", reason="recovery completed")
    play.entry("BTC", 180.0, 14)
    play.say(ev.BreakerLatched, by="demo", reason="drill")
    play.events.append(ev.EmergencyEntered(at=play.at, by="demo", reason="drill"))
    play.events.append(ev.FlattenOrdered(at=play.at, by="demo", reason="drill", trade_ids=(6,)))
    play.exit("BTC")
    flat(play)
    play.say(ev.BreakerHalfOpened, signal=BreakerSignal.REARM, equity=Quote(EQUITY), by="demo")
    play.entry("ETH", 12.5, 5)
    return play
