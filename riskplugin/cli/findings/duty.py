"""Does somebody hear of trouble, can the right people act, and who looks after the bot itself?"""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, group_of
from riskplugin.control.permissions import may

WATCHDOG = kind(
    "no-watchdog",
    INFO,
    where="risk.watchdog",
    also=(WARNING,),
    when="warning live",
    why="There is leverage, and nobody looks after a bot that hangs or dies.",
    does="can do nothing in a process that hangs",
    mend='and run riskplugin watchdog beside the bot; in risk:\n"watchdog": {"action": "rest"}',
    see="watchdog.md",
)
UNHEARD = kind(
    "alerts-unheard",
    INFO,
    where="risk.alerts.routes.critical",
    also=(WARNING,),
    when="warning live",
    why="Critical alerts reach nobody: they stand in the log alone.",
    does="writes them into its log and into riskplugin alerts",
    mend="enable telegram, or name a channel in risk.alerts.channels and here",
    see="alerts.md",
)
SILENCED = kind(
    "alerts-silenced",
    WARNING,
    where="telegram.notification_settings.warning",
    why="The channel is on, and drops what riskplugin tells: alerts come as freqtrade's warnings.",
    does="hands its alerts over; the channel throws them away",
    mend='in telegram.notification_settings:\n"warning": "on"',
    see="alerts.md",
)
PEOPLE = kind(
    "two-people",
    INFO,
    where="people",
    why="Fewer than two risk managers: what takes two people is impossible.",
    does="refuses what takes two people while there is one",
    mend="\nriskplugin users add NAME --role risk_manager",
    see="people.md",
)
PEOPLE_UNREAD = kind(
    "people-unreadable",
    WARNING,
    where="people",
    why="Who is registered cannot be read from the ledger.",
    does="refuses commands that need a person",
    mend="is the database there?\nriskplugin audit verify",
    see="people.md",
)


def watchdog(setup: Setup) -> Iterator[Finding]:
    """With leverage a bot that hangs costs more than what was staked on one trade."""
    if setup.risk is None or not setup.futures or "watchdog" in setup.group("risk"):
        return
    most = max(setup.risk.policy.leverage.max.values())
    if most > 1:
        reason = f"Up to {most:g}x leverage, and nobody looks after a bot that hangs or dies."
        yield WATCHDOG.found(reason, severity=WARNING if setup.live else INFO)


def alerted(setup: Setup) -> Iterator[Finding]:
    """A log is read afterwards."""
    if setup.risk is None:
        return
    alerts = setup.risk.alerts
    reached = {*alerts.routes.critical, *(name for at in alerts.levels for name in at.channels)}
    reached.discard("log")
    if "bot" in reached:
        dropping = list(_dropping(setup))
        yield from dropping
        if len(dropping) == sum(
            _enabled(setup, name) for name in ("telegram", "webhook", "discord")
        ):
            reached.discard("bot")
    if not reached:
        yield UNHEARD.found(severity=WARNING if setup.live else INFO)


def _enabled(setup: Setup, name: str) -> bool:
    return bool(setup.group(name).get("enabled"))


def _dropping(setup: Setup) -> Iterator[Finding]:
    """The bot's channels that are on and pass no warning on (freqtrade's rpc modules)."""
    settings = group_of(setup.group("telegram"), "notification_settings")
    if _enabled(setup, "telegram") and settings.get("warning") == "off":
        yield SILENCED.found('"off": Telegram drops what riskplugin tells.')
    if _enabled(setup, "webhook") and not setup.group("webhook").get("webhookstatus"):
        yield SILENCED.found(
            "The webhook has no form for warnings: it drops what riskplugin tells.",
            where="webhook.webhookstatus",
            mend='in webhook:\n"webhookstatus": {"value1": "{status}"}',
        )
    if _enabled(setup, "discord") and not setup.group("discord").get("warning"):
        yield SILENCED.found(
            "Discord has no form for warnings: it drops what riskplugin tells.",
            where="discord.warning",
            mend='in discord:\n"warning": [{"riskplugin": "{status}"}]',
        )


def two_people(setup: Setup) -> Iterator[Finding]:
    """What takes two people takes two who are there."""
    if not setup.people:
        return
    managers = [p.name for p in setup.people if not p.disabled and may(p.role, "approve")]
    if len(managers) < 2:  # two people
        who = f"{managers[0]} alone is risk manager" if managers else "nobody is risk manager"
        yield PEOPLE.found(
            f"{who}: what takes two people (riskplugin limits approve) is impossible."
        )
