"""L2 and L3: the last looks, on the bot's own objects, that no strategy callback can go around.

L2 stands on ``wallets.validate_stake_amount`` and sees every entry, increase, forced entry and
replacement; it answers 0 and never raises. L3 stands on ``exchange.create_order``, writes down
what is about to leave, and refuses with an exception that freqtrade handles. Exits always pass.
"""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import ref

from freqtrade.exceptions import (
    DDosProtection,
    DependencyException,
    InsufficientFundsError,
    InvalidOrderException,
)
from freqtrade.persistence import LocalTrade
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter import internals
from riskplugin.adapter.registry import session_of, start_session
from riskplugin.adapter.session import Proposal, RiskSession, read_config
from riskplugin.adapter.snapshots import side_of
from riskplugin.core import events as ev
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.units import Quote, is_number

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

logger = logging.getLogger(__name__)

#: Hooks that are sealed in every strategy; no instance may put something over them.
SEALED = frozenset(
    {
        "bot_loop_start",
        "custom_entry_price",
        "leverage",
        "custom_stake_amount",
        "confirm_trade_entry",
        "confirm_trade_exit",
        "adjust_trade_position",
        "check_entry_timeout",
        "check_exit_timeout",
        "should_exit",
    }
)
_STAKE_ARGS = ("pair", "stake_amount", "min_stake_amount", "max_stake_amount", "trade_amount")


class RiskDenied(DependencyException, RPCException):
    """An order was refused by a limit. The bot's loop, DCA, replacement and REST handle it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def check_config(config: Any) -> None:
    """Refuse a wrong section "risk" as early as freqtrade makes the strategy."""
    read_config(config)


def install(strategy: IStrategy, wallets: Wallets) -> None:
    """Stand guard on the bot's objects. Raises OperationalException when that cannot be done."""
    session = start_session(strategy, wallets)
    if session is None:
        return
    post(strategy, session)


def post(strategy: IStrategy, session: RiskSession) -> bool:
    """Put the guards where they belong; True when they stood there already."""
    shadowed = unshadow(strategy)
    wallets, exchange = session.wallets, session.exchange
    held = _holds(wallets, "validate_stake_amount", StakeGuard, strategy)
    if not held:
        wallets.validate_stake_amount = StakeGuard(wallets, strategy)
    if session.live and not _holds(exchange, "create_order", OrderGuard, strategy):
        exchange.create_order = OrderGuard(exchange, strategy)
        return False
    return held and not shadowed


def unshadow(strategy: IStrategy) -> bool:
    """Take away what an instance has put over its sealed hooks; True if there was anything."""
    names = [name for name in vars(strategy) if name in SEALED]
    for name in names:
        delattr(strategy, name)
    if names:
        logger.error("riskplugin: %s was put over a sealed hook; taken away", ", ".join(names))
    return bool(names)


def _holds(owner: Any, name: str, kind: type, strategy: IStrategy) -> bool:
    guard = owner.__dict__.get(name)
    return type(guard) is kind and getattr(guard, "strategy", None) is strategy


class _Guard:
    """Knows the strategy it stands for without keeping it alive: sessions end with their strategy.

    Pickled as what it is, for hyperopt's workers.
    """

    def __init__(self, strategy: IStrategy) -> None:
        self._strategy = ref(strategy)

    @property
    def strategy(self) -> IStrategy | None:
        """The strategy, None when it is gone."""
        return self._strategy()

    def session(self) -> RiskSession | None:
        """The session of the strategy, if there is one."""
        strategy = self.strategy
        return None if strategy is None else session_of(strategy)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_strategy": self.strategy}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_strategy"] is not None:
            self._strategy = ref(state["_strategy"])


class StakeGuard(_Guard):
    """L2: what freqtrade is about to stake, after its own raising and clamping."""

    def __init__(self, wallets: Wallets, strategy: IStrategy) -> None:
        super().__init__(strategy)
        self.wallets = wallets

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        kwargs = {**dict(zip(_STAKE_ARGS, args, strict=False)), **kwargs}
        session = self.session()
        if session is None or not session.owns_run():
            return float(type(self.wallets).validate_stake_amount(self.wallets, **kwargs))
        try:
            if self.strategy is not None and unshadow(self.strategy):
                session.fault("guards", "a hook was taken out of its seal; it is back")
                return 0.0
            if not is_number(kwargs.get("stake_amount")):
                return 0.0
            session.unbooked.settle(session.now())
            stake = type(self.wallets).validate_stake_amount(self.wallets, **kwargs)
            return _limited(session, kwargs, stake)
        except Exception as error:
            logger.exception("riskplugin: the stake of %s cannot be judged", kwargs.get("pair"))
            session.fault("validate_stake_amount", error)
            return 0.0


