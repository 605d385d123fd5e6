"""Which findings are new, and which are over: people hear of both once."""

from __future__ import annotations

from collections.abc import Sequence

from riskplugin.core.alerts.tellings import Raise, Resolve, Telling
from riskplugin.watchdog.judge import NAMES

#: What is told when a finding is there no more.
MENDED = {
    "ledger_unreadable": "the ledger can be read again",
    "bot_silent": "the bot gives signs of life, or was stopped in order",
    "bot_exposed": "the bot gives signs of life, or holds nothing any more",
    "prices_old": "the bot's prices are fresh again",
    "commands_wait": "every command is answered",
    "ledger_damaged": "the ledger verifies again",
    "checkpoints_late": "the records are signed again",
    "disk_space": "there is space on the disk again",
    "clocks_differ": "the clocks agree again",
    "watchdog_keys": "the watchdog's keys work again",
}
#: These can be seen without the ledger.
_SEEN_ANYWAY = frozenset({"disk_space", "watchdog_keys"})


class Standing:
    """Remembers the rounds before. Anything may stand from an earlier run of the watchdog."""

    def __init__(self) -> None:
        self._told: frozenset[str] = frozenset()
        self._may_stand = frozenset(NAMES)

    def changes(self, found: Sequence[Raise], *, blind: bool) -> list[Telling]:
        """What has to be told after a round. Who sees nothing does not say that anything is over.

        ``blind``: the ledger could not be read.
        """
        names = frozenset(each.name for each in found)
        over = self._may_stand - names
        if blind:
            over &= _SEEN_ANYWAY
        fresh = names - self._told
        self._told = (self._told - over) | names
        self._may_stand = (self._may_stand - over) | names
        told: list[Telling] = [each for each in found if each.name in fresh]
        return [*told, *(Resolve(keys=(name,), said=MENDED[name]) for name in sorted(over))]
