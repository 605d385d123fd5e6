"""One guarded strategy: its service, its eyes on the book, and what the hooks share within a call.

A session lives beside the strategy instance, never inside a pickle: hyperopt's workers build
their own.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.exceptions import FreqtradeException, OperationalException
from freqtrade.exchange import timeframe_to_minutes

from riskplugin.adapter import internals, signals
from riskplugin.adapter.holdings import fill_of
from riskplugin.adapter.locks import LockMirror
from riskplugin.adapter.marks import CandleMarks, LiveMarks, Marks
from riskplugin.adapter.messages import BotMessages
from riskplugin.adapter.orphans import PATIENCE, Orphans, Unbooked
from riskplugin.adapter.snapshots import BookKeeper, aware
from riskplugin.adapter.truths import Truths
from riskplugin.alerts.channels import sinks_of
from riskplugin.alerts.sink import Sink
from riskplugin.bootstrap import live_service, memory_service, open_alerts
from riskplugin.calm import calm_logger
from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.calendar import passed
from riskplugin.core.directive import Directive
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote, Ratio, is_number
from riskplugin.core.verdict import Decision, Deny
from riskplugin.ports import LedgerError
from riskplugin.redaction import hush, redactor_for
from riskplugin.service import RiskService

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.persistence import LocalTrade
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

    from riskplugin.adapter.sealing import Seals

logger = calm_logger(__name__)

#: Run modes in which a session guards. In others (analysis tools) state would look like bias.
GUARDED = (*TRADE_MODES, RunMode.BACKTEST, RunMode.HYPEROPT)

#: Order book and candles of a pair that differ by this factor are not of one mind.
FAR = 1.2
#: How far the time that freqtrade names may be from this machine's.
CLOCKS = timedelta(minutes=5)
#: The same refusal of a pair is logged again after this long.
SAY_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class Proposal:
    """The entry under way in this thread: what one callback learns and the next needs."""

    pair: str
    side: Side
    leverage: float
    price: float
    tag: str | None = None
    kind: EntryKind = EntryKind.OPEN
    exchange_max_leverage: float | None = None
    approved_notional: float | None = None
    entries_before: int = 0
    """How many entries had left when this one was approved."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An order that passed L3, as it was judged: amount in base currency."""

    pair: str
    side: str
    amount: float
    reduces: bool
    leverage: float


class ThreadState(threading.local):
    """``active`` names the guards that are running; ``refusal`` says why this entry must end in
    no; ``leaving`` is the order that passed L3 and is on its way, ``most`` the amount (in
    contracts) that passed the door behind it, ``geared`` says that leverage passed it.
    """

    def __init__(self) -> None:
        self.proposal: Proposal | None = None
        self.refusal: str | None = None
        self.active: set[str] = set()
        self.at: datetime | None = None
        self.leaving: Leaving | None = None
        self.most: float | None = None
        self.geared = False


