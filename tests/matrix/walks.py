"""Walks a path under a limit, and without any for comparison; what every live cell does."""

from __future__ import annotations

from typing import NamedTuple

from riskplugin.core import events as ev
from tests.matrix import table
from tests.matrix.around import (
    Api,
    ApiAsync,
    ApiClass,
    ApiHelpers,
    ExchangeClass,
    ExchangeObject,
    RaisedLeverage,
    RawEndpoint,
)
from tests.matrix.detection import acted_upon
from tests.matrix.enlarging import (
    ForceEntryOpenTrade,
    Increase,
    IncreaseInfinite,
    IncreaseUnfilled,
    Replacement,
    ReplacementLocked,
    ReplacementPaused,
    ReplacementShort,
    Restart,
)
from tests.matrix.limits import LIMITS, WIDE, Limit
from tests.matrix.opening import (
    BeforeStart,
    ForceEntry,
    ForceEntryLeverage,
    ForceEntryPrice,
    ForceEntryShort,
    Paused,
    SignalEntry,
    StaleDataframe,
    Stopped,
)
from tests.matrix.paths import SHUT, Path
from tests.matrix.stage import Stage
from tests.matrix.strangers import DeletedTrade, LostOrder, OrderFound, OrphanOrder
from tests.matrix.witness import View

PATHS: tuple[Path, ...] = (
    SignalEntry(), StaleDataframe(), ForceEntry(), ForceEntryLeverage(), ForceEntryPrice(),
    ForceEntryShort(), ForceEntryOpenTrade(), Increase(), IncreaseInfinite(), IncreaseUnfilled(),
    Replacement(), ReplacementPaused(), ReplacementLocked(), ReplacementShort(), Restart(),
    OrderFound(), DeletedTrade(), LostOrder(), OrphanOrder(), Paused(), Stopped(), BeforeStart(),
    ExchangeObject(), ExchangeClass(), Api(), ApiHelpers(), ApiAsync(), ApiClass(), RawEndpoint(),
    RaisedLeverage(),
)  # fmt: skip


class Walked(NamedTuple):
    """What came of a walk."""

    view: View
    found: list[str]

    def beyond(self, limit: Limit) -> list[str]:
        """What of it is beyond the limit."""
        return limit.beyond(self.view) + self.found


def walk(
    stage: Stage,
    path: Path,
    limit: Limit | None,
    *,
    strategy: str = "Walker",
    heard: list[ev.Event] | None = None,
) -> Walked:
    """Walk the path under ``limit``, or without any; ``heard`` takes what is told."""
    stage.clean(strategy, WIDE)
    stage.spoiled = True  # until the walk has ended well
    stage.hold("ETH")
    path.arrange(stage)
    if limit is not None:
        limit.impose(stage)
    before = stage.arrived()
    if heard is not None:
        stage.listen(heard)
    (path.go_free if limit is None else path.go)(stage)
    stage.loop()
    walked = Walked(stage.view(before), path.beyond(stage))
    stage.spoiled = path.leaves or stage.halted
    return walked


class Walks:
    """The cells of one path; the walk without a limit is made once."""

    def __init__(self, stage: Stage, path: Path) -> None:
        self.stage, self.path = stage, path
        self._free: Walked | None = None

    def free(self) -> Walked:
        """The walk without a limit; where riskplugin shuts the path, without riskplugin."""
        if self._free is None:
            self._free = walk(self.stage, self.path, None)
            if self.path.shut:
                came = self._free.view.entries or self._free.found
                assert not came, f"not shut: without a limit it came through: {came}"
                self._free = walk(self.stage, self.path, None, strategy="Naked")
        return self._free

    def cell(self, name: table.Limit) -> None:
        """Fill one cell."""
        path, stage, limit = self.path, self.stage, LIMITS[name]
        with table.cell(path.name, stage.market, stage.mode, name) as outcome:
            reason = path.not_applicable(stage.market, stage.mode, name)
            if reason:
                outcome.not_applicable(reason)
                return
            free = self.free()
            assert free.beyond(limit), f"without the limit nothing is beyond it: {free.view}"
            heard: list[ev.Event] = []
            walked = walk(stage, path, limit, heard=heard)
            if path.detected:
                outcome.detected(acted_upon(stage, walked.view, heard))
                return
            assert not walked.beyond(limit), walked.beyond(limit)
            outcome.held(SHUT if path.shut else path.why)
