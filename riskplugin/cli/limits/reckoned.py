"""The figures of ``limits explain``: the gate is asked, the formulas are the core's.

An account that holds nothing is given entries until no more pass, or entries that go to their stop
until the breaker trips. Nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from riskplugin.control.limits import fresh, headroom
from riskplugin.core.gate import Gate
from riskplugin.core.levels import RiskLevel, Side
from riskplugin.core.leverage import Stops, leverage_cap
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest, Position
from riskplugin.core.triggers import Trigger, tripped
from riskplugin.core.units import Quote, Ratio

#: No day has so many entries.
_ENOUGH = 200
_NOW = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """The largest entry that passes: margin, leverage, notional, and what its stop costs.

    ``wild`` is the margin in a pair whose volatility is high or unknown. ``loss`` is None where
    the plugin holds no stop. All amounts are 0 when nothing passes; ``text`` says why.
    """

    level: RiskLevel
    margin: float
    wild: float
    leverage: float
    notional: float
    stop: float
    loss: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Entries one after another on one day, all to their stop; ``trigger`` is what trips."""

    count: int
    lost: float
    trigger: Trigger | None


class Reckoner:
    """Asks the gate of one policy about accounts that hold what we say."""

    def __init__(self, policy: Policy, equity: float, *, futures: bool) -> None:
        self.policy, self.equity, self.futures = policy, equity, futures
        self._gate, self._stops = Gate(policy), Stops.from_policy(policy)
        self.holds_stop = policy.enforced("stop")

    def entry(self, level: RiskLevel, *, emergency: bool = False) -> Entry:
        """The largest first entry of an account at this level."""
        return self._entry(
            AccountSnapshot(equity=Quote(self.equity), level=level, emergency=emergency)
        )

    def with_near_stop(self) -> Entry:
        """The largest first entry of a strategy whose own stop lies near enough for every leverage.

        Its stop is the widest with which that leverage passes.
        """
        account = AccountSnapshot(equity=Quote(self.equity))
        asked = replace(self._request(account), leverage=125.0, stoploss=Ratio(1e-6))
        top = leverage_cap(asked, account, self.policy).value
        widest = self._stops.safe_distance(top, asked.maintenance_ratio)
        return self._largest(
            account, replace(asked, leverage=top, stoploss=Ratio(widest * top * (1 - 1e-9)))
        )

    def filled(self) -> list[Entry]:
        """One entry after another, each in a pair of its own, until no more pass."""
        held: list[Position] = []
        entries: list[Entry] = []
        while len(entries) < _ENOUGH:
            account = self._judged(AccountSnapshot(equity=Quote(self.equity), positions=(*held,)))
            entry = self._entry(account)
            if not entry.margin > 0:
                break
            entries.append(entry)
            held.append(_position(f"pair {len(held)}", entry))
        return entries

    def to_their_stops(self) -> Lost:
        """Entries that lose, one after another, until the breaker trips or none passes."""
        lost, count = 0.0, 0
        while count < _ENOUGH:
            account = self._judged(
                AccountSnapshot(
                    equity=Quote(self.equity - lost),
                    peak_equity=Quote(self.equity),
                    day_start_equity=Quote(self.equity),
                    week_start_equity=Quote(self.equity),
                    losing_streak=count,
                )
            )
            if trips := tripped(account, self.policy):
                return Lost(count, lost, trips[0])
            entry = self._entry(account)
            if not (entry.margin > 0 and entry.loss):
                break
            lost, count = lost + entry.loss, count + 1
        return Lost(count, lost, None)

    def _judged(self, account: AccountSnapshot) -> AccountSnapshot:
        return replace(account, level=risk_score(account, self.policy).level)

    def _request(self, account: AccountSnapshot) -> EntryRequest:
        request = fresh(account, self.policy, _NOW, futures=self.futures)
        if self.holds_stop or not self.futures:
            return request
        # Without the plugin's stop the strategy's own decides; any that lies near enough will do.
        asked = replace(request, leverage=125.0, stoploss=Ratio(1e-6))
        return replace(asked, leverage=leverage_cap(asked, account, self.policy).value)

    def _entry(self, account: AccountSnapshot) -> Entry:
        return self._largest(account, self._request(account))

    def _largest(self, account: AccountSnapshot, request: EntryRequest) -> Entry:
        calm = headroom(self._gate, account, request)
        wild = headroom(self._gate, account, replace(request, volatility=None))
        own = request.stoploss if self.holds_stop else None
        stop = self._stops.distance(own, request.leverage, emergency=account.emergency)
        return Entry(
            level=account.level,
            margin=calm["stake"],
            wild=wild["stake"],
            leverage=request.leverage,
            notional=calm["notional"],
            stop=stop,
            loss=calm["notional"] * stop if self.holds_stop else None,
            text=calm["text"],
        )


def by_level(reckoner: Reckoner) -> Iterator[Entry]:
    """The largest first entry at every level."""
    return (reckoner.entry(level) for level in RiskLevel)


def _position(pair: str, entry: Entry) -> Position:
    return Position(
        pair=pair,
        side=Side.LONG,
        amount=entry.notional,
        entry_price=1.0,
        mark_price=1.0,
        stake=Quote(entry.margin),
        leverage=entry.leverage,
    )
