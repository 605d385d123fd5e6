"""What is checked (CF-6): a configuration, a strategy, and what lies around them, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskplugin.cli.findings.observed import Observed
from riskplugin.config import RiskConfig
from riskplugin.control.people import Person

NOT_RUN = Observed()
#: Databases that are gone with their process.
IN_MEMORY = frozenset({"sqlite://", "sqlite:///:memory:"})


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy as it was loaded: what its class says, without any of its code.

    ``constants`` are the numbers that its ``leverage`` returns, as its source shows them;
    ``protections`` the names and settings of freqtrade's protections it asks for.
    """

    name: str
    guarded: bool = False
    overrides: frozenset[str] = frozenset()
    constants: tuple[float, ...] = ()
    protections: tuple[Mapping[str, Any], ...] = ()
    sends_messages: bool = False
    freqai: bool = False


@dataclass(frozen=True, slots=True)
class Venue:
    """What freqtrade can do with stops on this exchange and in this market."""

    stops: bool = True
    price_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration, the strategy's settings merged in as freqtrade does, and the strategy.

    ``risk`` is None when the section "risk" is invalid, ``strategy`` None when none was named or
    it could not be loaded, ``people`` empty while nobody is registered. ``files`` are the files
    that ``config`` was read from, ``own`` what each of them holds alone, ``others`` the other
    configurations in their folders.
    ``refused`` is why freqtrade would not start with this; ``seen`` what the strategy did.
    """

    config: Mapping[str, Any]
    risk: RiskConfig | None
    strategy: Strategy | None = None
    people: Sequence[Person] = ()
    files: Sequence[Path] = ()
    own: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)
    others: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)
    venue: Venue = Venue()
    refused: str = ""
    seen: Observed = NOT_RUN

    @property
    def live(self) -> bool:
        """True when orders would be real."""
        return not self.config.get("dry_run", True)

    @property
    def futures(self) -> bool:
        """True when positions can be liquidated."""
        return str(self.config.get("trading_mode") or "spot") == "futures"

    @property
    def guarded(self) -> bool:
        """True when riskplugin stands before the strategy."""
        return self.strategy is not None and self.strategy.guarded

    def group(self, name: str) -> Mapping[str, Any]:
        """A group of keys of the configuration, empty when it is not there."""
        return group_of(self.config, name)

    def observes(self, name: str) -> bool:
        """True when the rule ``name`` only records."""
        return self.risk is not None and not self.risk.policy.enforced(name)


def group_of(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A group of keys of ``config``, empty when it is not there."""
    value = config.get(name)
    return value if isinstance(value, Mapping) else {}


def number(value: object) -> float | None:
    """``value`` as a number, None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
