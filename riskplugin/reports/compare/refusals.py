"""What a refusal would have earned or lost: the same entry in the run without the plugin.

An entry is the same when pair, side and candle are; its result is scaled to the margin that was
asked for and not given. What has no counterpart is counted, and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from riskplugin.reports.compare.run import Asked, Fill, Run, Trade


@dataclass(frozen=True, slots=True)
class Judged:
    """A refusal or a cut and what came of that part in the other run; None without counterpart.

    ``held``: the other run was in that pair already, so it had nothing to enter.
    """

    asked: Asked
    result: float | None
    held: bool = False


@dataclass(slots=True)
class Sum:
    """All refusals and cuts of one rule. ``refused`` and ``cut`` also count what is not kept."""

    refused: int = 0
    cut: int = 0
    matched: int = 0
    held: int = 0
    alone: int = 0
    earned: float = 0.0
    lost: float = 0.0

    @property
    def result(self) -> float:
        """What the matched ones would have brought, all in all; < 0: the rule saved that much."""
        return self.earned + self.lost

    def take(self, judged: Judged) -> None:
        """Count one."""
        if judged.result is not None:
            self.matched += 1
            self.earned += max(judged.result, 0.0)
            self.lost += min(judged.result, 0.0)
        elif judged.held:
            self.held += 1
        else:
            self.alone += 1


@dataclass
class Ledger:
    """The entries of the run without the plugin, found by pair, side and candle."""

    trades: Sequence[Trade]
    _opened: dict[tuple[str, str, int], Trade] = field(default_factory=dict, init=False)
    _increased: dict[tuple[str, str, int], tuple[Trade, Fill]] = field(
        default_factory=dict, init=False
    )
    _spans: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for trade in self.trades:
            place = (trade.pair, trade.side)
            self._spans.setdefault(place, []).append((trade.opened, trade.closed))
            self._opened[*place, trade.opened] = trade
            later = [fill for fill in trade.fills if fill.entry][1:]
            self._increased |= {(*place, fill.ordered): (trade, fill) for fill in later}

    def judge(self, asked: Asked) -> Judged:
        """What became of the same entry here."""
        key = (asked.pair, asked.side, asked.at)
        kept_back = asked.asked - asked.given
        if asked.kind == "open":
            trade = self._opened.get(key)
            if trade is not None:
                return Judged(asked, trade.profit * kept_back / trade.stake_of(trade.fills[0]))
        elif key in self._increased:
            trade, fill = self._increased[key]
            return Judged(asked, result_of(trade, fill) * kept_back / trade.stake_of(fill))
        spans = self._spans.get(key[:2], ())
        held = any(begin < asked.at <= end for begin, end in spans)
        return Judged(asked, None, held=held and asked.kind == "open")


def result_of(trade: Trade, fill: Fill) -> float:
    """What one increase brought at the trade's average exit, fees included, funding left out."""
    exits = [f for f in trade.fills if not f.entry]
    amount = sum(f.amount for f in exits)
    if not amount:
        return 0.0
    exit_price = sum(f.amount * f.price for f in exits) / amount
    fees = fill.price * trade.fee_open + exit_price * trade.fee_close
    return fill.amount * ((exit_price - fill.price) * trade.sign - fees)


def judged(without: Run, guarded: Run) -> list[Judged]:
    """Every refusal and cut that was kept, in order of time."""
    ledger = Ledger(without.trades)
    return [ledger.judge(each) for each in guarded.asked]


def sums(run: Run, found: Iterable[Judged]) -> dict[str, Sum]:
    """By rule, the one with the most refusals first."""
    made: dict[str, Sum] = {}
    for name, count in run.effects.refused.items():
        made.setdefault(name, Sum()).refused = count
    for name, count in run.effects.cut.items():
        made.setdefault(name, Sum()).cut = count
    for each in found:
        made.setdefault(each.asked.rule, Sum()).take(each)
    return dict(sorted(made.items(), key=lambda item: (-item[1].refused, -item[1].cut, item[0])))
