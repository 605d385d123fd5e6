"""The channels by address: any service that the package apprise knows (AL-2).

An address is a secret. It stands in no message, and what apprise writes into its log is cleaned.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import suppress
from typing import Any

from riskplugin.alerts.sink import DeliveryError, Letter
from riskplugin.core.levels import Severity
from riskplugin.redaction import hushed

_KINDS = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.CRITICAL: "failure"}
#: Loggers of others that write addresses.
_TALKATIVE = ("apprise", "urllib3.connectionpool")


class ServiceSink:
    """One address. Raises ValueError for one that apprise cannot use, without saying which."""

    def __init__(self, url: str) -> None:
        _quieten()
        import apprise  # heavy, and of no use to a backtest

        self._client: Any = apprise.Apprise()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its plugins are warned of is its business
            known = self._client.add(url)
        if not known:
            raise ValueError("no address of a service that apprise knows")

    def __call__(self, letter: Letter) -> None:
        """Send it. Raises DeliveryError."""
        kind = _KINDS[letter.severity]
        try:
            taken = self._client.notify(body=letter.text, title=letter.title, notify_type=kind)
        except Exception as error:  # noqa: BLE001  # plugins raise what they like
            raise DeliveryError(f"{type(error).__name__}: {hushed(str(error))}") from None
        if not taken:
            raise DeliveryError("the service did not take the message")


class _Cleaned(logging.Filter):
    """Hides secrets in the lines of others."""

    def filter(self, record: logging.LogRecord) -> bool:
        with suppress(Exception):
            told = record.getMessage()
            safe = hushed(told)
            if safe != told:
                record.msg, record.args = safe, ()
        return True


_CLEANED = _Cleaned()


def _quieten() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_CLEANED)