def _limited(session: RiskSession, kwargs: dict[str, Any], stake: Any) -> float:
    """The stake that the limits leave of ``stake``, 0 when none."""
    if not (is_number(stake) and stake > 0):
        return 0.0
    thread = session.thread
    if thread.refusal is not None:
        session.refused(kwargs["pair"], thread.refusal)
        return 0.0
    proposal = _proposal(session, kwargs["pair"])
    if proposal is None:
        session.fault("validate_stake_amount", f"an entry on {kwargs['pair']} came past every hook")
        return 0.0
    request = session.request(
        proposal,
        stake=float(stake),
        at=session.now(),
        min_stake=kwargs.get("min_stake_amount"),
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=session.stoploss,
    )
    decision = session.service.decide(request, session.look(request.at), "stake")
    if not decision.allowed:
        session.log_refusal(decision)
        return 0.0
    allowed = min(float(stake), decision.stake)
    proposal.approved_notional = allowed * proposal.leverage * request.price_factor
    thread.proposal = proposal
    return allowed


def _proposal(session: RiskSession, pair: str) -> Proposal | None:
    """What the hooks learnt of this entry; without them, what the trade says."""
    known = session.thread.proposal
    if known is not None and known.pair == pair:
        return known
    trade = _open_trade(session, pair)
    if trade is None:
        return None
    mark = session.marks.mark(pair, session.now())
    return Proposal(
        pair=pair,
        side=side_of(trade),
        leverage=trade.leverage or 1.0,
        price=mark.price if mark is not None else trade.open_rate,
        kind=EntryKind.INCREASE,
    )


def _open_trade(session: RiskSession, pair: str) -> LocalTrade | None:
    return next((t for t in internals.open_trades(live=session.live) if t.pair == pair), None)


def last_look(
    session: RiskSession, *, pair: str, side: Side, amount: Any, rate: Any, leverage: float
) -> str | None:
    """Why the order must not go, None when it may: its real amount and price against the
    approval.
    """
    numbers = (amount, rate, leverage)
    if not all(is_number(n) and n > 0 for n in numbers):
        return f"amount {amount!r}, price {rate!r} or leverage {leverage!r} is not a usable number"
    if session.halted:
        return "the circuit breaker is open"
    if session.live and session.known_price(pair, session.now()) is None:
        return f"no market price of {pair} is known"
    proposal = session.thread.proposal
    if proposal is None or proposal.pair != pair or proposal.approved_notional is None:
        return _judge_unannounced(session, pair, side, amount, rate, leverage)
    if leverage > proposal.leverage:
        return f"leverage {leverage:g} is more than the {proposal.leverage:g} that was approved"
    notional = amount * max(rate, session.market_price(proposal, session.now()))
    limit = proposal.approved_notional * (1 + session.policy.order_tolerance)
    if not notional <= limit:
        return f"notional {notional:.2f} is more than the {limit:.2f} that was approved"
    return None


def _judge_unannounced(
    session: RiskSession, pair: str, side: Side, amount: float, rate: float, leverage: float
) -> str | None:
    """An order that no hook announced is judged from its own figures."""
    trade = _open_trade(session, pair)
    kind = EntryKind.OPEN if trade is None else EntryKind.INCREASE
    proposal = Proposal(pair=pair, side=side, leverage=leverage, price=rate, kind=kind)
    stake = amount * rate / leverage
    request = session.request(proposal, stake=stake, at=session.now(), stoploss=session.stoploss)
    decision = session.service.decide(request, session.look(request.at), "order")
    if not decision.allowed:
        return session.log_refusal(decision)
    if decision.stake < stake * (1 - session.policy.order_tolerance):
        return f"stake {stake:.2f} is more than the {decision.stake:.2f} that is allowed"
    return None


