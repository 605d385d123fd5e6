"""What is unsafe in a freqtrade configuration and strategy, one small check per matter (CF-6).

A check reads a :class:`Setup` and yields findings; it imports no freqtrade and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from riskplugin.cli.findings import (
    answers,
    bot,
    conduct,
    doors,
    duty,
    limits,
    orders,
    overlap,
    positions,
    reach,
    sharing,
    stops,
)
from riskplugin.cli.findings.kinds import KINDS, Finding, Kind, Severity
from riskplugin.cli.findings.setup import Setup

__all__ = ["CHECKS", "KINDS", "Finding", "Kind", "Setup", "Severity", "findings", "worst_first"]

Check = Callable[[Setup], Iterator[Finding]]


def findings(setup: Setup) -> list[Finding]:
    """Everything unsafe in ``setup``, the worst first."""
    return worst_first([finding for check in CHECKS for finding in check(setup)])


def worst_first(found: list[Finding]) -> list[Finding]:
    """By severity; what was found first stays first."""
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


CHECKS: tuple[Check, ...] = (
    limits.guarded,
    limits.section,
    limits.refused,
    conduct.ended,
    conduct.stuck,
    conduct.raised,
    answers.vetoes,
    answers.unusable,
    answers.beyond_the_wallet,
    answers.stops,
    reach.reached_out,
    reach.noise,
    reach.slow,
    orders.market_exits,
    orders.market_prices,
    orders.waiting,
    orders.time_in_force,
    stops.stop_distance,
    stops.liquidation,
    stops.on_exchange,
    bot.force_entry,
    positions.position_adjustment,
    sharing.shared,
    doors.api_server,
    doors.telegram,
    doors.readable,
    bot.databases,
    bot.signing_key,
    positions.count,
    positions.cross_margin,
    positions.profit_taking,
    overlap.overlap,
    bot.initial_state,
    bot.loop,
    bot.left_orders,
    duty.watchdog,
    duty.alerted,
    duty.two_people,
    conduct.left_out,
)
