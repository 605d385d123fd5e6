"""The channel ``log``: the process's own log, as loud as the alert is urgent."""

from __future__ import annotations

import logging

from riskplugin.alerts.sink import Letter
from riskplugin.calm import calm_logger
from riskplugin.core.levels import Severity

logger = calm_logger(__name__)

_LOUD = {
    Severity.INFO: logging.INFO,
    Severity.WARNING: logging.WARNING,
    Severity.CRITICAL: logging.CRITICAL,
}


def log_sink(letter: Letter) -> None:
    """Write it down."""
    logger.log(_LOUD[letter.severity], "riskplugin: %s", _tame(letter.text))


def _tame(text: str) -> str:
    r"""``text`` so that no line of it looks like another entry of the log, or steers a terminal.

    >>> _tame("all is well\n2026-11-23 CRITICAL\x1b[2J")
    'all is well\n    2026-11-23 CRITICAL\\x1b[2J'
    """
    plain = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
    return plain.replace("\n", "\n    ")
