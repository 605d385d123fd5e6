"""What a channel is: something that takes one message, or raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from riskplugin.core.alerts.wording import Message
from riskplugin.core.levels import Severity


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with the bot that it comes from."""

    bot: str
    message: Message

    @property
    def severity(self) -> Severity:
        """How urgent it is."""
        return self.message.severity

    @property
    def title(self) -> str:
        """One line: who speaks, how urgent it is, what it is about."""
        urgent = self.severity.value
        shown = urgent.upper() if self.severity is Severity.CRITICAL else urgent
        return f"riskplugin {self.bot}: {shown} {self.message.name}"

    @property
    def text(self) -> str:
        """What happened."""
        return self.message.text


#: Takes a letter; whatever it raises means that nobody got it, and it is tried again.
Sink = Callable[[Letter], None]


class DeliveryError(RuntimeError):
    """A channel did not take a message; the text holds no address."""
