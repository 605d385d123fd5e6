"""The bot's Telegram chat, without the bot: who hears of it there has to hear of its death."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskplugin.alerts.services import ServiceSink
from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)


def telegram_of(config: Mapping[str, Any]) -> dict[str, Sink]:
    """The channel "bot" by freqtrade's own token and chat; nothing where Telegram is off.

    Only sends: freqtrade alone may read the chat's commands.
    """
    told = config.get("telegram") or {}
    if not told.get("enabled"):
        return {}
    chat, topic = told.get("chat_id"), told.get("topic_id")
    place = f"{chat}:{topic}" if topic else f"{chat}"
    try:
        return {"bot": ServiceSink(f"tgram://{told.get('token')}/{place}/?format=text")}
    except ValueError:
        logger.warning("riskplugin: token or chat_id of telegram cannot be used by the watchdog")
        return {}
