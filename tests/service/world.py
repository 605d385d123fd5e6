"""An account at an exchange for tests of the service: money, prices, positions, working orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.events import Event
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.snapshot import EntryRequest, Position, WorkingEntry
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio
from riskplugin.ledger import MemoryLedger
from riskplugin.ports import Ledger, LedgerError

PAIRS = ("A/U", "B/U", "C/U", "D/U", "E/U", "F/U")
START = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


class Remembering(MemoryLedger):
    """A memory ledger whose state is what its events fold to: reading it is a replay."""

    def load(self) -> RiskState:
        """All events so far, folded."""
        state = RiskState()
        for event in self.events:
            state.observe(event)
        return state


class Failing:
    """Stands before a real ledger, and answers nothing while ``broken``."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.broken = False

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Write, or fail."""
        if self.broken:
            raise LedgerError("disk full")
        self.ledger.append(events, state, relaxed=relaxed)

    def __getattr__(self, name: str) -> object:
        if self.broken and name not in ("load", "close"):
            raise LedgerError("disk full")
        return getattr(self.ledger, name)


def closed(position: Position) -> ClosedTrade:
    """The trade of a position that is sold at its mark."""
    assert position.trade_id is not None
    assert position.opened_at is not None
    return ClosedTrade(
        trade_id=position.trade_id,
        pair=position.pair,
        side=position.side,
        profit=position.unrealised,
        opened_at=position.opened_at,
        exit_reason="x",
    )


@dataclass
class World:
    """The truth. The wallet is ``hidden``, or seen ``shown`` times too large."""

    now: datetime = START
    cash: float = 10_000.0
    realised: float = 0.0
    prices: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PAIRS, 100.0))
    held: dict[str, Position] = field(default_factory=dict)
    working: dict[str, tuple[WorkingEntry, ev.OrderSent]] = field(default_factory=dict)
    lost: dict[str, ev.OrderSent] = field(default_factory=dict)
    ended: list[ClosedTrade] = field(default_factory=list)
    hidden: bool = False
    shown: float = 1.0
    unknown: str | None = None
    price_age: timedelta = timedelta(0)
    trades: int = 0

    def book(self, *, closings: bool = False) -> Book:
        """What the bot finds in one look; closings are told once."""
        ended, self.ended = (tuple(self.ended), []) if closings else ((), self.ended)
        result = self.realised + sum(p.unrealised for p in self.held.values())
        return Book(
            at=self.now,
            wallet=None if self.hidden else Quote((self.cash + result) * self.shown),
            result=Quote(result),
            positions=tuple(self.held.values()),
            working=tuple(entry for entry, _ in self.working.values()),
            closed=ended,
            price_age=self.price_age,
            volatility=Ratio(0.02) if self.held else None,
            unknown=self.unknown,
        )

    def exposed(self) -> float:
        """The most that is at risk, orders of unknown fate included."""
        held = sum(position.notional for position in self.held.values())
        lost = sum(order.notional for order in self.lost.values())
        return held + lost + sum(entry.notional for entry, _ in self.working.values())

    def margin(self, pair: str) -> float:
        """The most that ``pair`` binds."""
        lost = sum(o.notional / o.leverage for o in self.lost.values() if o.pair == pair)
        working = sum(entry.stake for entry, _ in self.working.values() if entry.pair == pair)
        return lost + working + (self.held[pair].stake if pair in self.held else 0.0)

    def pairs(self) -> set[str]:
        """Pairs with anything in them."""
        orders = {o.pair for o in self.lost.values()} | {e.pair for e, _ in self.working.values()}
        return orders | set(self.held)

    def request(self, pair: str, stake: float, leverage: float, ahead: float) -> EntryRequest:
        """A proposal at the market's price, or at one that the market has moved away from."""
        price = self.prices[pair]
        return EntryRequest(
            at=self.now,
            pair=pair,
            side=Side.LONG,
            stake=Quote(stake),
            price=price,
            market_price=price * ahead,
            leverage=leverage,
            kind=EntryKind.INCREASE if pair in self.held else EntryKind.OPEN,
            volatility=Ratio(0.0),
        )

    def place(self, sent: ev.OrderSent) -> None:
        """The order rests at the exchange."""
        entry = WorkingEntry(
            pair=sent.pair,
            side=Side.LONG,
            stake=Quote(sent.notional / sent.leverage),
            notional=sent.notional,
            leverage=sent.leverage,
            order_id=sent.intent,
            opened_at=sent.at,
        )
        self.working[sent.intent] = (entry, sent)

    def fill(self, intent: str, share: float) -> float:
        """``share`` of what rests is filled; the base amount of it."""
        entry, sent = self.working.pop(intent)
        if share < 1:
            rest = Quote(entry.stake * (1 - share)), Quote(entry.notional * (1 - share))
            self.working[intent] = (replace(entry, stake=rest[0], notional=rest[1]), sent)
        price = self.prices[entry.pair]
        amount = entry.notional * share / sent.price
        old = self.held.get(entry.pair)
        if old is None:
            self.trades += 1
        whole = amount + (0.0 if old is None else old.amount)
        cost = amount * sent.price + (0.0 if old is None else old.amount * old.entry_price)
        self.held[entry.pair] = Position(
            pair=entry.pair,
            side=Side.LONG,
            amount=whole,
            entry_price=cost / whole,
            mark_price=price,
            stake=Quote(entry.stake * share + (0.0 if old is None else old.stake)),
            leverage=entry.leverage if old is None else old.leverage,
            unrealised=Quote(whole * price - cost),
            trade_id=self.trades if old is None else old.trade_id,
            opened_at=entry.opened_at if old is None else old.opened_at,
        )
        return amount

    def move(self, pair: str, factor: float) -> None:
        """The market's price changes, and with it the marks."""
        self.prices[pair] = min(max(self.prices[pair] * factor, 1.0), 10_000.0)
        position = self.held.get(pair)
        if position is not None:
            price = self.prices[pair]
            gain = position.amount * (price - position.entry_price)
            self.held[pair] = replace(position, mark_price=price, unrealised=Quote(gain))

    def close(self, pair: str) -> None:
        """The position is sold at the market."""
        position = self.held.pop(pair)
        self.realised += position.unrealised
        self.ended.append(closed(position))
