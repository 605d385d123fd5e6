"""What "detected" means: told within a loop, and no entry passes until a person has looked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.matrix.stage import Stage
from tests.matrix.witness import View


def acted_upon(stage: Stage, view: View, heard: Iterable[ev.Event]) -> str:
    """How the bot took what it could not prevent, as a note to the table."""
    assert view.entries, "nothing came: that is prevented, not detected"
    stage.spoiled = True
    signs = sorted(set(_signs(heard)))
    assert signs, "nothing was told"
    state = stage.bot.session.service.state
    assert state.breaker is BreakerState.LATCHED or state.mismatch, "time alone would forget it"
    before = stage.arrived()
    stage.force_entry("SOL", stake_amount=20.0)
    stage.signal("SOL")
    stage.loop()
    assert not stage.view(before).entries, "an entry passed after the detection"
    return f"told within a loop ({', '.join(signs)}); no entry passes until a person has looked"


def _signs(heard: Iterable[ev.Event]) -> Iterator[str]:
    for event in heard:
        match event:
            case ev.MismatchFound():
                yield "the exchange holds more than the trades explain"
            case ev.FillChecked() if event.findings:
                yield "a fill that nobody approved"
            case ev.FaultRecorded(source="venue"):
                yield "a request past every method of the exchange library"
