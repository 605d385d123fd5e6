"""Says in the bot's log why an entry was refused, where people look first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from riskplugin.calm import calm_logger
from riskplugin.core.calendar import passed
from riskplugin.core.verdict import Decision, Deny

logger = calm_logger(__name__)

#: The same refusal of a pair is logged again after this long.
SAY_AGAIN = timedelta(minutes=1)


class Refusals:
    """Logs each refusal once; ``now`` tells the time. A backtest logs none."""

    def __init__(self, now: Callable[[], datetime], *, live: bool) -> None:
        self._now, self._live = now, live
        self._said: dict[str, tuple[str, datetime]] = {}

    def log(self, pair: str, text: str, *, rule: str | None = None) -> None:
        """Say why an entry was refused, where people look first; the same rule once a minute."""
        if not self._live:
            return
        known, now = self._said.get(pair), self._now()
        why = rule or text
        if known is None or known[0] != why or passed(known[1], now) > SAY_AGAIN:
            self._said[pair] = (why, now)
            logger.info("riskplugin refused an entry on %s: %s", pair, text)

    def log_decision(self, decision: Decision) -> str:
        """Say which limit refused the entry; answers the reason."""
        if not isinstance(decision.binding, Deny):
            return ""
        reason = decision.binding.reason
        self.log(decision.request.pair, reason.text, rule=reason.rule)
        return reason.text
