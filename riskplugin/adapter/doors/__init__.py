"""The ways into a running bot for people: REST and page in its own API server, Telegram commands.

``open_doors`` is called when a guarded strategy is made, before freqtrade starts either. Nothing
heavy is imported for a bot that has neither, and nothing at all in a backtest.
"""

from __future__ import annotations

from typing import Any

from freqtrade.enums import TRADE_MODES

from riskplugin.calm import calm_logger

logger = calm_logger(__name__)


def open_doors(config: Any) -> None:
    """Have the bot's API server and Telegram know riskplugin, where the bot has them.

    A door that cannot be opened is an error in the log: the bot is guarded all the same.
    """
    if config.get("runmode") not in TRADE_MODES:
        return
    try:
        if config.get("api_server", {}).get("enabled", False):
            from riskplugin.adapter.doors.rest import open_rest

            open_rest()
        if config.get("telegram", {}).get("enabled", False):
            from riskplugin.adapter.doors.telegram import open_telegram

            open_telegram()
    except Exception:
        logger.exception("riskplugin: REST or Telegram commands are not available")
