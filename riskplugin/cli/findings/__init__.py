"""What is unsafe in a freqtrade configuration and strategy, one small check per matter (CF-6).

A check reads a :class:`Setup` and yields findings; it imports no freqtrade and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from riskplugin.cli.findings import bot, duty, limits
from riskplugin.cli.findings.setup import Finding, Setup, Severity

__all__ = ["Finding", "Setup", "Severity", "findings"]

Check = Callable[[Setup], Iterator[Finding]]


def findings(setup: Setup) -> list[Finding]:
    """Everything unsafe in ``setup``, the worst first."""
    order = list(Severity)
    found = [finding for check in CHECKS for finding in check(setup)]
    return sorted(found, key=lambda finding: order.index(finding.severity))


CHECKS: tuple[Check, ...] = (
    limits.guarded,
    limits.section,
    bot.market_exits,
    bot.market_prices,
    limits.stop_distance,
    limits.liquidation,
    bot.stop_on_exchange,
    bot.force_entry,
    limits.position_adjustment,
    bot.api_server,
    bot.databases,
    bot.signing_key,
    limits.stakes,
    limits.cross_margin,
    bot.initial_state,
    duty.watchdog,
    duty.alerted,
    duty.two_people,
)
