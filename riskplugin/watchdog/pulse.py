"""How long the bot has been silent, by a clock that nobody can set.

Wall clocks of two machines differ and jump. So silence is what this process itself has waited
through: looks that went well and showed nothing new, each worth at most what a look should last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

NONE = timedelta(0)


@dataclass(slots=True)
class Pulse:
    """Feel it once a round. ``longest`` is what one round may count for: a watchdog that was
    itself stopped for an hour has not watched for an hour.
    """

    longest: timedelta
    life: str | None = None
    silence: timedelta = NONE
    _felt: float | None = None

    def feel(self, life: str | None, clock: float) -> timedelta:
        """The silence after a look that showed ``life``; None is a look that showed nothing.

        A ledger that cannot be read silences a living bot as well: the count begins anew.
        """
        passed = NONE if self._felt is None else timedelta(seconds=max(clock - self._felt, 0.0))
        self._felt = clock
        if life is None or life != self.life:
            self.silence = NONE
            self.life = life if life is not None else self.life
            return NONE
        self.silence += min(passed, self.longest)
        return self.silence
