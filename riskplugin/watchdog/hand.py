"""The dead man's action: once per silence, never while the bot lives, each step on record.

First the latch is left for the bot; then its REST is asked; and only when nobody answers there,
the exchange. It goes on until the book is verified flat, or the bot gives a sign of life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Literal

from riskplugin.core import events as ev
from riskplugin.core.alerts.tellings import CRITICAL, Raise, Resolve, Telling
from riskplugin.ports import LedgerError
from riskplugin.watchdog.case import Case
from riskplugin.watchdog.closer import Closer, Done
from riskplugin.watchdog.closing import Aim
from riskplugin.watchdog.judge import Look
from riskplugin.watchdog.rest import Rest
from riskplugin.watchdog.venue import VenueError

Action = Literal["alert", "rest", "exchange"]

#: Looks that must agree that it is time, each a round apart.
SURE = 2
#: How often the bot's REST is asked before people are told that it does not help.
ASKED = 3
#: Seconds between two asks, and the longest between two tries at the exchange.
ASK_AGAIN, TRY_AGAIN = 15.0, 30.0


class Hand:
    """Call :meth:`step` once a round.

    ``record`` writes an event down and answers False when it is not on disk; ``leave`` leaves
    close-all for the bot (LedgerError when it cannot). ``past`` is what was done before a restart
    of the watchdog. Without ``rest`` or ``closer`` that way is not there.
    """

    def __init__(
        self,
        *,
        bot: str,
        action: Action,
        after: timedelta,
        record: Callable[[ev.WatchActed], bool],
        leave: Callable[[str], None],
        rest: Rest | None = None,
        closer: Closer | None = None,
        past: Callable[[], Iterable[ev.WatchActed]] = tuple,
    ) -> None:
        self.bot = bot
        self.action = action
        self.after = after
        self._record = record
        self._leave = leave
        self._rest = rest
        self._closer = closer
        self._past = past
        self._case: Case | None = None

    def step(self, look: Look, clock: float) -> list[Telling]:
        """Do what is due; what people have to hear."""
        sight, told = look.sight, list[Telling]()
        if sight.life is None:
            return told
        if self._case is None or self._case.life != sight.life:
            if self._case is not None and self._case.begun:
                told.append(Resolve(keys=("dead_man",), said="the bot gave a sign of life"))
            self._case = Case(sight.life)
        case = self._case
        if self._due(look, case) and clock >= case.again_at:
            told += self._act(look, case, clock)
        return told

    def _due(self, look: Look, case: Case) -> bool:
        """Silent for long enough with something open, seen twice; a stop on purpose is none."""
        sight = look.sight
        wanted = self.action != "alert" and sight.exposed and not sight.ended
        if not (wanted and not case.over and look.silence >= self.after):
            case.sure = 0
            return False
        case.sure += 1
        return case.sure >= SURE

    def _act(self, look: Look, case: Case, clock: float) -> Iterator[Telling]:
        if not case.begun:
            trouble = self._begin(look, case)
            if trouble is not None or case.over:
                if trouble is not None:
                    case.again_at = clock + ASK_AGAIN
                    yield _say(f"the watchdog CANNOT ACT for {self.bot}: {trouble}")
                return
        if self._rest is not None and self._rest.answers():
            yield from self._ask(self._rest, look, case, clock)
        elif self.action == "exchange" and self._closer is not None:
            yield from self._close(self._closer, look, case, clock)
        else:
            case.over = True
            self._note(look, case, "left", "no way to close it: people have to")
            yield _say(
                f"{self.bot} is silent with positions open and does not answer on REST. close-all "
                "waits for it in the ledger; the watchdog may do no more: CLOSE BY HAND"
            )

    def _begin(self, look: Look, case: Case) -> str | None:
        """Write down that it begins and leave the latch; why it could not, None when it did.

        What was done for this silence before a restart counts.
        """
        try:
            done = case.recall(self._past())
            if case.over:
                return None
            what = f"silent for {look.silence.total_seconds():.0f} s, action {self.action}"
            known = any(each.step == "begin" for each in done)
            if not (known or self._note(look, case, "begin", what)):
                return "the ledger takes no record, which may be why the bot is silent"
            if not any(each.step == "latch" for each in done):
                self._leave(f"the bot is silent with positions open ({case.life.split()[0]})")
                self._note(look, case, "latch", "close-all is left for the bot")
        except LedgerError as error:
            return str(error)
        case.begun = True
        return None

    def _ask(self, rest: Rest, look: Look, case: Case, clock: float) -> Iterator[Telling]:
        """The process lives and its loop does not."""
        case.asked += 1
        case.again_at = clock + ASK_AGAIN
        outcomes = [rest.obey()]
        if case.asked > 1:
            outcomes.append(rest.force_exit())
        for outcome in outcomes:
            self._note(look, case, "rest", outcome)
        yield _say(f"{self.bot} hangs and answers on REST: {'; '.join(outcomes)}")
        if case.asked >= ASKED:
            case.over = True
            self._note(look, case, "left", f"asked {case.asked} times by REST, no sign of life")

    def _close(self, closer: Closer, look: Look, case: Case, clock: float) -> Iterator[Telling]:
        if look.lives:
            number = (look.sight.process or {}).get("pid")
            case.again_at = clock + ASK_AGAIN
            yield _say(
                f"{self.bot} hangs with positions open, but its process {number} lives: nothing is "
                f"done at the exchange beside it. End it (kill -9 {number}), and the book is closed"
            )
            return
        case.tries += 1
        case.again_at = clock + min(2.0**case.tries, TRY_AGAIN)
        aim = Aim(look.sight.listed, look.sight.expected)
        try:
            for done in closer.attempt(aim, case.sold, lambda d: self._done(look, case, d)):
                self._done(look, case, done)
        except VenueError as error:
            self._note(look, case, "verify", f"try {case.tries}: {error}")
            yield _say(f"the watchdog cannot close {self.bot} at the exchange yet: {error}")
            return
        left = closer.left
        if left:
            self._note(look, case, "verify", f"try {case.tries}: {left}")
            yield _say(f"the watchdog is closing {self.bot} at the exchange; not flat yet: {left}")
            return
        case.over = True
        outcome = f"verified flat at the exchange; {closer.summary}"
        self._note(look, case, "end", outcome)
        yield _say(
            f"the watchdog CLOSED THE BOOK of {self.bot}, which is dead: {outcome}. The bot "
            "latches first thing when it comes back"
        )

    def _done(self, look: Look, case: Case, done: Done) -> bool:
        return self._note(
            look, case, done.step, done.outcome, done.pair, done.order_id, done.amount
        )

    def _note(
        self, look: Look, case: Case, step: str, outcome: str, pair: str = "", order_id: str = "",
        amount: float = 0.0,
    ) -> bool:  # fmt: skip
        event = ev.WatchActed(
            at=look.sight.at,
            watched=self.bot,
            silence=case.life,
            step=step,
            outcome=outcome,
            pair=pair,
            order_id=order_id,
            amount=amount,
        )
        return self._record(event)


def _say(said: str) -> Raise:
    return Raise(name="dead_man", severity=CRITICAL, said=said, lasting=True)
