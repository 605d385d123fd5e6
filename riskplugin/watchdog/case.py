"""One silence and what was done for it: a watchdog that is restarted goes on where it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from riskplugin.core import events as ev


@dataclass(slots=True)
class Case:
    """One silence, named by the last sign of life. ``sold`` is what was sold for it, by pair."""

    life: str
    sure: int = 0
    begun: bool = False
    asked: int = 0
    tries: int = 0
    again_at: float = 0.0
    over: bool = False
    sold: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def recall(self, past: Iterable[ev.WatchActed]) -> list[ev.WatchActed]:
        """Take over what the records of this silence say; answers them."""
        done = [each for each in past if each.silence == self.life]
        self.over = any(each.step in ("end", "left") for each in done)
        self.begun = self.over
        self.sold = sold_before(done)
        return done


def sold_before(done: Iterable[ev.WatchActed]) -> defaultdict[str, float]:
    """What earlier orders sold, by pair; one whose answer is missing counts as filled."""
    sold: defaultdict[str, float] = defaultdict(float)
    open_: dict[str, float] = {}
    for each in done:
        if each.step == "send":
            sold[each.pair] += open_.pop(each.pair, 0.0)
            open_[each.pair] = each.amount
        elif each.step == "close":
            open_.pop(each.pair, None)
            sold[each.pair] += each.amount
    for pair, amount in open_.items():
        sold[pair] += amount
    return sold
