"""Does somebody hear of trouble, can the right people act, and who looks after the bot itself?"""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.setup import Finding, Setup, info, warning
from riskplugin.control.permissions import may

#: Where freqtrade passes on what the plugin tells it: the channel "bot".
OF_THE_BOT = ("telegram", "webhook", "discord")


def watchdog(setup: Setup) -> Iterator[Finding]:
    """With leverage a bot that hangs costs more than what was staked on one trade."""
    if setup.risk is None or not setup.futures or "watchdog" in setup.group("risk"):
        return
    most = max(setup.risk.policy.leverage.max.values())
    if most > 1:
        finding = warning if setup.live else info
        yield finding(
            "risk.watchdog",
            f"up to {most:g}x leverage, and nobody looks after a bot that hangs or dies",
            'write "watchdog": {"action": "rest"}, and run riskplugin watchdog beside the bot',
        )


def alerted(setup: Setup) -> Iterator[Finding]:
    """A log is read afterwards."""
    if setup.risk is None:
        return
    alerts = setup.risk.alerts
    reached = {*alerts.routes.critical, *(name for at in alerts.levels for name in at.channels)}
    reached.discard("log")
    if not any(setup.group(name).get("enabled") for name in OF_THE_BOT):
        reached.discard("bot")
    if not reached:
        finding = warning if setup.live else info
        yield finding(
            "risk.alerts.routes.critical",
            "critical alerts reach nobody: they stand in the log alone",
            "enable telegram or webhook, or name a channel in risk.alerts.channels and here",
        )


def two_people(setup: Setup) -> Iterator[Finding]:
    """What takes two people takes two who are there."""
    if not setup.people:
        return
    managers = [p.name for p in setup.people if not p.disabled and may(p.role, "approve")]
    if len(managers) < 2:  # two people
        who = f"{managers[0]} alone is risk manager" if managers else "nobody is risk manager"
        yield info(
            "people",
            f"{who}: what takes two people (riskplugin limits approve) is impossible",
            "riskplugin users add NAME --role risk_manager",
        )
