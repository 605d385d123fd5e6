"""What people order: carried out at once, or found in the ledger and in the kill file.

Not for several threads at once: the service locks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.commands import Command, Order, Refused, arguments, carry_out
from riskplugin.ports import Control, Ledger, LedgerError
from riskplugin.recorder import Recorder
from riskplugin.redaction import Redactor
from riskplugin.service.limits import LimitsInForce


class PeoplesOrders:
    """Carries out commands. ``known`` are those that there are besides the core's."""

    def __init__(
        self,
        recorder: Recorder,
        ledger: Ledger,
        limits: LimitsInForce,
        *,
        known: Mapping[str, Command],
        redactor: Redactor,
        kill_switch: Callable[[], str | None],
        authority: Callable[[Control], str | None],
    ) -> None:
        self._recorder, self._ledger, self._limits = recorder, ledger, limits
        self._known = known
        self._redactor = redactor
        self.kill_switch = kill_switch
        self._authority = authority
        self._kill_obeyed = False

    def command(
        self,
        command: str,
        *,
        by: str,
        reason: str,
        book: Book,
        control: int | None = None,
        args: str = "",
        via: str = "",
    ) -> str:
        """Carry out a command now; answers the outcome in words. As :meth:`RiskService.command`."""
        by, reason, args, via = map(self._redactor.clean, (by, reason, args, via))
        state = self._recorder.state
        try:
            order = Order(by=by, reason=reason, args=arguments(args))
            self._recorder.fold(carry_out(state, book, command, order, more=self._known))
            outcome = "done"
        except Refused as refusal:
            outcome = self._redactor.clean(f"refused: {refusal}")
        self._limits.follow(book.at)
        handled = ev.ControlHandled(
            at=book.at,
            command=command,
            by=by,
            reason=reason,
            outcome=outcome,
            control=control,
            args=args,
            via=via,
        )
        self._recorder.record([handled])
        return outcome

    def obey(self, book: Book) -> list[tuple[int, str]]:
        """Carry out what people ordered from elsewhere: kill file first, then commands in order.

        Answers the commands' numbers and outcomes.
        """
        reason = self.kill_switch()
        if reason is None:
            self._kill_obeyed = False
        elif not self._killed():
            self._kill_obeyed = True
            self.command("close-all", by="kill file", reason=reason, book=book)
        handled: list[tuple[int, str]] = []
        if not self._recorder.readable:
            return handled
        try:
            handled += [(c.id, self._carry_out(c, book)) for c in self._ledger.controls()]
            if self._recorder.backlog or self._recorder.fault is not None:
                self._recorder.write()
        except LedgerError as error:
            self._recorder.failed("read", error)
        return handled

    def _killed(self) -> bool:
        """The file has been obeyed, by this process or by the one before it."""
        latched = self._recorder.state.breaker is BreakerState.LATCHED
        return latched and (self._kill_obeyed or self._recorder.state.latched_by == "kill file")

    def _carry_out(self, control: Control, book: Book) -> str:
        """A command that was carried out before it could be marked as handled is only marked."""
        for done in self._recorder.state.handled:
            if done.control == control.id:
                return done.outcome
        refusal = self._authority(control)
        if refusal is not None:
            return self._turned_away(control, refusal, book.at)
        return self.command(
            control.command,
            by=control.by,
            reason=control.reason,
            book=book,
            control=control.id,
            args=control.args,
            via=control.via,
        )

    def _turned_away(self, control: Control, refusal: str, at: datetime) -> str:
        """Record that a person may not order this."""
        outcome = self._redactor.clean(f"refused: {refusal}")
        self._recorder.record([control.handled(outcome, at)])
        return outcome

    def settle(self, handled: list[tuple[int, str]]) -> None:
        """Tell the people who wait, once the status that they read next shows the outcome."""
        try:
            for number, outcome in handled:
                self._ledger.settle(number, outcome)
        except LedgerError as error:
            self._recorder.failed("written", error)
