"""Sentences about the bot's process, its records, and what goes wrong in it."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import on
from riskplugin.cli.audit.words import amount, plainly
from riskplugin.core import events as ev


@on(ev.SessionStarted)
def _session(event: ev.SessionStarted) -> str:
    bot, mode = plainly(event.bot), plainly(event.run_mode)
    with_ = f" with riskplugin {plainly(event.software)}" if event.software else ""
    return f"{bot} began to run ({mode}){with_} under limits {plainly(event.policy_version)}"


@on(ev.SessionEnded)
def _ended(event: ev.SessionEnded) -> str:
    left = f" with {event.positions} positions open" if event.positions else ""
    return f"{plainly(event.bot)} was stopped in order{left}"


@on(ev.WatchActed)
def _watch_acted(event: ev.WatchActed) -> str:
    pair = f" {plainly(event.pair)}" if event.pair else ""
    much = f" {amount(event.amount)}" if event.amount else ""
    order = f" (order {plainly(event.order_id)})" if event.order_id else ""
    what = f"{plainly(event.step)}{pair}{much}{order}: {plainly(event.outcome)}"
    return f"the watchdog acted for {plainly(event.watched)}: {what}"


@on(ev.LimitsAdopted)
def _limits(event: ev.LimitsAdopted) -> str:
    most = event.max_positions
    positions = "" if most is None else f", with at most {most} positions as the bot says"
    where = f" for entries in {plainly(event.pair)}" if event.pair else ""
    return f"limits {plainly(event.version)} hold from here on{where}{positions}"


@on(ev.ClockSetBack)
def _set_back(event: ev.ClockSetBack) -> str:
    return "the clock was set back: waits begin anew"


@on(ev.FaultRecorded)
def _fault(event: ev.FaultRecorded) -> str:
    return f"{plainly(event.source)} failed: {plainly(event.text)}"


@on(ev.FaultsCleared)
def _faults_cleared(event: ev.FaultsCleared) -> str:
    return "a whole loop passed without a fault"


@on(ev.StateCarried)
def _carried(event: ev.StateCarried) -> str:
    return f"the whole state is recorded here; riskplugin {event.software} folds on from it"


@on(ev.RecordsLost)
def _lost(event: ev.RecordsLost) -> str:
    return f"{amount(event.count)} records were lost here: the ledger took none for too long"


@on(ev.StateRebuilt)
def _rebuilt(event: ev.StateRebuilt) -> str:
    who = f"by {plainly(event.by)}: {plainly(event.reason)}"
    return f"the saved state was made anew from the records, {who}"
