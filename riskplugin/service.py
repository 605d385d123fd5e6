"""The main path: a look at the book or a proposed entry in, an answer out, recorded before it
counts.

One service per bot. It knows ports, not databases; events, not Telegram; books, not freqtrade. Time
comes with each call. Thread-safe: the bot's loop and its RPC thread share it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.basis import basis_of
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.calendar import passed
from riskplugin.core.commands import Command, Order, Refused, carry_out
from riskplugin.core.directive import Directive
from riskplugin.core.gate import Gate
from riskplugin.core.leverage import LeverageCap, leverage_cap
from riskplugin.core.monitor import Assessment, account_of, assess
from riskplugin.core.policy import Policy
from riskplugin.core.reconcile import Fill, check_fill
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.state import RiskState, limits_name
from riskplugin.core.units import Quote
from riskplugin.core.verdict import Decision, Deny, Reason
from riskplugin.latch_note import LatchNote
from riskplugin.ports import Control, Ledger, LedgerError, Subscriber
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS, Redactor
from riskplugin.redaction.events import clean_book, clean_request
from riskplugin.status import metrics_of, status_of
from riskplugin.version import __version__

#: What can become of an order that was sent.
OrderEnd = ev.OrderAnswered | ev.OrderBooked | ev.OrderFailed | ev.IntentResolved

logger = calm_logger(__name__)

#: The same refusal of the same pair is recorded again only after this long.
REPEAT_AFTER = timedelta(minutes=1)


class RiskService:
    """Decides on entries and watches the account of one bot.

    ``kill_switch`` answers a reason while a person's kill file stands, else None. ``latch_note``
    keeps a latch that the ledger does not take. ``limits`` is the policy as text, recorded whenever
    it changed. ``live`` switches commands from other processes, metrics and status on; a backtest
    needs none of them. ``redactor`` cleans every text that comes in, before anybody hears of it.
    ``authority`` answers why a person may not give a command, None when it may; ``commands`` are
    those that are known besides the core's.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        ledger: Ledger,
        bot: str,
        version: str,
        live: bool,
        limits: str = "",
        kill_switch: Callable[[], str | None] = lambda: None,
        latch_note: LatchNote | None = None,
        metrics_interval: timedelta = timedelta(seconds=5),
        subscribers: Sequence[Subscriber] = (),
        redactor: Redactor = NOBODYS,
        authority: Callable[[Control], str | None] = lambda _: None,
    ) -> None:
        self.policy = policy
        self.commands: dict[str, Command] = {}
        self.gate = Gate(policy)
        self.bot = bot
        self.version = version
        self._limits = limits
        self.live = live
        self.subscribers: list[Subscriber] = list(subscribers)
        self.last: Assessment | None = None
        self._ledger = ledger
        self._recorder = Recorder(
            ledger, redactor=redactor, note=latch_note, subscribers=self.subscribers
        )
        self._kill_switch = kill_switch
        self._authority = authority
        self._redactor = redactor
        self._metrics_interval = metrics_interval
        self._lock = threading.RLock()
        self._refused: dict[str, tuple[str, datetime]] = {}
        self._sampled_at: datetime | None = None
        self._sampled_equity: float | None = None
        self._faulty_loop = False
        self._kill_obeyed = False
        self._closed = False

    @property
    def state(self) -> RiskState:
        """The events so far, folded."""
        return self._recorder.state

    # --- the account ---------------------------------------------------------------------------

    def start(self, at: datetime, run_mode: str) -> None:
        """Record that the bot begins; orders under way when it died become open questions."""
        with self._lock:
            started = ev.SessionStarted(
                at=at,
                bot=self.bot,
                run_mode=run_mode,
                policy_version=self.version,
                software=__version__,
            )
            lost = [
                ev.OrderFailed(
                    at=at,
                    intent=order.intent,
                    pair=order.pair,
                    error="the bot stopped before the exchange answered",
                    uncertain=True,
                    reduces=order.reduces,
                )
                for order in self.state.pending
            ]
            taken_over = self.state.began is not None and self.state.software != __version__
            carried = [self._recorder.carried(at)] if taken_over else []
            self._recorder.record([*carried, started, *self._adopted(at), *lost])
            noted = self._recorder.noted()
            if noted is not None:
                self.latch(by="riskplugin", reason=f"before the restart: {noted}", at=at)
                self._recorder.adopt(noted)

    def tick(self, book: Book) -> Directive:
        """Look at the account once: the first thing in every bot loop and every candle."""
        with self._lock:
            book = clean_book(self._redactor, book)
            handled = self._obey(book) if self.live else []
            if not self._faulty_loop and self.state.consecutive_errors:
                self._recorder.record([ev.FaultsCleared(at=book.at)])
            self._faulty_loop = False
            assessment = assess(self.state, book, self.policy, fault=self.fault_text)
            self.last = assessment
            self._recorder.keep(assessment.events)
            if self.live:
                self._sample(assessment, book.at, at_once=bool(handled))
                self._settle(handled)
            return assessment.directive

    @property
    def fault_text(self) -> str | None:
        """The standing fault of the machinery that refuses every entry, None when all is well."""
        return self._recorder.fault

    def fault(self, source: str, error: BaseException | str, at: datetime) -> None:
        """Record that something failed; enough of these in a row trip the breaker (CB-2)."""
        text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        with self._lock:
            self._faulty_loop = True
            self._recorder.record([ev.FaultRecorded(at=at, source=source, text=text)])

    def latch(self, *, by: str, reason: str, at: datetime) -> None:
        """Open the breaker for good, by policy: something happened that only a person can mend."""
        with self._lock:
            if self.state.breaker is not BreakerState.LATCHED:
                self._recorder.record([ev.BreakerLatched(at=at, by=by, reason=reason)])

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
        """Carry out a person's command now; answers the outcome in words.

        ``control`` is its number where it lay in the ledger, ``args`` what it needs besides, as a
        JSON object, ``via`` where it was given.
        """
        by, reason, args, via = map(self._redactor.clean, (by, reason, args, via))
        with self._lock:
            try:
                order = Order(by=by, reason=reason, args=arguments(args))
                self._recorder.fold(carry_out(self.state, book, command, order, more=self.commands))
                outcome = "done"
            except Refused as refusal:
                outcome = self._redactor.clean(f"refused: {refusal}")
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

    def obey(self, book: Book) -> None:
        """Carry out what waits in the ledger now: the bot's loop may hang where a person must not.

        For threads other than the loop's; the loop does the same in :meth:`tick`.
        """
        with self._lock:
            self._settle(self._obey(clean_book(self._redactor, book)))

    # --- entries -------------------------------------------------------------------------------

    def decide(
        self, request: EntryRequest, book: Book, point: str, *, final: bool = True
    ) -> Decision:
        """Answer one proposed entry.

        An allowed one is recorded: live with the next record, which :meth:`order_sent` waits for
        before an order leaves. Without ``final`` it is a question that another one will follow:
        only a refusal is recorded.
        """
        with self._lock:
            request = clean_request(self._redactor, request)
            account, _ = account_of(self.state, book, self.policy, fault=self.fault_text)
            decision = self.gate.decide(request, account)
            if decision.allowed:
                if final and self.live:
                    self._recorder.hold(self._decided(point, decision, account))
                elif final:
                    self._recorder.record([self._decided(point, decision, account)])
                if self.fault_text is not None:
                    return _unrecorded(decision, self.fault_text)
            elif self._worth_recording(decision):
                self._recorder.record([self._decided(point, decision, account)])
            return decision

    def leverage_cap(self, request: EntryRequest, book: Book) -> LeverageCap:
        """The highest leverage that the entry may use, never above the one it asks for."""
        with self._lock:
            account, _ = account_of(self.state, book, self.policy, fault=self.fault_text)
            return leverage_cap(request, account, self.policy)

    # --- orders --------------------------------------------------------------------------------

    def order_sent(self, order: ev.OrderSent) -> None:
        """Write ahead that an order is about to leave.

        Raises LedgerError for an entry that cannot be written down; exits pass all the same.
        """
        with self._lock:
            self._recorder.record([order])
            if not order.reduces and self.fault_text is not None:
                self._recorder.record(
                    [ev.IntentResolved(at=order.at, intent=order.intent, how="not sent")]
                )
                raise LedgerError(self.fault_text)

    def order_ended(
        self, event: ev.OrderAnswered | ev.OrderBooked | ev.OrderFailed | ev.IntentResolved
    ) -> None:
        """Record what became of an order."""
        with self._lock:
            self._recorder.record([event])

    def filled(self, fill: Fill) -> None:
        """Hold a fill against its approval; what goes beyond it latches the breaker (MO-4)."""
        with self._lock:
            checks = tuple(check_fill(self.state, fill, self.policy.reconciliation))
            self._recorder.record(checks)
            found = [f for e in checks if isinstance(e, ev.FillChecked) for f in e.findings]
            if found and self.policy.enforced("reconciliation"):
                self.latch(by="riskplugin", reason="; ".join(found), at=fill.at)

    def unresolved(self, pair: str) -> ev.OrderSent | None:
        """An entry on ``pair`` whose fate nobody knows, if there is one."""
        return next((o for o in self.state.unresolved if o.pair == pair), None)

    # --- life ----------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything: a new backtest or hyperopt epoch begins."""
        with self._lock:
            self._recorder.begin()
            self.last = None
            self._refused.clear()
            self._faulty_loop = False

    def close(self) -> None:
        """Write what waits, and release the ledger; once is enough."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._recorder.backlog:
                self._recorder.write()
            self._ledger.close()

    # --- inside --------------------------------------------------------------------------------

    def _decided(self, point: str, decision: Decision, account: AccountSnapshot) -> ev.EntryDecided:
        """The record of a decision, with what it rests on."""
        return ev.EntryDecided(
            at=decision.at,
            point=point,
            decision=decision,
            basis=basis_of(account, decision.request.pair),
            limits=self.version,
        )

    def _adopted(self, at: datetime) -> list[ev.LimitsAdopted]:
        """The limits, if others held when the bot ran last."""
        most = self.policy.max_positions
        if not self._limits or self.state.limits == limits_name(self.version, most):
            return []
        return [
            ev.LimitsAdopted(at=at, version=self.version, section=self._limits, max_positions=most)
        ]

    def _obey(self, book: Book) -> list[tuple[int, str]]:
        """Carry out what people ordered from elsewhere: kill file first, then commands in order.

        Answers the commands' numbers and outcomes.
        """
        reason = self._kill_switch()
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
        latched = self.state.breaker is BreakerState.LATCHED
        return latched and (self._kill_obeyed or self.state.latched_by == "kill file")

    def _carry_out(self, control: Control, book: Book) -> str:
        """A command that was carried out before it could be marked as handled is only marked."""
        for done in self.state.handled:
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
        turned_away = ev.ControlHandled(
            at=at,
            command=control.command,
            by=control.by,
            reason=control.reason,
            outcome=outcome,
            control=control.id,
            args=control.args,
            via=control.via,
        )
        self._recorder.record([turned_away])
        return outcome

    def _settle(self, handled: list[tuple[int, str]]) -> None:
        """Tell the people who wait, once the status that they read next shows the outcome."""
        try:
            for number, outcome in handled:
                self._ledger.settle(number, outcome)
        except LedgerError as error:
            self._recorder.failed("written", error)

    def _sample(self, assessment: Assessment, at: datetime, *, at_once: bool) -> None:
        before, interval = self._sampled_at, self._metrics_interval
        due = at_once or before is None or passed(before, at) >= interval
        if not self._recorder.readable or not (due or assessment.events):
            return
        metrics = metrics_of(assessment, at=at, before=self._sampled_equity)
        status = status_of(assessment, self.state, at=at, bot=self.bot, version=self.version)
        try:
            self._ledger.sample(metrics, status)
        except LedgerError as error:
            logger.warning("riskplugin: metrics not kept: %s", error)
        self._sampled_at, self._sampled_equity = at, metrics.equity

    def _worth_recording(self, decision: Decision) -> bool:
        """A refusal repeated every loop is one fact, not thousands."""
        rule = decision.binding.reason.rule if isinstance(decision.binding, Deny) else ""
        pair = str(decision.request.pair)
        known = self._refused.get(pair)
        if known is not None and known[0] == rule and _soon(known[1], decision.at):
            return False
        self._refused[pair] = (rule, decision.at)
        return True


def arguments(args: str) -> dict[str, Any]:
    """What a command was given besides. Raises Refused when it is no JSON object.

    >>> arguments('{"alert": 3}'), arguments("")
    ({'alert': 3}, {})
    """
    try:
        given = json.loads(args) if args else {}
    except ValueError as error:
        raise Refused(f"what the command was given is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("what a command is given has to be a JSON object")
    return given


def _soon(before: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - before < REPEAT_AFTER


def _unrecorded(decision: Decision, fault: str) -> Decision:
    """An entry that could not be written down is refused."""
    reason = Reason(rule="system", measured=1.0, limit=0.0, text=fault)
    return replace(decision, stake=Quote(0.0), binding=Deny(reason))
