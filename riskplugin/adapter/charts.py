"""What FreqUI shows of the plugin: periods of the breaker in its charts, and facts at each trade.

For people who look at the bot's own screens; nothing is decided by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import LocalTrade

from riskplugin.adapter.botconfig import read_config, user_data
from riskplugin.adapter.trades import aware
from riskplugin.bootstrap import ledger_url
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.verdict import Allow, Decision
from riskplugin.ledger import open_reader
from riskplugin.ledger.periods import periods

if TYPE_CHECKING:
    from riskplugin.adapter.session import RiskSession

logger = calm_logger(__name__)

_COLOURS = {
    "open": "rgba(214, 69, 65, 0.18)",
    "latched": "rgba(214, 69, 65, 0.30)",
    "half_open": "rgba(219, 152, 52, 0.18)",
}
_LABEL_LENGTH = 80
_FACT_LENGTH = 200


def areas(session: RiskSession, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The periods in which the breaker was not closed, as freqtrade's area annotations.

    ``end`` is when the chart's last whole candle began; what began in it or in the one that forms
    now is shown, too.
    Raises LedgerError when the ledger cannot be read.
    """
    candle = timedelta(seconds=timeframe_to_seconds(session.config["timeframe"]))
    until = aware(end) + 2 * candle
    folder = user_data(session.config)
    url = ledger_url(read_config(session.config), folder)
    reader = open_reader(url, base_dir=folder, redactor=session.redactor)
    try:
        found = periods(reader, session.bot, aware(start), until)
    finally:
        reader.close()
    return [
        {
            "type": "area",
            "start": period.begin,
            "end": period.end or session.now(),
            "color": _COLOURS[period.state],
            "label": f"breaker {period.state}: {period.text}"[:_LABEL_LENGTH],
        }
        for period in found
    ]


class TradeFacts:
    """Subscriber: remembers what was decided on an entry until its order fills."""

    def __init__(self) -> None:
        self._decided: dict[str, tuple[Decision, str]] = {}

    def __call__(self, event: ev.Event) -> None:
        if not isinstance(event, ev.EntryDecided):
            return
        pair = event.decision.request.pair
        if event.decision.allowed:
            self._decided[pair] = event.decision, event.limits
        else:
            self._decided.pop(pair, None)

    def note(self, trade: LocalTrade) -> None:
        """Leave the facts of the entry that has just filled in the trade's custom data."""
        found = self._decided.pop(trade.pair, None)
        if found is None:
            return
        try:
            for key, value in facts(*found).items():
                trade.set_custom_data(key, value)
        except Exception:  # a note is worth no fault; the fill is checked all the same
            logger.exception("riskplugin: trade %s has no facts in its custom data", trade.id)


def facts(decision: Decision, limits: str) -> dict[str, str]:
    """Short texts under keys that no strategy has for its own notes."""
    binding = decision.binding
    why = "no limit made it smaller" if isinstance(binding, Allow) else binding.reason.text
    stake = f"{decision.stake:.8g} of {decision.request.stake:.8g} asked"
    return {
        "riskplugin_level": str(decision.level),
        "riskplugin_stake": f"{stake}: {why}"[:_FACT_LENGTH],
        "riskplugin_limits": limits,
    }