class RiskSession:
    """Everything that one strategy instance needs to be guarded."""

    def __init__(self, strategy: IStrategy, wallets: Wallets) -> None:
        self.config = strategy.config
        self.stoploss = strategy.stoploss
        self.wallets = wallets
        self.exchange: Exchange = internals.exchange_of(wallets)
        self.run_mode = RunMode(self.config.get("runmode", RunMode.OTHER))
        self.live = self.run_mode in TRADE_MODES
        self.real = self.live and not self.config.get("dry_run", True)
        self.futures = str(getattr(self.config.get("trading_mode"), "value", "")) == "futures"
        internals.verify(wallets, strategy.dp)
        risk = read_config(self.config)
        self._risk = risk
        self.redactor = redactor_for(self.config, more=internals.credentials_of(self.exchange))
        hush(self.redactor)
        self._policy = _frozen_slots(risk.policy, self.config.get("max_open_trades"))
        self.bot = bot_name(self.config) if self.live else type(strategy).__name__
        self.marks = self._marks(strategy, self._policy.sizing.estimator)
        self.keeper = BookKeeper(
            wallets,
            self.marks,
            currency=self.config["stake_currency"],
            live=self.live,
            real=self.real,
            futures=self.futures,
            policy=lambda: self.policy.reconciliation,
        )
        self.thread = ThreadState()
        self.directive = Directive()
        self.run: object | None = None
        self._said: dict[str, tuple[str, datetime]] = {}
        self._ticked: datetime | None = None
        self.unanalysed: set[str] = set()
        self._intruded = False
        self._doubted: datetime | None = None
        self._contradiction: str | None = None
        self.seals: Seals  # a live session gets them when its guards are posted
        self.strategy = strategy if self.live else None
        self.dp = strategy.dp
        self.truths = Truths(strategy, wallets, self.exchange)
        self.posts: list[tuple[Any, str, Any]] = []
        self.leaving = threading.Lock()
        self.entries_sent = 0
        sinks = channels_of(risk) if self.live else {}
        self.service = self._service(risk)
        self.orphans = Orphans(self.exchange, self.service)
        self.unbooked = Unbooked(self.service, real=self.real)
        if self.live:
            self.service.subscribers.append(LockMirror())
            self.service.start(datetime.now(UTC), str(self.run_mode.value))
            channels: dict[str, Sink] = {**sinks, "bot": BotMessages(strategy.dp)}
            open_alerts(self.service, risk, Path(self.config["user_data_dir"]).resolve(), channels)
            signals.listen(self)
            finalize(self, self.service.close)  # freqtrade tells nobody that the process ends
            logger.info("riskplugin guards %s under limits %s", self.bot, risk.version)

    # --- the loop ------------------------------------------------------------------------------

    def tick(self, at: datetime, strategy: IStrategy) -> None:
        """Look at the account and remember what has to be done about it."""
        self._new_run(strategy, at)
        self._after_a_pause(at)
        self.settle(at, patience=PATIENCE)
        self._read_wallet(at)
        book = self.keeper.look(at, closings=True)
        before, self._contradiction = self._contradiction, self.keeper.doubtful
        if self._contradiction not in (None, before) and self._read_wallet(at, at_once=True):
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
        return self.service.policy

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

    def stand(self) -> bool:
        """See that each guard stands at its post and the bot's mode is that of its start.

        True when nothing had been changed.
        """
        held = True
        if self.strategy is not None:
            held = self.truths.hold() and internals.bot_has(self.dp, self.strategy)
        for owner, name, guard in self.posts:
            if owner.__dict__.get(name) is not guard:
                setattr(owner, name, guard)
                held = False
        return held

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

    def reducible(self, pair: str, side: str) -> float | None:
        """How much of ``pair`` an order of that side can reduce; None where that is not known.

        Trades and exchange each may be behind: the larger of the two counts.
        """
        try:
            held = [
                t.amount
                for t in internals.open_trades(live=True)
                if t.pair == pair and t.exit_side == side
            ]
            position = internals.exchange_positions(self.wallets).get(pair)
            if position is not None and (position.side == "short") == (side == "buy"):
                held.append(abs(float(position.position)))
        except Exception:
            logger.exception("riskplugin: what is held of %s is not known", pair)
            return None
        return max(held, default=0.0)

    def leverage_of(self, pair: str) -> float:
        """The leverage of the open trade in ``pair``, 0 without one."""
        trades = internals.open_trades(live=True)
        return max((float(t.leverage or 1.0) for t in trades if t.pair == pair), default=0.0)

    def closes(self, pair: str) -> bool:
        """The position in ``pair`` is ordered closed."""
        trades = internals.open_trades(live=True)
        return any(self.closing(t.id) is not None for t in trades if t.pair == pair)

    def not_reducing(self, pair: str, side: str) -> str | None:
        """Why an order that is marked as reducing reduces nothing, None when it does."""
        if not self.futures or self.reducible(pair, side) != 0:
            return None
        return self.nothing_to_reduce(pair, side)

    @staticmethod
    def nothing_to_reduce(pair: str, side: str) -> str:
        """The sentence for an order that is marked as reducing while nothing is held."""
        return f"{side} {pair} is marked as reducing, but there is nothing that it would reduce"

    def intruded(self, what: str) -> None:
        """An order may have reached the exchange past every guard: only a person can tell."""
        logger.error("riskplugin: %s", what)
        self._intruded = True
        self.fault("venue", what)
        if self.policy.enforced("reconciliation"):
            reason = f"{what}: look at the account, then re-arm"
            self.service.latch(by="riskplugin", reason=reason, at=self.now())
            self.halt()

    def filled(self, trade: LocalTrade, order: Any, at: datetime) -> None:
        """An order of the bot was filled: hold it against its approval (MO-4)."""
        fill = fill_of(trade, order, at)
        if self.live and fill is not None:
            self.service.filled(fill)

    def refused(self, pair: str, text: str, *, rule: str | None = None) -> None:
        """Say why an entry was refused, where people look first; the same rule once a minute."""
        if not self.live:
            return
        known, now = self._said.get(pair), self.now()
        why = rule or text
        if known is None or known[0] != why or passed(known[1], now) > SAY_AGAIN:
            self._said[pair] = (why, now)
            logger.info("riskplugin refused an entry on %s: %s", pair, text)

    def log_refusal(self, decision: Decision) -> str:
        """Say which limit refused the entry; answers the reason."""
        if not isinstance(decision.binding, Deny):
            return ""
        reason = decision.binding.reason
        self.refused(decision.request.pair, reason.text, rule=reason.rule)
        return reason.text

    # --- requests ------------------------------------------------------------------------------

    def request(
        self,
        proposal: Proposal,
        *,
        stake: float,
        at: datetime,
        min_stake: float | None = None,
        exchange_max_leverage: float | None = None,
        stoploss: Any = None,
    ) -> EntryRequest:
        """The core's view of the entry under way."""
        return EntryRequest(
            at=at,
            pair=proposal.pair,
            side=proposal.side,
            stake=Quote(stake),
            price=proposal.price,
            market_price=self.market_price(proposal, at),
            leverage=proposal.leverage,
            kind=proposal.kind,
            min_stake=None if min_stake is None else Quote(min_stake),
            stoploss=Ratio(abs(stoploss)) if is_number(stoploss) and stoploss else None,
            can_liquidate=self.futures,
            exchange_max_leverage=exchange_max_leverage,
            maintenance_ratio=self._maintenance(proposal, stake),
            volatility=self.marks.volatility(proposal.pair, at),
            fee=Ratio(self._fee(proposal.pair)),
            tag=proposal.tag,
            stale=self._stale(proposal.pair, at),
        )

    def usual_stake(self) -> float:
        """A stake to reckon with before the real one is known: the leverage's brackets need one."""
        last = self.service.last
        equity = (self.look(self.now()).wallet or 0.0) if last is None else last.account.equity
        return max(equity * max(self.policy.sizing.base.values()), 1.0)

    def market_price(self, proposal: Proposal, at: datetime) -> float:
        """The market's price as far as the bot knows it; without any, the order's own."""
        rate = self.known_price(proposal.pair, at)
        if rate is None:
            return proposal.price
        close = self.marks.close(proposal.pair) if self.live else None
        if close is not None and not 1 / FAR < rate / close < FAR:
            return max(rate, close)  # order book and candles disagree: the worse one counts
        return rate

    def known_price(self, pair: str, at: datetime) -> float | None:
        """What the market asks for ``pair``, None where the bot has seen no price of late."""
        rate = internals.cached_rate(self.exchange, pair) if self.live else None
        if rate is not None:
            return rate
        mark = self.marks.mark(pair, at)
        if mark is None or mark.age > self.policy.breaker.max_price_age:
            return None
        return mark.price

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

    def _read_wallet(self, at: datetime, *, at_once: bool = False) -> bool:
        """Read the wallet while it is in doubt, and before the very first look: freqtrade may
        not read it for up to an hour, and a strategy may have written into it. True when read.
        """
        state = self.service.state
        doubt = state.capital is None or state.distrust or state.mismatch or self.keeper.doubtful
        if not (self.real and (doubt or self._intruded)):
            return False
        before, at_once = self._doubted, at_once or self._intruded
        if not at_once and before is not None and passed(before, at) < PATIENCE:
            return False
        self._doubted, self._intruded = at, False
        try:
            self.wallets.update(require_update=True)
        except FreqtradeException as error:
            logger.warning("riskplugin: the wallet cannot be read: %s", error)
            return False
        return True

    def _new_run(self, strategy: IStrategy, at: datetime) -> None:
        """A backtest or an epoch begins with a clean slate; an epoch has its own stop and slots."""
        if self.live:
            return
        marker = internals.run_marker()
        if self.run is not marker:
            self.run, self.stoploss = marker, strategy.stoploss
            if self.run_mode is RunMode.HYPEROPT:
                self._policy = _frozen_slots(self._risk.policy, strategy.max_open_trades)
                self.service = self._service(self._risk)
            self.service.reset()
            self.service.start(at, str(self.run_mode.value))
            self.keeper.clear()
            if isinstance(self.marks, CandleMarks):
                self.marks.clear()

    def _after_a_pause(self, at: datetime) -> None:
        """A bot that was stopped or cut off, or whose clock was set, begins with fresh prices."""
        before, self._ticked = self._ticked, at
        if before is None or not isinstance(self.marks, LiveMarks):
            return
        if passed(before, at) > self.policy.breaker.max_price_age:
            self.marks.forget()

    def _marks(self, strategy: IStrategy, estimator: str) -> Marks:
        minutes = timeframe_to_minutes(strategy.timeframe)
        if self.live:
            return LiveMarks(self.exchange, strategy.dp, minutes=minutes, estimator=estimator)
        return CandleMarks(strategy.dp, minutes=minutes, estimator=estimator)

    def _service(self, risk: RiskConfig) -> RiskService:
        if not self.live:
            return memory_service(
                risk,
                self._policy,
                bot=self.bot,
                keep_at=self._kept(risk),
                redactor=self.redactor,
            )
        try:
            return live_service(
                risk,
                self._policy,
                bot=self.bot,
                user_data=Path(self.config["user_data_dir"]).resolve(),
                must_run=bool(internals.open_trades(live=True)),
                redactor=self.redactor,
                futures=self.futures,
            )
        except LedgerError as error:
            raise OperationalException(f"riskplugin: {error}") from error

    def _kept(self, risk: RiskConfig) -> Path | None:
        """Where the records of this backtest are kept, if they are asked for."""
        if not (risk.ledger.keep_backtests and self.run_mode is RunMode.BACKTEST):
            return None
        name = f"risk-{self.bot}-{datetime.now(UTC):%Y-%m-%d_%H-%M-%S}.sqlite"
        return Path(self.config["user_data_dir"]).resolve() / "backtest_results" / name

    def _maintenance(self, proposal: Proposal, stake: float) -> Ratio:
        if not self.futures:
            return Ratio(0.0)
        notional = self._within_size(stake) * proposal.leverage
        if not (is_number(notional) and notional > 0):
            return Ratio(0.005)
        try:
            ratio, _ = self.exchange.get_maintenance_ratio_and_amt(proposal.pair, notional)
        except Exception:
            logger.debug("no maintenance ratio for %s", proposal.pair, exc_info=True)
            return Ratio(0.05)
        return Ratio(ratio)

    def _within_size(self, stake: float) -> float:
        """What can become of ``stake``: who asks for too much gets the bracket of what is left."""
        if not self.policy.enforced("size"):
            return stake
        return min(stake, self.usual_stake())

    def _fee(self, pair: str) -> float:
        configured = self.config.get("fee")
        if is_number(configured):
            return float(configured)
        fee = self.exchange.markets.get(pair, {}).get("taker")
        return float(fee) if is_number(fee) else 0.001

    def _stale(self, pair: str, at: datetime) -> str | None:
        """Without the market's price an order cannot be valued: a forced one names any it likes."""
        if pair in self.unanalysed:
            return f"the strategy's analysis of the newest candle of {pair} failed"
        if self.live and self.known_price(pair, at) is None:
            return f"no market price of {pair} is known"
        order = self.service.unresolved(pair)
        if order is None:
            return None
        return f"an earlier order on {pair} has an unknown fate since {order.at:%H:%M:%S} UTC"


def read_config(config: Any) -> RiskConfig:
    """The section "risk" of a bot's configuration. Raises OperationalException that says what to
    mend.
    """
    try:
        return parse(config.get("risk") or {})
    except ConfigError as error:
        raise OperationalException(str(error)) from error


def channels_of(risk: RiskConfig) -> dict[str, Sink]:
    """The channels of alerts that have an address, and the log. Raises OperationalException."""
    try:
        return sinks_of(risk)
    except ConfigError as error:
        raise OperationalException(str(error)) from error


def bot_name(config: Any) -> str:
    """The name under which a bot keeps its state; dry-run and live never share it."""
    name = str(config.get("bot_name") or "freqtrade")
    return f"{name}.dry" if config.get("dry_run", True) else name


def _frozen_slots(policy: Policy, slots: object) -> Policy:
    """The bot's max_open_trades as it was at start, unless the section says otherwise."""
    if policy.max_positions is not None:
        return policy
    if not isinstance(slots, int | float) or not math.isfinite(slots) or slots <= 0:
        return policy
    return replace(policy, max_positions=int(slots))
