"""A test message on each channel, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from riskplugin.alerts.job import Job
from riskplugin.alerts.sink import Letter, Sink
from riskplugin.core.alerts.wording import Message
from riskplugin.core.levels import Severity

#: Seconds that a channel has to answer.
PATIENCE = 20.0


def tried(sinks: Mapping[str, Sink], *, bot: str, at: datetime) -> dict[str, str | None]:
    """The error of each channel, None for one that took the message. All are tried at once."""
    text = f"a test at {at:%Y-%m-%d %H:%M:%S} UTC: this channel works, nothing has happened"
    letter = Letter(bot, Message(severity=Severity.INFO, name="test", text=text))
    jobs = {name: Job(sink, letter, (), name) for name, sink in sinks.items()}
    return {
        name: job.error if job.ended(PATIENCE) else f"no answer within {PATIENCE:g} s"
        for name, job in jobs.items()
    }
