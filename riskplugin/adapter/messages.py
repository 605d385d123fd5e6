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


#: Telegram takes 4096 characters; with more, or with a backtick too many (freqtrade puts the text
#: between two), it takes none of them, and freqtrade gives up on the message.
LONGEST = 3500


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
        text = _taken(f"riskplugin: {letter.text}")
        hub.send_msg({"type": RPCMessageType.WARNING, "status": text})


def _taken(text: str) -> str:
    """``text`` so that no channel refuses it, whatever people or exchanges have written.

    >>> _taken("because of `this`")
    "because of 'this'"
    """
    plain = text.replace("`", "'")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 2]} …"