class OrderGuard(_Guard):
    """L3: every order, immediately before it goes to the exchange."""

    def __init__(self, exchange: Exchange, strategy: IStrategy) -> None:
        super().__init__(strategy)
        self.exchange = exchange

    def __call__(self, **kwargs: Any) -> Any:
        session = self.session()
        if session is None:
            raise RiskDenied("riskplugin: the guard has lost its session; restart the bot")
        reduces = bool(kwargs.get("reduceOnly")) or (
            not session.futures and kwargs.get("side") == "sell"
        )
        try:
            sent = self._exit(session, kwargs) if reduces else self._entry(session, kwargs)
        finally:
            session.thread.proposal = None
        return self._send(session, kwargs, sent)

    def _exit(self, session: RiskSession, kwargs: dict[str, Any]) -> ev.OrderSent | None:
        """Exits always pass; that they could not be written down is no reason to keep a
        position.
        """
        try:
            sent = _order_sent(kwargs, reduces=True, kind=None)
            session.service.order_sent(sent)
        except Exception:
            logger.exception("riskplugin: an exit could not be recorded; it goes out all the same")
            return None
        return sent

    def _entry(self, session: RiskSession, kwargs: dict[str, Any]) -> ev.OrderSent:
        proposal = session.thread.proposal
        try:
            session.unbooked.settle(session.now())
            refusal = last_look(
                session,
                pair=kwargs["pair"],
                side=Side.LONG if kwargs["side"] == "buy" else Side.SHORT,
                amount=kwargs["amount"],
                rate=kwargs["rate"],
                leverage=kwargs.get("leverage") or 1.0,
            )
            if refusal is None:
                kind = EntryKind.OPEN if proposal is None else proposal.kind
                sent = _order_sent(kwargs, reduces=False, kind=kind)
                session.service.order_sent(sent)
                return sent
        except Exception as error:
            session.fault("create_order", error)
            raise RiskDenied(f"riskplugin refused {kwargs.get('pair')}: {error}") from error
        raise RiskDenied(f"riskplugin refused {kwargs['pair']}: {refusal}")

    def _send(self, session: RiskSession, kwargs: dict[str, Any], sent: ev.OrderSent | None) -> Any:
        try:
            order = type(self.exchange).create_order(self.exchange, **kwargs)
        except BaseException as error:
            self._note_failure(session, sent, error)
            raise
        if sent is not None:
            session.keeper.entered()
            _quietly(
                session,
                ev.OrderAnswered(
                    at=datetime.now(UTC),
                    intent=sent.intent,
                    order_id=_text(order.get("id")),
                    status=_text(order.get("status")),
                ),
            )
            if session.real and not sent.reduces:
                session.unbooked.add(sent, order)
        return order

    def _note_failure(
        self, session: RiskSession, sent: ev.OrderSent | None, error: BaseException
    ) -> None:
        if sent is None:
            return
        certain = isinstance(error, InsufficientFundsError | InvalidOrderException | DDosProtection)
        failed = ev.OrderFailed(
            at=datetime.now(UTC),
            intent=sent.intent,
            pair=sent.pair,
            error=f"{type(error).__name__}: {error}"[:500],
            uncertain=session.real and not certain,
            reduces=sent.reduces,
        )
        _quietly(session, failed)
        session.fault("create_order", failed.error)


def _order_sent(kwargs: dict[str, Any], *, reduces: bool, kind: EntryKind | None) -> ev.OrderSent:
    amount, price = float(kwargs["amount"]), float(kwargs.get("rate") or 0.0)
    return ev.OrderSent(
        at=datetime.now(UTC),
        intent=uuid.uuid4().hex,
        pair=kwargs["pair"],
        order_side=kwargs["side"],
        kind=kind,
        reduces=reduces,
        amount=amount,
        price=price,
        leverage=float(kwargs.get("leverage") or 1.0),
        notional=Quote(amount * price),
    )


def _quietly(session: RiskSession, event: ev.OrderAnswered | ev.OrderFailed) -> None:
    """The order is out: what goes wrong in writing that down must not hide its answer."""
    try:
        session.service.order_ended(event)
    except Exception:
        logger.exception("riskplugin: the end of an order could not be recorded")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
