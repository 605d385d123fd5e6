"""A month of a bot as its ledger has it: made by the real service, on a real SQLite file."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.levels import Side
from riskplugin.core.snapshot import EntryRequest, Position
from riskplugin.core.units import Quote, Ratio
from riskplugin.ledger import open_ledger
from riskplugin.service import RiskService

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
BOT = "freqtrade"
PAIRS = ("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT", "XRP/USDT:USDT")
TAGS = ("breakout", "pullback")
HOUR = timedelta(hours=1)
FEE, STAKE, LEVERAGE = 0.0005, 30.0, 3.0

#: Loose enough to trade all month, tight enough to trip on the crash.
SECTION: dict[str, Any] = {
    "sizing": {"base_pct": dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 4.0)},
    "leverage": {
        "max": dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 5.0),
        "liquidation_buffer_pct": 0,
    },
    "breaker": {"on_trip": "halt"},
}


@dataclass
class Trader:
    """An account at a market that was made up: same seed, same life."""

    service: RiskService
    now: datetime = BEGIN
    deposited: float = 1000.0
    earned: float = 0.0
    prices: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PAIRS, 100.0))
    held: dict[str, tuple[Position, str]] = field(default_factory=dict)
    ended: list[ClosedTrade] = field(default_factory=list)
    closed: list[ClosedTrade] = field(default_factory=list)
    trades: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def book(self, *, closings: bool = False) -> Book:
        ended, self.ended = (tuple(self.ended), []) if closings else ((), self.ended)
        positions = tuple(position for position, _ in self.held.values())
        result = self.earned + sum(p.unrealised for p in positions)
        return Book(
            at=self.now,
            wallet=Quote(self.deposited + result),
            result=Quote(result),
            positions=positions,
            closed=ended,
            volatility=Ratio(0.03) if positions else None,
        )

    def hour(self, drift: float = 0.0) -> None:
        """Prices move, the bot looks, then closes and opens what it wants."""
        self.now += HOUR
        for number, pair in enumerate(PAIRS):
            wave = 0.004 * math.sin(self.now.timestamp() / 86_400 / (2 + number))
            self.prices[pair] *= 1 + drift + wave + self.chance.gauss(0, 0.004)
        self.held = {pair: (self.marked(p), tag) for pair, (p, tag) in self.held.items()}
        self.service.tick(self.book(closings=True))
        for pair in PAIRS:
            if pair in self.held and self.chance.random() < 0.12:
                self.close(pair, self.chance.choice(("roi", "exit_signal", "stop_loss")))
            elif pair not in self.held and self.chance.random() < 0.10:
                self.enter(pair)

    def marked(self, position: Position) -> Position:
        price = self.prices[position.pair]
        gain = position.amount * (price - position.entry_price) * position.side.sign
        fees = 2 * FEE * position.amount * position.entry_price
        return Position(
            pair=position.pair,
            side=position.side,
            amount=position.amount,
            entry_price=position.entry_price,
            mark_price=price,
            stake=position.stake,
            leverage=position.leverage,
            unrealised=Quote(gain - fees),
            trade_id=position.trade_id,
            opened_at=position.opened_at,
        )

    def enter(self, pair: str, side: Side | None = None) -> None:
        leverage = LEVERAGE if self.chance.random() < 0.9 else 20.0
        if side is None:
            side = Side.SHORT if self.chance.random() < 0.3 else Side.LONG
        tag = self.chance.choice(TAGS)
        request = EntryRequest(
            at=self.now,
            pair=pair,
            side=side,
            stake=Quote(STAKE * self.chance.choice((0.6, 1.0, 2.0))),
            price=self.prices[pair],
            market_price=self.prices[pair],
            leverage=leverage,
            volatility=Ratio(0.03),
            stoploss=Ratio(0.15),
            tag=tag,
        )
        wished = self.service.decide(request, self.book(), "proposal", final=False)
        if not wished.allowed:
            return
        decision = self.service.decide(request, self.book(), "stake")
        if not decision.allowed:
            return
        self.trades += 1
        price = self.prices[pair]
        position = Position(
            pair=pair,
            side=side,
            amount=decision.stake * leverage / price,
            entry_price=price,
            mark_price=price,
            stake=decision.stake,
            leverage=leverage,
            trade_id=self.trades,
            opened_at=self.now,
        )
        self.held[pair] = self.marked(position), tag

    def close(self, pair: str, reason: str) -> None:
        position, tag = self.held.pop(pair)
        assert position.trade_id is not None
        assert position.opened_at is not None
        self.earned += position.unrealised
        fees = 2 * FEE * position.amount * position.entry_price
        ended = ClosedTrade(
            trade_id=position.trade_id,
            pair=pair,
            side=position.side,
            profit=position.unrealised,
            opened_at=position.opened_at,
            exit_reason=reason,
            tag=tag,
            stake=position.stake,
            leverage=position.leverage,
            fees=Quote(fees),
            funding=Quote(0.0),
        )
        self.ended.append(ended)
        self.closed.append(ended)

    def order(self, command: str, by: str, reason: str, **args: Any) -> None:
        given = json.dumps(args) if args else ""
        said = self.service.command(
            command, by=by, reason=reason, book=self.book(), args=given, via="cli"
        )
        assert said == "done", said


def service(home: Path, bot: str = BOT, section: dict[str, Any] | None = None) -> RiskService:
    config = parse(SECTION if section is None else section)
    made = live_service(config, config.policy, bot=bot, user_data=home)
    made.start(BEGIN, "dry_run")
    return made


def url_of(home: Path) -> str:
    return f"sqlite:///{home}/risk.sqlite"


def month(home: Path, *, days: int = 31, bot: str = BOT) -> Trader:
    """Live ``days`` days: a deposit on day 8, a crash on day 15, a trip by hand on day 22."""
    trader = Trader(service(home, bot))
    for day in range(days):
        for hour in range(24):
            _hour(trader, day, hour)
    trader.service.close()
    return trader


def _hour(trader: Trader, day: int, hour: int) -> None:
    happens = _HAPPENS.get((day, hour))
    if happens is not None:
        happens(trader)
    trader.hour(drift=-0.03 if day == 15 and hour < 5 else 0.0)
    if (day, hour) == (16, 10):
        for alert in trader.service.state.alerts.open:
            trader.order("ack", "bea", "seen", alert=alert.number)


def _tighten(trader: Trader) -> None:
    tighter = {"breaker.drawdown.trip_pct": 12}
    trader.order("propose", "anna", "the quarter ends", changes=tighter)


def _deposit(trader: Trader) -> None:
    trader.deposited += 250.0


def _all_long(trader: Trader) -> None:
    for pair in PAIRS:
        if pair not in trader.held:
            trader.enter(pair, Side.LONG)


def _trip(trader: Trader) -> None:
    trader.order("trip", "anna", TRIP)
    for pair in list(trader.held):
        trader.close(pair, "risk_close_all")


def _rearm(trader: Trader) -> None:
    trader.order("rearm", "carl", "withdrawals work again")


#: Why the breaker was tripped by hand, as a hostile person may write it.
TRIP = "news: <b>halt</b> </script><script>alert(1)</script> \u202e"

_HAPPENS: dict[tuple[int, int], Callable[[Trader], None]] = {
    (4, 9): _tighten,
    (8, 0): _deposit,
    (15, 0): _all_long,
    (22, 9): _trip,
    (22, 20): _rearm,
}


def people(home: Path) -> None:
    """Who the people are changes in the month."""
    ledger = open_ledger(url_of(home), bot=ev.PEOPLE_CHAIN, base_dir=home)
    at = BEGIN + timedelta(days=3)
    ledger.append(
        [
            ev.PersonAdded(at=at, name="anna", role="risk_manager", by="root", reason="new"),
            ev.SignedIn(at=at + HOUR, name="anna", address="10.0.0.1"),
            ev.PersonDisabled(at=at + 2 * HOUR, name="otto", by="root", reason="left"),
        ],
        ledger.load(),
    )
    ledger.close()
