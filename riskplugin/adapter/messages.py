"""The channel ``bot``: what the bot itself tells people with: Telegram, Discord, webhook (AL-2).

What is told, how often and to whom is the alert desk's business; this only hands a message over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqtrade.enums import RPCMessageType

from riskplugin.adapter import internals
from riskplugin.alerts.sink import DeliveryError, Letter

if TYPE_CHECKING:
    from freqtrade.data.dataprovider import DataProvider


class BotMessages:
    """Sink: says it at once on every channel of the bot.

    Raises DeliveryError when the bot has none. What one of them raises, the bot logs itself.
    """

    def __init__(self, dp: DataProvider) -> None:
        self._dp = dp

    def __call__(self, letter: Letter) -> None:
        """Hand the message over."""
        hub = internals.rpc_manager(self._dp)
        if hub is None:
            raise DeliveryError("the bot has no channels")
        hub.send_msg({"type": RPCMessageType.WARNING, "status": f"riskplugin: {letter.text}"})
