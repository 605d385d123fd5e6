"""Loggers that never raise: somebody's filter or handler must not turn a message into a failure."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any


class CalmLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger for code on which money depends."""

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """As logging's; what filters and handlers raise is dropped."""
        with suppress(Exception):
            super().log(level, msg, *args, stacklevel=kwargs.pop("stacklevel", 1) + 2, **kwargs)


def calm_logger(name: str) -> CalmLogger:
    """The calm form of ``logging.getLogger(name)``."""
    return CalmLogger(logging.getLogger(name))
