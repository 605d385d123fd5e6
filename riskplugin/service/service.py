"""The main path: a look at the book or a proposed entry in, an answer out, recorded before it
counts.

One service per bot. It knows ports, not databases; events, not Telegram; books, not freqtrade. Time
comes with each call. Thread-safe: the bot's loop and its RPC thread share it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskplugin.alerts.desk import AlertDesk
from riskplugin.alerts.keeping import Newspaper
from riskplugin.alerts.sink import Sink
from riskplugin.control.limits import RunningLimits, headroom
from riskplugin.core import events as ev
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.band import Prices
from riskplugin.core.basis import basis_of
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.commands import Command
from riskplugin.core.directive import Directive
from riskplugin.core.gate import Gate
from riskplugin.core.leverage import LeverageCap, leverage_cap
from riskplugin.core.monitor import Assessment, assess, closings
from riskplugin.core.policy import Policy
from riskplugin.core.reconcile import Fill, check_fill
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.state import RiskState
from riskplugin.core.steady import Steady, steady
from riskplugin.core.units import Quote
from riskplugin.core.verdict import Decision, Deny, Reason
from riskplugin.latch_note import LatchNote
from riskplugin.ports import Control, Ledger, LedgerError, Subscriber
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS, Redactor
from riskplugin.redaction.events import clean_book, clean_request
from riskplugin.service.accounts import Accounts
from riskplugin.service.commands import PeoplesOrders
from riskplugin.service.limits import LimitsInForce
from riskplugin.service.samples import Samples
from riskplugin.version import __version__

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
        self.bot = bot
        self.live = live
        self.subscribers: list[Subscriber] = list(subscribers)
        self.last: Assessment | None = None
        self._steady: Steady | None = None
        self._ledger = ledger
        self._recorder = Recorder(
            ledger,
            redactor=redactor,
            note=latch_note,
            subscribers=self.subscribers,
            plan=alert_plan,
        )
        self.limits = LimitsInForce(
            self._recorder, policy, version=version, text=limits, running=running, futures=futures
        )
        self.commands: dict[str, Command] = {} if running is None else running.commands()
        self.orders = PeoplesOrders(
            self._recorder,
            ledger,
            self.limits,
            known=self.commands,
            redactor=redactor,
            kill_switch=kill_switch,
            authority=authority,
        )
        self.samples = Samples(
            self._recorder, ledger, self.limits, bot=bot, interval=metrics_interval
        )
        self.alerts: AlertDesk | None = None
        self._redactor = redactor
        self._lock = threading.RLock()
        self._refused: dict[str, tuple[str, datetime]] = {}
        self._accounts = Accounts()
        self._faulty_loop = False
        self._closed = False

    @property
    def state(self) -> RiskState:
        """The events so far, folded."""
        return self._recorder.state

    @property
    def policy(self) -> Policy:
        """The limits that hold now: people may change them while the bot runs."""
        return self.limits.policy

    @property
    def version(self) -> str:
        """The name of the limits that hold now."""
        return self.limits.version

    @property
    def gate(self) -> Gate:
        """What decides on entries now."""
        return self.limits.gate

    # --- the account ---------------------------------------------------------------------------

    def start(self, at: datetime, run_mode: str) -> None:
        """Record that the bot begins; orders under way when it died become open questions."""
        with self._lock:
            limits = self.limits.taken_up(at)
            started = ev.SessionStarted(
                at=at,
                bot=self.bot,
                run_mode=run_mode,
                policy_version=self.limits.version,
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
            handled = self.orders.obey(book) if self.live else []
            self.limits.due(book.at)
            if not self._faulty_loop and self.state.consecutive_errors:
                self._recorder.record([ev.FaultsCleared(at=book.at)])
            self._faulty_loop = False
            assessment = assess(self.state, book, self.limits.policy, fault=self.fault_text)
            self.last = assessment
            self._recorder.keep(assessment.events)
            if self.live:
                self.samples.looked(book.at)
                self.samples.take(assessment, book.at, at_once=bool(handled))
                self.orders.settle(handled)
            calm = not self.live and not self._recorder.fault
            self._steady = steady(self.state, book, assessment, self.policy) if calm else None
            return assessment.directive

    def steady(self, prices: Prices) -> bool:
        """True when the look that is due would find nothing to do about these ``prices``: in a
        backtest, after a whole look. Trades that closed and a new peak are recorded.
        """
        calm, state = self._steady, self.state
        broken = self._faulty_loop or self._recorder.fault is not None
        if calm is None or broken or state.breaker is not BreakerState.CLOSED:
            return False
        self._steady = calm.after(prices, state.peak_equity, state.losing_streak)
        if self._steady is None:
            return False
        events = [*closings(prices.at, prices.closed)] if prices.closed else []
        if state.peak_equity is None or prices.equity > state.peak_equity:
            events.append(ev.PeakRaised(at=prices.at, equity=prices.equity))
        if events:
            self._recorder.record(events)
        return True

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
        args: str = "",
        via: str = "",
    ) -> str:
        """Carry out a person's command now; answers the outcome in words.

        ``args`` is what it needs besides, as a JSON object, ``via`` where it was given.
        """
        with self._lock:
            return self.orders.command(command, by=by, reason=reason, book=book, args=args, via=via)

    def obey(self, book: Book) -> None:
        """Carry out what waits in the ledger now: the bot's loop may hang where a person must not.

        For threads other than the loop's; the loop does the same in :meth:`tick`.
        """
        with self._lock:
            handled = self.orders.obey(clean_book(self._redactor, book))
            if handled and self.last is not None and self.samples.taken_at is not None:
                # The time of the latest loop stays: this is no sign that the loop lives.
                self.samples.take(self.last, self.samples.taken_at, at_once=True)
            self.orders.settle(handled)

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
            account = self._account(book)
            gate, version, _ = self.limits.judge_of(request, book.at)
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
            account = self._account(book)
            return leverage_cap(request, account, self.limits.judge_of(request, book.at)[2])

    def room(self, request: EntryRequest, book: Book) -> dict[str, Any]:
        """How large ``request`` could be now, and what stops more; nothing is recorded."""
        with self._lock:
            request = clean_request(self._redactor, request)
            account = self._account(book)
            return headroom(self.limits.judge_of(request, book.at)[0], account, request)

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
            if not order.reduces:
                self.limits.used(order.pair, order.at)

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
            self.last = self._steady = None
            self._refused.clear()
            self._faulty_loop = False

    def open_alerts(
        self,
        plan: AlertPlan,
        sinks: Mapping[str, Sink],
        *,
        digest: Callable[[datetime, datetime], str] | None = None,
        news: Newspaper | None = None,
    ) -> None:
        """Deliver from now on what people have to hear, without ever holding up a decision."""
        desk = AlertDesk(
            self._recorder,
            plan,
            sinks,
            bot=self.bot,
            lock=self._lock,
            digest=digest,
            news=news,
        )
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

    def _account(self, book: Book) -> AccountSnapshot:
        """The account behind ``book`` as the state is now."""
        recorder = self._recorder
        return self._accounts.of(recorder.state, book, self.limits.policy, recorder.fault)

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

    def _worth_recording(self, decision: Decision) -> bool:
        """A refusal repeated every loop is one fact, not thousands."""
        rule = decision.binding.reason.rule if isinstance(decision.binding, Deny) else ""
        pair = str(decision.request.pair)
        known = self._refused.get(pair)
        if known is not None and known[0] == rule and _soon(known[1], decision.at):
            return False
        self._refused[pair] = (rule, decision.at)
        return True


def _soon(before: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - before < REPEAT_AFTER


def _unrecorded(decision: Decision, fault: str) -> Decision:
    """An entry that could not be written down is refused."""
    reason = Reason(rule="system", measured=1.0, limit=0.0, text=fault)
    return replace(decision, stake=Quote(0.0), binding=Deny(reason))
