"""Loggers that never raise and never say a secret: neither somebody's filter nor an exchange's
answer with our key in it can do harm through a line of the log.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextlib import suppress
from typing import Any

from riskplugin.redaction import hushed


class CalmLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger for code on which money depends."""

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """As logging's; what filters and handlers raise is dropped, and secrets are hidden."""
        with suppress(Exception):
            if not self.isEnabledFor(level):
                return
            told, trace = _told(msg, args), _trace(kwargs.get("exc_info"))
            safe, safe_trace = hushed(told), hushed(trace)
            if safe_trace != trace:
                del kwargs["exc_info"]
                msg, args = "%s\n%s", (safe, safe_trace.rstrip())
            elif safe != told or told is _UNPRINTABLE:
                msg, args = "%s", (safe,)
            super().log(level, msg, *args, stacklevel=kwargs.pop("stacklevel", 1) + 2, **kwargs)


def calm_logger(name: str) -> CalmLogger:
    """The calm form of ``logging.getLogger(name)``."""
    return CalmLogger(logging.getLogger(name))


_UNPRINTABLE = "riskplugin: a message that cannot be printed"


def _told(msg: object, args: tuple[Any, ...]) -> str:
    """The message as a handler would write it."""
    try:
        return logging.LogRecord("", 0, "", 0, msg, args, None).getMessage()
    except Exception:  # noqa: BLE001  # a value's own code failed, and would again in the handler
        return _UNPRINTABLE


def _trace(info: Any) -> str:
    """The traceback as a handler would write it, "" for none."""
    if not info:
        return ""
    error = (
        info
        if isinstance(info, BaseException)
        else (info[1] if isinstance(info, tuple) else sys.exc_info()[1])
    )
    return "" if error is None else "".join(traceback.format_exception(error))
