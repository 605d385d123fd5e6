"""Fakes for the dead man's action: an exchange account, a REST interface, and looks at a bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.levels import Side
from riskplugin.ports import LedgerError
from riskplugin.watchdog.closer import Closer
from riskplugin.watchdog.closing import Close, Held, Working, coin_of
from riskplugin.watchdog.hand import Action, Hand
from riskplugin.watchdog.judge import Look
from riskplugin.watchdog.sight import Listed, Sight
from riskplugin.watchdog.venue import Answer, VenueError

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
AFTER = timedelta(minutes=3)
HELD = (Listed("BTC/USDT", Side.LONG, 0.5), Listed("ETH/USDT", Side.LONG, 2.0))


@dataclass
class Account:
    """An exchange that fills market orders at once, and fails as it is told to."""

    futures: bool = True
    positions: dict[str, float] = field(default_factory=dict)
    coins: dict[str, float] = field(default_factory=dict)
    orders: list[Working] = field(default_factory=list)
    sent: list[Close] = field(default_factory=list)
    failures: list[VenueError] = field(default_factory=list)
    lost_answers: int = 0

    def check(self) -> None:
        """The keys work."""

    def working(self, pairs: Sequence[str]) -> list[Working]:
        return [order for order in self.orders if order.pair in pairs]

    def held(self, pairs: Sequence[str]) -> list[Held]:
        self._fail()
        return [
            Held(pair=p, side=Side.LONG if a > 0 else Side.SHORT, amount=abs(a))
            for p, a in self.positions.items()
            if a and p in pairs
        ]

    def free(self) -> Mapping[str, float]:
        self._fail()
        return dict(self.coins)

    def cancel(self, order: Working) -> None:
        self.orders.remove(order)

    def close(self, order: Close) -> Answer:
        self.sent.append(order)
        if self.futures:
            assert order.reduce_only
            self.positions[order.pair] = 0.0
        else:
            self.coins[coin_of(order.pair)] -= order.amount
        if self.lost_answers:
            self.lost_answers -= 1
            raise VenueError("no answer", uncertain=True)
        return Answer(str(len(self.sent)), order.amount)

    def too_small(self, pair: str, amount: float) -> bool:
        return amount < 1e-6

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class Door:
    """The bot's REST interface."""

    open: bool = True
    asked: list[str] = field(default_factory=list)

    def answers(self) -> bool:
        return self.open

    def obey(self) -> str:
        self.asked.append("obey")
        return "close-all: done"

    def force_exit(self) -> str:
        self.asked.append("forceexit")
        return "forceexit all: done"


@dataclass
class Night:
    """A hand, its records and the clock."""

    account: Account
    action: Action = "exchange"
    door: Door | None = None
    kept: bool = True
    records: list[ev.WatchActed] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    clock: float = 1000.0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new watchdog with the same ledger."""
        self.hand = Hand(
            bot="bot",
            action=self.action,
            after=AFTER,
            record=self._record,
            leave=self._leave,
            rest=self.door,
            closer=Closer(lambda: self.account),
            past=lambda: list(self.records),
        )

    @property
    def steps(self) -> list[str]:
        return [each.step for each in self.records]

    def rounds(self, count: int, look: Look) -> None:
        """So many rounds that see the same, five seconds apart."""
        for _ in range(count):
            self.told += self.hand.step(look, self.clock)
            self.clock += 5

    def _record(self, event: ev.WatchActed) -> bool:
        if self.kept:
            self.records.append(event)
        return self.kept

    def _leave(self, reason: str) -> None:
        if not self.kept:
            raise LedgerError("locked")
        self.controls.append(reason)


def seen(
    silence: timedelta = timedelta(minutes=4),
    *,
    lives: bool | None = False,
    listed: tuple[Listed, ...] = HELD,
    **changes: Any,
) -> Look:
    """A look at a bot that has been silent for so long."""
    facts: dict[str, Any] = {"at": AT, "life": "then 7", "spoke": AT - silence, "listed": listed}
    sight = Sight(**(facts | changes))
    return Look(sight=sight, silence=silence, lives=lives)
