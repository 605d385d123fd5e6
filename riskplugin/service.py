"""The main path: a look at the book or a proposed entry in, an answer out, recorded before it
counts.

One service per bot. It knows ports, not databases; events, not Telegram; books, not freqtrade. Time
comes with each call. Thread-safe: the bot's loop and its RPC thread share it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskplugin.alerts.desk import AlertDesk
from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.control.limits import Holding, RunningLimits, fresh, headroom
from riskplugin.core import events as ev
from riskplugin.core.alerts.plan import AlertPlan
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
from riskplugin.process import this_process
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
    those that are known besides the core's. ``running`` are limits that people may change while the
    bot runs; without them ``policy`` holds for good. ``futures`` is for how headroom is told.
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
        alert_plan: AlertPlan | None = None,
        running: RunningLimits | None = None,
        futures: bool = False,
    ) -> None:
        self.policy = policy
        self.commands: dict[str, Command] = {} if running is None else running.commands()
        self.gate = Gate(policy)
        self.futures = futures
        self._running = running
        self._holding: Holding | None = None
        self._own: dict[str, tuple[Gate, str, Policy]] = {}
        self.bot = bot
        self.version = version
        self._limits = limits
        self.live = live
        self.subscribers: list[Subscriber] = list(subscribers)
        self.last: Assessment | None = None
        self._ledger = ledger
        self._recorder = Recorder(
            ledger,
            redactor=redactor,
            note=latch_note,
            subscribers=self.subscribers,
            plan=alert_plan,
        )
        self.alerts: AlertDesk | None = None
        self._kill_switch = kill_switch
        self._authority = authority
        self._redactor = redactor
        self._metrics_interval = metrics_interval
        self._lock = threading.RLock()
        self._refused: dict[str, tuple[str, datetime]] = {}
        self._sampled_at: datetime | None = None
        self._looked: datetime | None = None
        self._before: datetime | None = None
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
            limits = self._taken_up(at)
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
            self._recorder.record([*carried, started, *limits, *lost])
            noted = self._recorder.noted()
            if noted is not None:
                self.latch(by="riskplugin", reason=f"before the restart: {noted}", at=at)
                self._recorder.adopt(noted)

    def tick(self, book: Book) -> Directive:
        """Look at the account once: the first thing in every bot loop and every candle."""
        with self._lock:
            book = clean_book(self._redactor, book)
            handled = self._obey(book) if self.live else []
            self._limits_due(book.at)
            if not self._faulty_loop and self.state.consecutive_errors:
                self._recorder.record([ev.FaultsCleared(at=book.at)])
            self._faulty_loop = False
            assessment = assess(self.state, book, self.policy, fault=self.fault_text)
            self.last = assessment
            self._before, self._looked = self._looked, book.at
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
            self._follow(book.at)
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
            handled = self._obey(clean_book(self._redactor, book))
            if handled and self.last is not None and self._sampled_at is not None:
                # The time of the latest loop stays: this is no sign that the loop lives.
                self._sample(self.last, self._sampled_at, at_once=True)
            self._settle(handled)

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
            gate, version, _ = self._for(request, book.at)
            decision = gate.decide(request, account)
            if decision.allowed:
                if final and self.live:
                    self._recorder.hold(self._decided(point, decision, account, version))
                elif final:
                    self._recorder.record([self._decided(point, decision, account, version)])
                if self.fault_text is not None:
                    return _unrecorded(decision, self.fault_text)
            elif self._worth_recording(decision):
                self._recorder.record([self._decided(point, decision, account, version)])
            return decision

    def leverage_cap(self, request: EntryRequest, book: Book) -> LeverageCap:
        """The highest leverage that the entry may use, never above the one it asks for."""
        with self._lock:
            account, _ = account_of(self.state, book, self.policy, fault=self.fault_text)
            return leverage_cap(request, account, self._for(request, book.at)[2])

    def room(self, request: EntryRequest, book: Book) -> dict[str, Any]:
        """How large ``request`` could be now, and what stops more; nothing is recorded."""
        with self._lock:
            request = clean_request(self._redactor, request)
            account, _ = account_of(self.state, book, self.policy, fault=self.fault_text)
            return headroom(self._for(request, book.at)[0], account, request)

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
            if self._running is not None and not order.reduces:
                self._recorder.fold(self._running.used(self.state, order.pair, order.at))
                self._follow(order.at)

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

    def end(self, at: datetime) -> None:
        """Record that the bot is stopped in order: who finds it silent need not worry."""
        with self._lock:
            if self.live and not self._closed:
                held = 0 if self.last is None else len(self.last.account.positions)
                self._recorder.record([ev.SessionEnded(at=at, bot=self.bot, positions=held)])

    def reset(self) -> None:
        """Forget everything: a new backtest or hyperopt epoch begins."""
        with self._lock:
            self._recorder.begin()
            self.last = None
            self._refused.clear()
            self._faulty_loop = False

    def open_alerts(
        self,
        plan: AlertPlan,
        sinks: Mapping[str, Sink],
        *,
        digest: Callable[[datetime, datetime], str] | None = None,
    ) -> None:
        """Deliver from now on what people have to hear, without ever holding up a decision."""
        desk = AlertDesk(self._recorder, plan, sinks, bot=self.bot, lock=self._lock, digest=digest)
        self.subscribers.append(desk.heard)
        self.alerts = desk
        desk.start()

    def close(self) -> None:
        """Write what waits, and release the ledger; once is enough."""
        if self.alerts is not None:
            self.alerts.close()
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._recorder.backlog:
                self._recorder.write()
            self._ledger.close()

    # --- inside --------------------------------------------------------------------------------

    def _decided(
        self, point: str, decision: Decision, account: AccountSnapshot, version: str
    ) -> ev.EntryDecided:
        """The record of a decision, with what it rests on."""
        return ev.EntryDecided(
            at=decision.at,
            point=point,
            decision=decision,
            basis=basis_of(account, decision.request.pair),
            limits=version,
        )

    def _for(self, request: EntryRequest, at: datetime) -> tuple[Gate, str, Policy]:
        """What decides on an entry in this pair: gate, version and policy."""
        if self._own:
            until = None if self._holding is None else self._holding.until
            if until is not None and at >= until:
                self._limits_due(at)
            own = self._own.get(request.pair) if type(request.pair) is str else None
            if own is not None:
                return own
        return self.gate, self.version, self.policy

    def _limits_due(self, at: datetime) -> None:
        """Let happen what happens to limits by itself by now."""
        if self._running is not None:
            self._recorder.fold(self._running.due(self.state, at))
            self._follow(at)

    def _follow(self, at: datetime) -> None:
        """Let the limits that hold by now decide from here on, once that is recorded."""
        running = self._running
        if running is None or running.holding(self.state.runtime) is self._holding:
            return
        adopted = [*running.adoptions(self.state, at)]
        if adopted:
            self._recorder.record(adopted)
        self._use(running.holding(self.state.runtime))

    def _use(self, holding: Holding) -> None:
        base = holding.base
        if base.policy != self.policy:
            self.policy, self.gate = base.policy, Gate(base.policy)
        self.version = base.version
        self._own = {
            pair: (Gate(own.policy), own.version, own.policy) for pair, own in holding.pairs.items()
        }
        self._holding = holding

    def _taken_up(self, at: datetime) -> list[ev.Event]:
        """What the file that the bot starts with means for the limits that hold."""
        if self._running is None:
            return [*self._adopted(at)]
        foreseen, events = replace(self.state), list[ev.Event]()
        for step in (self._running.taken_up(foreseen, at), self._running.due(foreseen, at)):
            for event in step:
                foreseen.observe(event)
                events.append(event)
        self._use(self._running.holding(foreseen.runtime))
        return [*events, *self._running.adoptions(foreseen, at)]

    def _limits_told(self, assessment: Assessment, at: datetime) -> dict[str, Any]:
        """Which limits hold, and what they leave for an entry now."""
        request = fresh(assessment.account, self.policy, at, futures=self.futures)
        told: dict[str, Any] = {"headroom": headroom(self.gate, assessment.account, request)}
        if self._running is not None:
            told["limits"] = self._running.told(self.state)
        return told

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
        status |= {"loop": self._loop(assessment, at), "process": this_process()}
        status |= self._limits_told(assessment, at)
        try:
            self._ledger.sample(metrics, status)
        except LedgerError as error:
            logger.warning("riskplugin: metrics not kept: %s", error)
        self._sampled_at, self._sampled_equity = at, metrics.equity

    def _loop(self, assessment: Assessment, at: datetime) -> dict[str, Any]:
        """What a watchdog wants to know of the loop: when, how long since the one before, and how
        old the oldest price is that the account was judged by.
        """
        before = self._before
        return {
            "at": at.isoformat(),
            "seconds": None if before is None else passed(before, at).total_seconds(),
            "oldest_price_s": assessment.account.price_age.total_seconds(),
        }

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
