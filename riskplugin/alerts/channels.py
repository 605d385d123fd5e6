"""The channels that a configuration names, ready to send; an address is never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping

from riskplugin.alerts.log import log_sink
from riskplugin.alerts.services import ServiceSink
from riskplugin.alerts.sink import Sink
from riskplugin.config import ConfigError, Problem, RiskConfig


def sinks_of(config: RiskConfig, environ: Mapping[str, str] = os.environ) -> dict[str, Sink]:
    """The log and every channel with an address. Raises ConfigError that lists what is wrong.

    The bot's own channel is added by whoever has a bot.
    """
    sinks: dict[str, Sink] = {"log": log_sink}
    problems: list[Problem] = []
    for name, written in config.alerts.channels.items():
        path = f"risk.alerts.channels.{name}"
        address = _address(written, environ)
        if address is None:
            variable = written.removeprefix("env:")
            must = "is not set, or empty"
            problems.append(Problem(path, variable, must, "set this environment variable"))
            continue
        try:
            sinks[name] = ServiceSink(address)
        except ValueError as error:
            must, mend = f"is {error}", "see the list of services in apprise's documentation"
            problems.append(Problem(path, "***", must, mend))
    if problems:
        raise ConfigError(problems)
    return sinks


def _address(written: str, environ: Mapping[str, str]) -> str | None:
    if not written.startswith("env:"):
        return written
    return environ.get(written.removeprefix("env:"), "").strip() or None
