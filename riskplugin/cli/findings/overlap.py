"""freqtrade's own protections beside riskplugin: which locks first, and what is counted twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, number

OVERLAP = kind(
    "protections-overlap",
    INFO,
    where="protections",
    also=(WARNING,),
    when="warning when MaxDrawdown adds up ratios of trades",
    why="freqtrade's own protection and the breaker limit the same thing: closed trades only "
    "there, marked to market here.",
    does="decides by itself; the locks of protections come on top",
    mend="leave one of them out; riskplugin's by name: docs/protections.md",
    see="migration.md",
)
PROTECTIONS_REFUSED = kind(
    "protections-in-config",
    CRITICAL,
    where="protections",
    why="freqtrade no longer takes protections from the configuration: it refuses to start.",
    mend="move them into the strategy's property protections",
    see="protections.md",
)


def overlap(setup: Setup) -> Iterator[Finding]:
    """MaxDrawdown and StoplossGuard have a counterpart in the breaker."""
    if setup.config.get("protections"):
        yield PROTECTIONS_REFUSED.found()
    if setup.risk is None or setup.strategy is None or not setup.guarded:
        return
    for protection in setup.strategy.protections:
        match protection.get("method"):
            case "MaxDrawdown":
                yield _drawdown(setup, protection)
            case "StoplossGuard":
                yield _streak(setup, protection)


def _drawdown(setup: Setup, protection: Mapping[str, Any]) -> Finding:
    assert setup.risk is not None
    allowed = number(protection.get("max_allowed_drawdown")) or 0.0
    trip = setup.risk.policy.breaker.drawdown.trip
    ours = "riskplugin has none" if trip is None else f"riskplugin's breaker trips at {trip:.0%}"
    if protection.get("calculation_mode", "ratios") == "ratios":
        return OVERLAP.found(
            f"MaxDrawdown adds up the ratios of closed trades to {allowed:.0%}, whatever share of "
            f"the account they were: ten small losses lock all pairs. {ours} of equity.",
            where="protections.MaxDrawdown",
            severity=WARNING,
            mend='take it out, or give it\n"calculation_mode": "equity"',
        )
    first = "locks first" if trip is None or allowed < trip else "locks after the breaker"
    return OVERLAP.found(
        f"MaxDrawdown {first}: {allowed:.0%} of closed trades; {ours}, open positions included.",
        where="protections.MaxDrawdown",
    )


def _streak(setup: Setup, protection: Mapping[str, Any]) -> Finding:
    assert setup.risk is not None
    streak = setup.risk.policy.breaker.losing_streak.trip
    ours = "never" if streak is None else f"after {streak:g} losses in a row"
    return OVERLAP.found(
        f"StoplossGuard locks after {protection.get('trade_limit', 10)} stops in its window; "
        f"riskplugin's breaker trips {ours}.",
        where="protections.StoplossGuard",
    )
