"""Is the strategy guarded, and are its limits such that they hold?"""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup

STRATEGY_LOAD = kind(
    "strategy-load",
    CRITICAL,
    where="strategy",
    why="freqtrade cannot load the strategy.",
    does="nothing can be guarded that does not load",
    mend="mend it, or name another:\nriskplugin check --strategy NAME",
    see="guarding.md",
)
STRATEGY_NONE = kind(
    "strategy-none",
    INFO,
    where="strategy",
    why="No strategy is named: its settings and its code were not checked.",
    mend="\nriskplugin check --strategy NAME",
    see="guarding.md",
)
UNGUARDED = kind(
    "unguarded",
    CRITICAL,
    where="strategy",
    why="The strategy is not guarded: no limit is enforced.",
    does="nothing, until the strategy has its mixin",
    mend="\nriskplugin guard NAME",
    see="guarding.md",
)
RISK_SECTION = kind(
    "risk-section",
    CRITICAL,
    where="risk",
    why='The section "risk" cannot be used.',
    does="stops the start of the bot with the same words",
    mend="as the message says",
    see="settings.md",
)
RISK_MISSING = kind(
    "risk-missing",
    INFO,
    where="risk",
    why='There is no section "risk": the defaults hold.',
    does="uses its defaults: riskplugin limits explain",
    mend="to see and change them:\nriskplugin init",
    see="settings.md",
)
OBSERVED = kind(
    "rule-observes",
    WARNING,
    where="risk.modes",
    why="A rule only records what it would have done.",
    does="records, and does not act",
    mend="take it out of risk.modes when you trust it",
    see="settings.md",
)
NO_TRIP = kind(
    "breaker-off",
    WARNING,
    where="risk.breaker",
    why="A loss limit of the breaker is switched off.",
    does="never trips on it",
    mend="give it a trip value",
    see="breaker.md",
)

#: Refused by freqtrade before anything runs.
REFUSED = kind(
    "freqtrade-refuses",
    CRITICAL,
    where="configuration",
    why="freqtrade refuses to start with this configuration.",
    mend="as freqtrade says",
    see="install.md",
)


def section(setup: Setup) -> Iterator[Finding]:
    """The section "risk" itself: missing, or loosened."""
    if "risk" not in setup.config:
        yield RISK_MISSING.found()
    if setup.risk is None:
        return
    for name in setup.risk.policy.modes:
        if setup.observes(name):
            reason = f"The rule {name} records what it would have done."
            yield OBSERVED.found(reason, where=f"risk.modes.{name}")
    for name in ("drawdown", "daily_loss", "exposure"):
        if getattr(setup.risk.policy.breaker, name).trip is None:
            reason = f"No {name.replace('_', ' ')} trips the breaker."
            yield NO_TRIP.found(reason, where=f"risk.breaker.{name}")


def guarded(setup: Setup) -> Iterator[Finding]:
    """Without the mixin nothing is enforced."""
    if setup.strategy is None and setup.config.get("strategy"):
        return  # it could not be loaded, which is a finding of its own
    if setup.strategy is None:
        yield STRATEGY_NONE.found()
    elif not setup.guarded:
        name = setup.strategy.name
        yield UNGUARDED.found(
            f"{name} is not guarded: no limit is enforced.", mend=f"\nriskplugin guard {name}"
        )


def refused(setup: Setup) -> Iterator[Finding]:
    """What freqtrade itself says at its start."""
    if setup.refused:
        yield REFUSED.found(f"freqtrade refuses to start: {setup.refused}")
