"""Looks at everything the demo runs, again and again: the exchange, the ledgers, the processes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from riskplugin.cli.demo.journal import Journal
from riskplugin.cli.demo.orderlog import read
from riskplugin.cli.demo.screen import Screen
from riskplugin.cli.demo.stage import Bot
from riskplugin.cli.demo.tape import Tape, sample_of_account, sample_of_status
from riskplugin.cli.demo.words import important, words, words_of_order
from riskplugin.cli.processes import ProcessError, Processes
from riskplugin.sandbox import ControlClient, ControlError

_BETWEEN_LOOKS_S = 0.4
#: The whole demo takes no longer than this, whatever happens.
_CAP_S = 225.0
#: An exchange that does not answer for so long is gone.
_SILENCE_S = 30.0


class Watch:
    """The present state of the play, and all that was seen so far."""

    def __init__(
        self, bots: Sequence[Bot], control: ControlClient, processes: Processes, screen: Screen
    ) -> None:
        self.bots = tuple(bots)
        self.control = control
        self.processes = processes
        self.screen = screen
        self.began = time.monotonic()
        self.tapes = {bot.key: Tape() for bot in bots}
        self.journals = {bot.key: Journal(bot) for bot in bots if bot.guarded}
        self.market: dict[str, Any] = {}
        self.accounts: dict[str, Any] = {}
        self._order = 0
        self._answered = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def look(self) -> None:
        """Look once at everything and show it. Raises ProcessError when something has died."""
        self.processes.check()
        self._ask()
        for key, journal in self.journals.items():
            for event in journal.refresh():
                self._tell(key, words(event), important=important(event))
        self._sample()
        self.screen.show(self)

    def pause(self, seconds: float) -> None:
        """Let time pass, looking."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            time.sleep(_BETWEEN_LOOKS_S)

    def position_count(self, key: str) -> int:
        """Open positions at the exchange."""
        account = self.accounts.get(key)
        return len(account["futures"]["positions"]) if account else 0

    def close(self) -> None:
        """Release the ledgers."""
        for journal in self.journals.values():
            journal.close()

    def time_left(self, wanted: float) -> float:
        """``wanted`` seconds, or what the cap on the whole leaves of them."""
        return min(wanted, _CAP_S - self.elapsed)

    def _ask(self) -> None:
        try:
            self.market, self.accounts = self.control.state(), self.control.accounts()
            fresh = read(self.control.orders("bare", after=self._order))
        except (OSError, ControlError) as error:
            if time.monotonic() - self._answered > _SILENCE_S:
                raise ProcessError(f"the paper exchange does not answer: {error}") from error
            return
        self._answered = time.monotonic()
        for order in fresh:
            self._order = order.id
            self._tell("bare", words_of_order(order))

    def _tell(self, key: str, text: str | None, *, important: bool = True) -> None:
        if text is not None:
            self.screen.tell(key, text, important=important)

    def _sample(self) -> None:
        if not self.market:
            return
        at = datetime.fromtimestamp(self.market["now_ms"] / 1000, UTC)
        for bot in self.bots:
            tape = self.tapes[bot.key]
            if bot.dry_run:
                told = self.journals[bot.key].status
                known = tape.samples[-1].at if tape.samples else None
                if told is not None and datetime.fromisoformat(told["at"]) != known:
                    tape.add(sample_of_status(told))
            elif bot.key in self.accounts:
                tape.add(sample_of_account(self.accounts[bot.key], self.market, at))
