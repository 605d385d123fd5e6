"""One guarded strategy: its service, its eyes on the book, and what the hooks share within a call.

A session lives beside the strategy instance, never inside a pickle: hyperopt's workers build
their own.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import finalize

from freqtrade.enums import TRADE_MODES, RunMode

from riskplugin.adapter import internals, signals
from riskplugin.adapter.botconfig import (
    bot_name,
    frozen_slots,
    is_futures,
    read_config,
    run_mode_of,
    user_data,
)
from riskplugin.adapter.candlebooks import CandleBooks
from riskplugin.adapter.charts import TradeFacts
from riskplugin.adapter.holdings import fill_of
from riskplugin.adapter.locks import LockMirror
from riskplugin.adapter.markets import tradable_pairs
from riskplugin.adapter.marks import LiveMarks, marks_of
from riskplugin.adapter.messages import BotMessages
from riskplugin.adapter.opening import channels_of, open_service
from riskplugin.adapter.orphans import PATIENCE, Orphans, Unbooked
from riskplugin.adapter.refusals import Refusals
from riskplugin.adapter.snapshots import keeper_of
from riskplugin.adapter.standing import Standing
from riskplugin.adapter.trades import aware
from riskplugin.adapter.truths import Truths
from riskplugin.adapter.underway import ThreadState
from riskplugin.adapter.wallet import WalletReader
from riskplugin.alerts.sink import Sink
from riskplugin.bootstrap import open_alerts
from riskplugin.calm import calm_logger
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.calendar import passed
from riskplugin.core.directive import Directive
from riskplugin.core.policy import Policy
from riskplugin.redaction import hush, redactor_for

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.persistence import LocalTrade
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets


logger = calm_logger(__name__)

#: Run modes in which a session guards. In others (analysis tools) state would look like bias.
GUARDED = (*TRADE_MODES, RunMode.BACKTEST, RunMode.HYPEROPT)

#: How far the time that freqtrade names may be from this machine's.
CLOCKS = timedelta(minutes=5)


class RiskSession:
    """Everything that one strategy instance needs to be guarded."""

    def __init__(self, strategy: IStrategy, wallets: Wallets) -> None:
        self.config = strategy.config
        self.stoploss = strategy.stoploss
        self.wallets = wallets
        self.exchange: Exchange = internals.exchange_of(wallets)
        self.run_mode = run_mode_of(self.config)
        self.live = self.run_mode in TRADE_MODES
        self.real = self.live and not self.config.get("dry_run", True)
        self.futures = is_futures(self.config)
        internals.verify(wallets, strategy.dp)
        risk = read_config(self.config)
        self._risk = risk
        self.redactor = redactor_for(self.config, more=internals.credentials_of(self.exchange))
        hush(self.redactor)
        self._policy = frozen_slots(risk.policy, self.config.get("max_open_trades"))
        self.bot = bot_name(self.config) if self.live else type(strategy).__name__
        self.marks = marks_of(
            strategy, self.exchange, self._policy.sizing.estimator, live=self.live
        )
        self.keeper = keeper_of(
            wallets,
            self.marks,
            currency=self.config["stake_currency"],
            real=self.real,
            futures=self.futures,
            policy=lambda: self.policy.reconciliation,
        )
        self.thread = ThreadState()
        self.directive = Directive()
        self.run: object | None = None
        self._ticked: datetime | None = None
        self.unanalysed: set[str] = set()
        self.analyses = internals.Analyses()
        self.refusals = Refusals(self.now, live=self.live)
        self.wallet = WalletReader(wallets, self.keeper, real=self.real)
        self._contradiction: str | None = None
        self.strategy = strategy if self.live else None
        self.dp = strategy.dp
        truths = Truths(strategy, wallets, self.exchange)
        self.standing = Standing(strategy if self.live else None, strategy.dp, truths)
        self.leaving = threading.Lock()
        self.entries_sent = 0
        sinks = channels_of(risk) if self.live else {}
        self.service = open_service(
            risk,
            self._policy,
            self.config,
            bot=self.bot,
            redactor=self.redactor,
            markets=partial(tradable_pairs, self.exchange, self.config["stake_currency"]),
        )
        self.facts = TradeFacts()
        self.orphans = Orphans(self.exchange, self.service)
        self.unbooked = Unbooked(self.service, real=self.real)
        if self.live:
            self.service.subscribers += [LockMirror(), self.facts]
            self.service.start(datetime.now(UTC), str(self.run_mode.value))
            channels: dict[str, Sink] = {**sinks, "bot": BotMessages(strategy.dp)}
            open_alerts(self.service, risk, user_data(self.config), channels)
            signals.listen(self)
            finalize(self, self.service.close)  # freqtrade tells nobody that the process ends
            logger.info("riskplugin guards %s under limits %s", self.bot, risk.version)

    # --- the loop ------------------------------------------------------------------------------

    def tick(self, at: datetime, strategy: IStrategy) -> None:
        """Look at the account and remember what has to be done about it."""
        self._new_run(strategy, at)
        if self._nothing_new(at):
            return
        self._after_a_pause(at)
        self.settle(at, patience=PATIENCE)
        self.wallet.read(self.service.state, at)
        book = self.keeper.look(at, closings=True)
        before, self._contradiction = self._contradiction, self.keeper.doubtful
        again = self._contradiction not in (None, before)
        if again and self.wallet.read(self.service.state, at, at_once=True):
            book = replace(self.keeper.look(at), closed=book.closed)
        if self.live:
            signals.obey(self, book)
        self.directive = self.service.tick(book)
        if isinstance(self.marks, LiveMarks):
            self.marks.measure_by(self.policy.sizing.estimator)
        if self.keeper.deleted:
            self._latch_deleted(at)
        if self.live and self.service.state.unresolved:
            self.orphans.settle(at)

    def settle(self, at: datetime, *, patience: timedelta = timedelta(0)) -> None:
        """See which accepted entries the bot has booked by now, as :meth:`Unbooked.settle`."""
        self.keeper.deleted += [
            f"with order {n}" for n in self.unbooked.settle(at, patience=patience)
        ]
        if self.keeper.deleted:
            self._latch_deleted(at)

    def look(self, at: datetime) -> Book:
        """The book now, as the next decision needs it."""
        book = self.keeper.look(at)
        if self.keeper.deleted:
            self._latch_deleted(at)
        return book

    @property
    def policy(self) -> Policy:
        """The limits that hold now: people may change them while the bot runs."""
        return self.service.limits.policy

    @property
    def halted(self) -> bool:
        """No entry may pass, whatever it is."""
        return self.directive.halted

    @property
    def testing(self) -> bool:
        """The breaker is half-open: entries are probes."""
        return self.service.state.breaker is BreakerState.HALF_OPEN

    def closing(self, trade_id: int) -> str | None:
        """Why the trade has to be closed at market now, None when it need not."""
        return self.directive.close_all or self.directive.close.get(trade_id)

    def owns_run(self) -> bool:
        """False when a backtest runs another strategy that merely shares our wallets."""
        return self.live or self.run is internals.run_marker()

    def halt(self) -> None:
        """Let no entry pass until the account can be judged again."""
        self.directive = replace(self.directive, halted=True)

    def seen(self, at: datetime) -> datetime:
        """Remember the time that freqtrade named: the only clock of a backtest.

        Live there is another: who sets freqtrade's clock does not end a cooldown with it.
        """
        at = aware(at)
        if self.live and abs(at - datetime.now(UTC)) > CLOCKS:
            self.fault("clock", f"the bot says it is {at:%Y-%m-%d %H:%M:%S} UTC")
            at = datetime.now(UTC)
        self.thread.at = at
        return at

    def now(self) -> datetime:
        """Wall time live, candle time in a backtest."""
        if self.live or self.thread.at is None:
            return datetime.now(UTC)
        return self.thread.at

    def fault(self, source: str, error: BaseException | str) -> None:
        """Record a fault; that this fails too is only logged."""
        try:
            self.service.fault(source, error, self.now())
        except Exception:
            logger.exception("riskplugin: a fault in %s could not be recorded", source)

    def intruded(self, what: str) -> None:
        """An order may have reached the exchange past every guard: only a person can tell."""
        logger.error("riskplugin: %s", what)
        self.wallet.intruded = True
        self.fault("venue", what)
        if self.policy.enforced("reconciliation"):
            reason = f"{what}: look at the account, then re-arm"
            self.service.latch(by="riskplugin", reason=reason, at=self.now())
            self.halt()

    def filled(self, trade: LocalTrade, order: Any, at: datetime) -> None:
        """An order of the bot was filled: hold it against its approval (MO-4)."""
        fill = fill_of(trade, order, at) if self.live else None
        if fill is not None:
            self.service.filled(fill)

    def _nothing_new(self, at: datetime) -> bool:
        """Since the last candle of a backtest prices moved, trades came and went, and nothing
        follows from it.
        """
        books = self.keeper
        if not isinstance(books, CandleBooks):
            return False
        prices = books.prices(at)
        if prices is None or not self.service.steady(prices):
            return False
        if prices.closed:
            books.reported(prices.closed)
        return True

    # --- inside --------------------------------------------------------------------------------

    def _latch_deleted(self, at: datetime) -> None:
        """What a deleted trade held is still at the exchange, and nobody watches it."""
        deleted, self.keeper.deleted = self.keeper.deleted, []
        if self.policy.enforced("reconciliation"):
            reason = (
                f"trade {', '.join(deleted)} was deleted from the bot's records while it "
                "was open: close its position by hand, then re-arm"
            )
            self.service.latch(by="riskplugin", reason=reason, at=at)
            self.halt()  # the entry under way, too

    def _new_run(self, strategy: IStrategy, at: datetime) -> None:
        """A backtest or an epoch begins with a clean slate; an epoch has its own stop and slots."""
        if self.live:
            return
        marker = internals.run_marker()
        if self.run is not marker:
            self.run, self.stoploss = marker, strategy.stoploss
            if self.run_mode is RunMode.HYPEROPT:
                self._policy = frozen_slots(self._risk.policy, strategy.max_open_trades)
                self.service = open_service(
                    self._risk, self._policy, self.config, bot=self.bot, redactor=self.redactor
                )
            self.service.reset()
            self.service.start(at, str(self.run_mode.value))
            if isinstance(self.keeper, CandleBooks):
                self.keeper.clear()

    def _after_a_pause(self, at: datetime) -> None:
        """A bot that was stopped or cut off, or whose clock was set, begins with fresh prices."""
        before, self._ticked = self._ticked, at
        if before is None or not isinstance(self.marks, LiveMarks):
            return
        if passed(before, at) > self.policy.breaker.max_price_age:
            self.marks.forget()
