"""The main path: what is decided is recorded first, and what cannot be recorded is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from riskplugin import recorder
from riskplugin.core import events as ev
from riskplugin.core.band import Prices
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import EntryRequest, Position
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Deny
from riskplugin.ledger.form.codec import decode_state
from riskplugin.ports import Control, LedgerError, Metrics
from riskplugin.service import RiskService
from tests.orders import entry_sent
from tests.service.world import closed

AT = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


@dataclass
class FakeLedger:
    """Keeps what it is given; fails on request."""

    state: RiskState = field(default_factory=RiskState)
    events: list[ev.Event] = field(default_factory=list)
    waiting: list[Control] = field(default_factory=list)
    settled: dict[int, str] = field(default_factory=dict)
    samples: list[tuple[Metrics, dict[str, Any]]] = field(default_factory=list)
    broken: bool = False
    unreadable: bool = False

    def load(self) -> RiskState:
        if self.unreadable:
            raise LedgerError("the state row is damaged")
        return self.state

    def begin(self) -> None:
        pass

    def append(
        self, events: Sequence[ev.Event], state: RiskState, *, relaxed: bool = False
    ) -> None:
        if self.broken:
            raise LedgerError("disk full")
        self.events += events

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        if self.broken:
            raise LedgerError("disk full")
        self.samples.append((metrics, status))

    def controls(self) -> Sequence[Control]:
        return [c for c in self.waiting if c.id not in self.settled]

    def settle(self, control_id: int, outcome: str) -> None:
        self.settled[control_id] = outcome

    def close(self) -> None:
        pass


def service(ledger: FakeLedger, **changes: Any) -> RiskService:
    options: dict[str, Any] = {
        "policy": Policy(),
        "ledger": ledger,
        "bot": "b",
        "version": "v",
        "live": True,
    }
    return RiskService(**{**options, **changes})


def book(equity: float = 1000.0, *positions: Position, at: datetime = AT) -> Book:
    return Book(at=at, wallet=Quote(equity), result=Quote(equity - 1000), positions=positions)


def request(stake: float = 10.0, **changes: Any) -> EntryRequest:
    base = EntryRequest(
        at=AT,
        pair="BTC/USDT",
        side=Side.LONG,
        stake=Quote(stake),
        price=100.0,
        market_price=100.0,
        volatility=Ratio(0.0),
    )
    return replace(base, **changes)


def kinds(ledger: FakeLedger) -> list[str]:
    return [type(event).__name__ for event in ledger.events]


@pytest.mark.spec("AU-1")
def test_an_allowed_entry_is_recorded_before_the_answer() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    assert risk.decide(request(), book(), "order").allowed
    risk.order_sent(order_sent())
    assert kinds(ledger)[-2:] == ["EntryDecided", "OrderSent"], "before the order leaves"


@pytest.mark.spec("AU-1")
def test_a_decision_that_no_order_followed_is_written_with_the_next_look() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    assert risk.decide(request(), book(), "stake").allowed
    risk.tick(book(at=AT + timedelta(seconds=5)))
    assert kinds(ledger).count("EntryDecided") == 1
    assert risk.decide(request(), book(), "stake").allowed
    risk.close()
    assert kinds(ledger).count("EntryDecided") == 2, "or when the bot ends"


@pytest.mark.spec("AU-1", "CF-4", "RE-1")
def test_an_entry_that_cannot_be_recorded_is_refused() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    ledger.broken = True
    risk.decide(request(), book(), "stake")
    with pytest.raises(LedgerError, match="cannot be written"):
        risk.order_sent(order_sent())
    decision = risk.decide(request(), book(), "stake")
    assert (decision.allowed, decision.stake) == (False, 0.0)
    assert isinstance(decision.binding, Deny)
    assert "cannot be written" in decision.binding.reason.text


@pytest.mark.spec("AU-1", "CB-3", "RE-1")
def test_a_backtest_whose_ledger_failed_takes_a_whole_look() -> None:
    ledger = FakeLedger()
    risk = service(ledger, live=False)
    risk.tick(book())
    usual = Prices(AT + timedelta(hours=1), Quote(1000.0), Quote(0.0), None, None, 0, 0.0)
    assert risk.steady(usual)
    ledger.broken = True
    assert risk.steady(usual._replace(equity=Quote(1001.0))), "the peak is what cannot be written"
    assert risk.fault_text is not None
    assert not risk.steady(usual)
    risk.tick(book(1001.0, at=AT + timedelta(hours=2)))
    assert risk.state.breaker is not BreakerState.CLOSED


@pytest.mark.spec("AU-1", "RE-1")
def test_what_a_broken_ledger_missed_is_written_when_it_is_back() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    ledger.broken = True
    risk.decide(request(), book(), "stake")
    risk.fault("x", "y", AT)
    ledger.broken = False
    risk.tick(book(at=AT + timedelta(seconds=1)))
    assert kinds(ledger).count("EntryDecided") == 1
    assert kinds(ledger).count("FaultRecorded") == 1
    assert risk.fault_text is None


@pytest.mark.spec("AU-1", "AU-2", "RE-1")
def test_what_a_ledger_missed_for_too_long_leaves_a_record_of_how_much_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "BACKLOG", 10)
    monkeypatch.setattr(recorder, "OLDEST", 3)
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    known = len(ledger.events)
    ledger.broken = True
    for number in range(25):
        risk.fault("exchange", str(number), AT + timedelta(seconds=number))
        assert len(risk._recorder.backlog) <= 10, "memory is bounded"
    ledger.broken = False
    risk.fault("exchange", "25", AT + timedelta(seconds=25))
    told = [e for e in ledger.events[known:] if isinstance(e, ev.FaultRecorded | ev.RecordsLost)]
    [gap] = [e for e in told if isinstance(e, ev.RecordsLost)]
    texts = [e.text for e in told if isinstance(e, ev.FaultRecorded)]
    assert texts[:3] == ["0", "1", "2"], "how it began"
    assert texts[-1] == "25"
    assert len(texts) + gap.count == 26
    assert told.index(gap) == 3
    assert gap.at == AT + timedelta(seconds=3)


@pytest.mark.spec("AU-1")
def test_limits_are_recorded_when_they_changed_and_only_then() -> None:
    ledger = FakeLedger()
    first = service(ledger, limits="{}")
    first.start(AT, "live")
    again = service(ledger, limits="{}")
    again._recorder.state = first.state
    again.start(AT, "live")
    other = service(ledger, limits='{"stop":1}', version="w")
    other._recorder.state = first.state
    other.start(AT, "live")
    slots = service(ledger, limits='{"stop":1}', version="w", policy=Policy(max_positions=3))
    slots._recorder.state = first.state
    slots.start(AT, "live")
    told = [e for e in ledger.events if isinstance(e, ev.LimitsAdopted)]
    assert [(e.version, e.section, e.max_positions) for e in told] == [
        ("v", "{}", None),
        ("w", '{"stop":1}', None),
        ("w", '{"stop":1}', 3),
    ]


@pytest.mark.spec("AU-2", "CB-7")
def test_a_state_that_another_riskplugin_folded_is_recorded_as_a_whole() -> None:
    ledger = FakeLedger()
    service(ledger).start(AT, "live")
    assert "StateCarried" not in kinds(ledger), "the very first start has nothing to carry"
    ledger.state = RiskState(began=AT, software="0.0.1", trips=3)
    service(ledger).start(AT, "live")
    [carried] = [e for e in ledger.events if isinstance(e, ev.StateCarried)]
    assert decode_state(carried.saved).trips == 3
    before = len(ledger.events)
    service(ledger).start(AT, "live")
    assert "StateCarried" not in kinds(ledger)[before:], "once is enough"


@pytest.mark.spec("CB-2", "RE-1")
def test_a_broken_ledger_opens_the_breaker() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    ledger.broken = True
    risk.fault("x", "y", AT)
    assert risk.tick(book(at=AT + timedelta(seconds=1))).halted


@pytest.mark.spec("CB-7", "RE-1")
def test_a_state_that_cannot_be_read_latches_and_is_not_overwritten() -> None:
    ledger = FakeLedger(unreadable=True)
    risk = service(ledger)
    risk.start(AT, "live")
    assert risk.tick(book()).halted
    assert not risk.decide(request(), book(), "stake").allowed
    assert ledger.events == []


@pytest.mark.spec("CB-7")
@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.LATCHED])
def test_a_restart_comes_back_in_the_same_state(state: BreakerState) -> None:
    ledger = FakeLedger(
        state=RiskState(
            breaker=state,
            capital=Quote(1000.0),
            peak_equity=Quote(1200.0),
            day_equity=Quote(1000.0),
            day_until=AT + timedelta(hours=12),
            open_until=AT + timedelta(hours=1),
            half_open_since=AT if state is BreakerState.HALF_OPEN else None,
            half_open_equity=Quote(1000.0) if state is BreakerState.HALF_OPEN else None,
            latched_by="ann" if state is BreakerState.LATCHED else None,
        )
    )
    risk = service(ledger)
    risk.start(AT, "live")
    risk.tick(book())
    assert risk.state.breaker is state
    assert risk.state.peak_equity == 1200


@pytest.mark.spec("CF-4")
def test_a_question_records_refusals_only() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    before = len(ledger.events)
    assert risk.decide(request(), book(), "proposal", final=False).allowed
    assert len(ledger.events) == before
    assert not risk.decide(request(float("nan")), book(), "proposal", final=False).allowed
    assert len(ledger.events) == before + 1


@pytest.mark.spec("AU-1", "PF-2")
def test_a_refusal_repeated_every_loop_is_recorded_once_a_minute() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    risk.tick(book())
    risk.command("trip", by="ann", reason="test", book=book())
    for second in range(0, 130, 5):
        risk.decide(request(at=AT + timedelta(seconds=second)), book(), "stake")
    assert kinds(ledger).count("EntryDecided") == 3


@pytest.mark.spec("CF-4")
def test_a_subscriber_that_fails_stops_nobody_else() -> None:
    heard: list[ev.Event] = []

    def broken(event: ev.Event) -> None:
        raise RuntimeError("Telegram is down")

    risk = service(FakeLedger(), subscribers=[broken, heard.append])
    risk.tick(book())
    assert heard


@pytest.mark.spec("EM-2")
def test_commands_of_other_processes_are_carried_out_and_answered() -> None:
    controls = [
        Control(id=1, command="emergency-on", by="ann", reason="news", at=AT),
        Control(id=2, command="emergency-on", by="bob", reason="news", at=AT),
        Control(id=3, command="rearm", by="bob", reason="?", at=AT),
    ]
    ledger = FakeLedger(waiting=controls)
    risk = service(ledger)
    risk.tick(book())
    assert ledger.settled[1] == "done"
    assert ledger.settled[2].startswith("refused: emergency mode is on already (by ann)")
    assert ledger.settled[3].startswith("refused: the breaker is closed")
    assert [e.by for e in ledger.events if isinstance(e, ev.ControlHandled)] == [
        "ann",
        "bob",
        "bob",
    ]


@pytest.mark.spec("EM-2", "EM-3")
def test_the_kill_file_closes_everything_once_and_keeps_the_breaker_latched() -> None:
    reason: list[str | None] = [None]
    ledger = FakeLedger()
    risk = service(ledger, kill_switch=lambda: reason[0])
    held = Position(
        pair="A/USDT",
        side=Side.LONG,
        amount=1,
        entry_price=10,
        mark_price=10,
        stake=Quote(10),
        trade_id=1,
    )
    assert not risk.tick(book(1000, held)).halted
    reason[0] = "fire"
    for second in range(1, 4):
        directive = risk.tick(book(1000, held, at=AT + timedelta(seconds=second)))
        assert directive.close_all
    assert kinds(ledger).count("FlattenOrdered") == 1
    risk.tick(book(at=AT + timedelta(seconds=5)))
    reason[0] = None
    assert risk.tick(book(at=AT + timedelta(hours=9))).halted


@pytest.mark.spec("EM-2")
def test_rearming_while_the_kill_file_stands_latches_again() -> None:
    risk = service(FakeLedger(), kill_switch=lambda: "fire")
    risk.tick(book())
    risk.tick(book(at=AT + timedelta(seconds=1)))
    risk.command("rearm", by="ann", reason="too early", book=book())
    assert risk.tick(book(at=AT + timedelta(seconds=2))).halted


@pytest.mark.spec("RE-1")
def test_an_order_under_way_at_the_crash_blocks_its_pair_after_the_restart() -> None:
    sent = order_sent()
    ledger = FakeLedger(state=RiskState(pending=(sent,)))
    risk = service(ledger)
    risk.start(AT, "live")
    assert risk.unresolved("BTC/USDT") == sent
    assert risk.unresolved("ETH/USDT") is None


@pytest.mark.spec("AU-1")
def test_an_entry_order_that_cannot_be_written_ahead_does_not_leave() -> None:
    ledger = FakeLedger()
    risk = service(ledger)
    ledger.broken = True
    with pytest.raises(LedgerError, match="disk full"):
        risk.order_sent(order_sent())
    assert risk.state.pending == ()
    risk.order_sent(replace(order_sent(), reduces=True))  # exits always pass


@pytest.mark.spec("CB-2")
def test_faults_in_a_row_trip_and_one_loop_without_forgives() -> None:
    risk = service(FakeLedger())
    now = AT
    for _ in range(4):
        risk.fault("exchange", "500", now)
        now += timedelta(seconds=5)
        risk.tick(book(at=now))
    now += timedelta(seconds=5)
    risk.tick(book(at=now))
    assert risk.state.consecutive_errors == 0
    for _ in range(5):
        risk.fault("exchange", "500", now)
        now += timedelta(seconds=5)
        risk.tick(book(at=now))
    assert risk.state.breaker is BreakerState.OPEN


@pytest.mark.spec("MO-1")
def test_metrics_and_status_are_kept_at_their_interval() -> None:
    ledger = FakeLedger()
    risk = service(ledger, metrics_interval=timedelta(seconds=10))
    for second in range(0, 60, 2):
        risk.tick(book(at=AT + timedelta(seconds=second)))
    assert 6 <= len(ledger.samples) <= 8
    status = ledger.samples[-1][1]
    for name in ("equity", "drawdown_pct", "daily_pnl_pct", "exposure_pct", "risk_score", "level"):
        assert name in status
    assert status["breaker"]["state"] == "closed"
    assert status["emergency"]["active"] is False


def order_sent(intent: str = "i1") -> ev.OrderSent:
    return entry_sent(
        at=AT, intent=intent, pair="BTC/USDT", kind=EntryKind.OPEN, amount=0.1, notional=Quote(10.0)
    )


class LifeOfAnAccount(RuleBasedStateMachine):
    """Random entries, marks, closings, flows, restarts and commands against the real service."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = FakeLedger()
        self.now = AT
        self.capital = 10_000.0
        self.realised = 0.0
        self.open: dict[str, Position] = {}
        self.closed: list[ClosedTrade] = []
        self.ids = 0
        self.accepted_over: list[str] = []
        self.service = service(self.ledger)
        self.service.start(self.now, "live")
        self._tick()

    def _book(self, *, closings: bool = False) -> Book:
        unrealised = sum(p.unrealised for p in self.open.values())
        result = self.realised + unrealised
        closed, self.closed = (tuple(self.closed), []) if closings else ((), self.closed)
        return Book(
            at=self.now,
            wallet=Quote(self.capital + result),
            result=Quote(result),
            positions=tuple(self.open.values()),
            closed=closed,
        )

    def _tick(self) -> None:
        directive = self.service.tick(self._book(closings=True))
        for pair, position in list(self.open.items()):
            if directive.close_all or position.trade_id in directive.close:
                self._close(pair)

    def _close(self, pair: str) -> None:
        position = self.open.pop(pair)
        self.realised += position.unrealised
        self.closed.append(closed(position))

    @rule(seconds=st.integers(1, 7200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self._tick()

    @rule(
        pair=st.sampled_from(["A/U", "B/U", "C/U", "D/U"]),
        stake=st.floats(0.1, 500),
        leverage=st.sampled_from([1.0, 2.0, 3.0, 5.0, 10.0, 50.0]),
        ahead=st.floats(0.9, 1.3),
    )
    def propose(self, pair: str, stake: float, leverage: float, ahead: float) -> None:
        proposal = request(
            stake, pair=pair, leverage=leverage, price=100.0, market_price=100 * ahead, at=self.now
        )
        decision = self.service.decide(proposal, self._book(), "stake")
        if not decision.allowed:
            return
        notional = decision.stake * leverage * max(1.0, ahead)
        self._check_accepted(pair, decision.stake, leverage, notional)
        old = self.open.get(pair)
        self.ids += 1
        self.open[pair] = Position(
            pair=pair,
            side=Side.LONG,
            amount=(notional + (0 if old is None else old.notional)) / 100.0,
            entry_price=100.0,
            mark_price=100.0,
            stake=Quote(decision.stake + (0 if old is None else old.stake)),
            leverage=leverage,
            unrealised=Quote(0.0 if old is None else old.unrealised),
            trade_id=self.ids if old is None else old.trade_id,
            opened_at=self.now if old is None else old.opened_at,
        )

    def _check_accepted(self, pair: str, stake: float, leverage: float, notional: float) -> None:
        state, book = self.service.state, self._book()
        equity = book.wallet
        assert equity is not None
        assert state.breaker in (BreakerState.CLOSED, BreakerState.HALF_OPEN)
        assert not state.flattening
        held = sum(p.notional for p in book.positions)
        assert held + notional <= equity * 0.5
        assert leverage <= (5 if state.emergency else 20)
        total = stake + sum(p.stake for p in book.positions if p.pair == pair)
        assert total <= equity * (0.005 if state.emergency else 0.02) * 1.000001
        if state.breaker is BreakerState.HALF_OPEN:
            since = state.half_open_since
            assert since is not None
            probes = {p.pair for p in book.positions if p.opened_at and p.opened_at >= since}
            assert len(probes | {pair}) <= 1

    @precondition(lambda self: self.open)
    @rule(data=st.data(), move=st.floats(-0.3, 0.3))
    def price_moves(self, data: Any, move: float) -> None:
        pair = data.draw(st.sampled_from(sorted(self.open)))
        old = self.open[pair]
        gain = old.amount * old.mark_price * move
        self.open[pair] = replace(old, unrealised=Quote(old.unrealised + gain))
        self.now += timedelta(seconds=5)
        self._tick()

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def close(self, data: Any) -> None:
        self._close(data.draw(st.sampled_from(sorted(self.open))))
        self.now += timedelta(seconds=5)
        self._tick()

    @rule(command=st.sampled_from(["emergency-on", "emergency-off"]))
    def emergency(self, command: str) -> None:
        self._order(command)

    @rule(command=st.sampled_from(["trip", "close-all"]), later=st.integers(0, 10_000))
    def latch_and_rearm(self, command: str, later: int) -> None:
        self._order(command)
        self.now += timedelta(seconds=later)
        self._tick()
        self._order("rearm")

    def _order(self, command: str) -> None:
        self.service.command(command, by="ann", reason="test", book=self._book())
        self._tick()

    @rule()
    def restart(self) -> None:
        before = replace(self.service.state)
        self.ledger.state = self.service.state
        self.service = service(self.ledger)
        self.service.start(self.now, "live")
        assert replace(self.service.state, policy_version=before.policy_version) == before

    @invariant()
    def the_ledger_replays_to_the_same_state(self) -> None:
        again = RiskState()
        for event in self.ledger.events:
            again.observe(event)
        assert again == self.service.state

    @invariant()
    def a_flat_order_is_obeyed(self) -> None:
        last = self.service.last
        if last is not None and last.directive.close_all:
            assert not self.open


LifeOfAnAccount.TestCase.settings = settings(
    max_examples=settings().max_examples * 5 // 2, stateful_step_count=40, deadline=None
)
TestLifeOfAnAccount = pytest.mark.spec("CB-5", "CB-6", "CB-7", "SZ-10", "EM-1", "EM-3")(
    LifeOfAnAccount.TestCase
)
