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
    logger.log(_LOUD[letter.severity], "riskplugin: %s", letter.text)
