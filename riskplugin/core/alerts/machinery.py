"""What events of the machinery and of single orders mean for people, as :mod:`tellings`."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.core import events as ev
from riskplugin.core.alerts.tellings import CRITICAL, INFO, WARNING, Raise, Resolve, Telling, tells
from riskplugin.core.reconcile import slip_text

#: Commands that people give to answer alerts: nobody has to be told of them.
_QUIET = frozenset({"ack"})


@tells(ev.FaultRecorded)
def _fault(event: ev.FaultRecorded) -> Iterator[Telling]:
    yield Raise(
        name="fault",
        key=f"fault {event.source}",
        severity=WARNING,
        said=f"fault in {event.source}: {event.text}. Entries were refused, exits pass",
        lasting=True,
    )


@tells(ev.FaultsCleared)
def _faults_cleared(_: ev.FaultsCleared) -> Iterator[Telling]:
    yield Resolve(keys=("fault *",), said="a whole loop passed without a fault")


@tells(ev.OrderFailed)
def _failed(event: ev.OrderFailed) -> Iterator[Telling]:
    if event.uncertain and not event.reduces:
        said = f"entry on {event.pair} has an unknown fate ({event.error}); no further entry on it"
        key = f"order_unknown {event.intent}"
        yield Raise(name="order_unknown", key=key, severity=WARNING, said=said, lasting=True)


@tells(ev.IntentResolved)
def _settled(event: ev.IntentResolved) -> Iterator[Telling]:
    said = f"the fate of the order is known: {event.how}"
    yield Resolve(keys=(f"order_unknown {event.intent}",), said=said)


@tells(ev.FillChecked)
def _checked(event: ev.FillChecked) -> Iterator[Telling]:
    if event.findings:
        said = f"fill BEYOND its approval, {event.pair}: {'; '.join(event.findings)}"
        key = f"fill_beyond_approval {event.order_id}"
        yield Raise(name="fill_beyond_approval", key=key, severity=CRITICAL, said=said)
    if event.slipped:
        key = f"slippage {event.pair}"
        yield Raise(name="slippage", key=key, severity=WARNING, said=slip_text(event))


@tells(ev.ClockSetBack)
def _set_back(event: ev.ClockSetBack) -> Iterator[Telling]:
    said = f"the clock was set back to {event.at:%Y-%m-%d %H:%M:%S} UTC; waits begin anew"
    yield Raise(name="clock", severity=WARNING, said=said)


@tells(ev.RecordsRead)
def _records(event: ev.RecordsRead) -> Iterator[Telling]:
    if event.correction:
        said = f"trades changed by {-event.correction:+.2f} without a fill: equity is left as it is"
        yield Raise(name="records_changed", severity=WARNING, said=said, fresh=True)


@tells(ev.RecordsLost)
def _lost(event: ev.RecordsLost) -> Iterator[Telling]:
    said = f"{event.count} records were LOST: the ledger took none for too long"
    yield Raise(name="records_lost", severity=CRITICAL, said=said, fresh=True)


@tells(ev.StateRebuilt)
def _rebuilt(event: ev.StateRebuilt) -> Iterator[Telling]:
    said = f"the saved state was made anew from the records by {event.by}: {event.reason}"
    yield Raise(name="state_rebuilt", severity=WARNING, said=said)


@tells(ev.ControlHandled)
def _control(event: ev.ControlHandled) -> Iterator[Telling]:
    """A command that was carried out tells of itself by what it did."""
    done = event.outcome == "done"
    if event.command in _QUIET:
        return
    said = f"{event.command} by {event.by} ({event.reason}): {event.outcome}"
    name = "command" if done else "command_refused"
    key = f"{name} {event.command}"
    yield Raise(name=name, key=key, severity=INFO if done else WARNING, said=said, fresh=done)
