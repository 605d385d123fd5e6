"""Which limits hold now, for all pairs and for single ones; worked out when something changed,
never per decision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from riskplugin.config import RiskConfig
from riskplugin.control.limits.force import File, Limits
from riskplugin.core.events import LimitsAdopted
from riskplugin.core.events.limits import Setting
from riskplugin.core.limits import RuntimeLimits
from riskplugin.core.state import RiskState, limits_name


@dataclass(frozen=True)
class Holding:
    """What holds: for all pairs, and for those that have limits of their own until a moment."""

    base: Limits
    pairs: Mapping[str, Limits]
    until: datetime | None
    """When the first of the overrides ends."""

    def of(self, pair: str) -> Limits:
        """What holds for an entry in ``pair``."""
        return self.pairs.get(pair, self.base)


#: Whether a person may change limits now, and has been that person since a moment.
Registered = Callable[[str, datetime], bool]


def nobody(_: str, __: datetime) -> bool:
    """Nobody is registered."""
    return False


class InForce:
    """Follows the state: the same state gives the same limits.

    ``slots`` is the bot's own number of positions where the section names none; ``registered``
    answers whether a person is registered by that name: only such a one counts as a second person.
    ``markets`` are the pairs that the bot could trade; none while they are not known.
    """

    def __init__(
        self,
        config: RiskConfig,
        *,
        slots: int | None,
        registered: Registered = nobody,
        markets: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.file = File.of(config, slots)
        self.registered = registered
        self.markets = markets
        self.delay = config.control.loosen_delay
        self.patience = config.control.proposal_expires
        self.longest = config.control.longest_override
        self._of: RuntimeLimits | None = None
        self._holding: Holding | None = None

    def holding(self, runtime: RuntimeLimits) -> Holding:
        """What holds under ``runtime``; worked out once for each."""
        if self._holding is None or runtime is not self._of:
            self._holding, self._of = self.worked_out(runtime), runtime
        return self._holding

    def filed(self, runtime: RuntimeLimits) -> dict[str, object]:
        """What counts of the file, with the keys of today."""
        if not runtime.filed:
            return dict(self.file.flat)
        filed = json.loads(runtime.filed)
        known = {k: v for k, v in filed.items() if k in self.file.flat or k.startswith("modes.")}
        own = {k: v for k, v in self.file.flat.items() if not k.startswith("modes.")}
        return {**own, **known}

    def worked_out(self, runtime: RuntimeLimits) -> Holding:
        """As :meth:`holding`, for what might become."""
        changes = (Setting(key=c.key, value=c.value) for c in runtime.changes)
        base = self.file.fit(self.file.with_settings(self.filed(runtime), changes))
        pairs: dict[str, Limits] = {}
        for override in runtime.overrides:
            known = pairs.get(override.pair, base)
            merged = self.file.with_settings(known.flat, override.settings)
            pairs[override.pair] = self.file.fit(merged)
        own = {pair: limits for pair, limits in pairs.items() if limits.flat != base.flat}
        until = min((o.until for o in runtime.overrides), default=None)
        return Holding(base, MappingProxyType(own), until)

    def adoptions(self, state: RiskState, at: datetime) -> Iterator[LimitsAdopted]:
        """The records that tell which limits decide from here on, where others did before."""
        holding = self.holding(state.runtime)
        base_name = _name(holding.base)
        anew = state.limits != base_name
        if anew:
            yield _adopted(holding.base, at, "")
        told = {p.pair: p.name for p in state.runtime.pairs}
        for pair, limits in holding.pairs.items():
            if anew or told.get(pair) != _name(limits):
                yield _adopted(limits, at, pair)
        for pair in told:
            if pair not in holding.pairs:
                yield _adopted(holding.base, at, pair)


def _name(limits: Limits) -> str:
    return limits_name(limits.version, limits.policy.max_positions)


def _adopted(limits: Limits, at: datetime, pair: str) -> LimitsAdopted:
    return LimitsAdopted(
        at=at,
        version=limits.version,
        section=limits.text,
        max_positions=limits.policy.max_positions,
        pair=pair,
    )
