"""The service over random lives: orders, fills, marks, money, commands, clocks, restarts, failures.

What is asked after every step is asked of the world's own figures, not of the service's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import OnTrip
from riskplugin.core.policy import BreakerPolicy, Policy, Threshold
from riskplugin.core.reconcile import Fill
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger
from riskplugin.ports import Ledger, LedgerError
from riskplugin.service import RiskService
from tests.service.world import PAIRS, Failing, Remembering, World

SHUT = (BreakerState.OPEN, BreakerState.LATCHED)
#: Sums in another order.
NEARLY = 1 + 1e-9
FATES = ("filled", "filled", "filled", "partly", "rests", "refused", "lost", "crash")
TROUBLES = ("balance", "false balance", "holding", "prices", "kill file", "faults", "ledger")
COMMANDS = ("trip", "rearm", "emergency-on", "emergency-off", "close-all", "confirm-balance")


def policies() -> st.SearchStrategy[Policy]:
    return st.builds(
        lambda on_trip, hold, most, weekly: Policy(
            max_positions=most,
            breaker=replace(
                BreakerPolicy(), on_trip=on_trip, hold_daily_loss=hold, weekly_loss=weekly
            ),
        ),
        st.sampled_from(OnTrip),
        st.booleans(),
        st.integers(2, 5),
        st.sampled_from([Threshold(), Threshold(warn=0.03, trip=0.05)]),
    )


class Life(RuleBasedStateMachine):
    """One bot's life; its ledger survives each process."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.ids = 0
        self.kill: str | None = None
        self.older: set[str] = set()
        self.dated = True
        self.unseen = ""
        self.latest = self.world.now

    def open_ledger(self) -> Ledger:
        """The ledger as the first process finds it."""
        return Remembering()

    def reopen(self, ledger: Ledger) -> Ledger:
        """The ledger as the next process finds it."""
        return ledger

    @initialize(policy=policies())
    def begin(self, policy: Policy) -> None:
        self.policy = policy
        self.ledger = Failing(self.open_ledger())
        self._run()

    def _run(self) -> None:
        ledger: Any = self.ledger
        self.service = RiskService(
            policy=self.policy,
            ledger=ledger,
            bot="b",
            version="v",
            live=True,
            kill_switch=lambda: self.kill,
            subscribers=[self._hear],
        )
        self.service.start(self.world.now, "live")
        self._tick()

    # --- the bot ---------------------------------------------------------------------------------

    def _tick(self) -> None:
        """One loop: look, then obey."""
        self.world.now += timedelta(seconds=1)
        self.latest = max(self.latest, self.world.now)
        self.unseen = ""
        directive = self.service.tick(self.world.book(closings=True))
        self.dated = self.dated and self.world.now >= self.latest
        state = self.service.state
        assert directive.halted is (state.breaker in SHUT or state.flattening)
        assert (directive.close_all is not None) is state.flattening
        self._the_peak_is_the_highest()
        if directive.halted:
            self.world.working.clear()
        for pair, position in list(self.world.held.items()):
            if directive.close_all or position.trade_id in directive.close:
                self._exit(pair)

    def _the_peak_is_the_highest(self) -> None:
        state, last = self.service.state, self.service.last
        assert last is not None
        if state.distrust is None:
            assert state.peak_equity is not None
            assert state.peak_equity >= last.account.equity

    def _sent(self, pair: str, stake: float, leverage: float, *, reduces: bool) -> ev.OrderSent:
        self.ids += 1
        price = self.world.prices[pair]
        return ev.OrderSent(
            at=self.world.now,
            intent=f"i{self.ids}",
            pair=pair,
            order_side="sell" if reduces else "buy",
            kind=None,
            reduces=reduces,
            amount=stake * leverage / price,
            price=price,
            leverage=leverage,
            notional=Quote(stake * leverage),
        )

    def _exit(self, pair: str) -> None:
        """Whatever the state, and whatever the ledger: an exit goes out."""
        sent = self._sent(pair, self.world.held[pair].stake, 1.0, reduces=True)
        self.service.order_sent(sent)
        self._answer(sent)
        self.world.close(pair)

    def _answer(self, sent: ev.OrderSent) -> None:
        self.service.order_ended(
            ev.OrderAnswered(
                at=self.world.now, intent=sent.intent, order_id=sent.intent, status="open"
            )
        )

    # --- entries ---------------------------------------------------------------------------------

    @rule(
        pair=st.sampled_from(PAIRS),
        stake=st.sampled_from([5.0, 40.0, 150.0, 1000.0]),
        leverage=st.sampled_from([1.0, 3.0, 5.0, 10.0, 20.0]),
        fate=st.sampled_from(FATES),
    )
    def a_usual_entry(self, pair: str, stake: float, leverage: float, fate: str) -> None:
        self._enter(pair, stake, leverage, 1.0, fate)

    @rule(pair=st.sampled_from(PAIRS), fate=st.sampled_from(FATES))
    def a_small_entry(self, pair: str, fate: str) -> None:
        self._enter(pair, 5.0, 1.0, 1.0, fate)

    @rule(
        pair=st.sampled_from(PAIRS),
        stake=st.sampled_from([0.5, 5.0, 150.0, 1e9, float("nan"), -1.0]),
        leverage=st.sampled_from([1.0, 5.0, 50.0]),
        ahead=st.sampled_from([1.0, 0.9, 1.3]),
        fate=st.sampled_from(FATES),
    )
    def an_odd_entry(
        self, pair: str, stake: float, leverage: float, ahead: float, fate: str
    ) -> None:
        self._enter(pair, stake, leverage, ahead, fate)

    def _enter(self, pair: str, stake: float, leverage: float, ahead: float, fate: str) -> None:
        request = self.world.request(pair, stake, leverage, ahead)
        self.older &= self.world.pairs()
        decision = self.service.decide(request, self.world.book(), "stake")
        if not decision.allowed:
            assert decision.stake == 0
            return
        self._may_enter(request, decision.stake)
        # The guard lets no order grow past its approval, which values at the higher price.
        order = decision.stake * (1.0 if ahead <= 1 else ahead)
        sent = self._sent(pair, order, leverage, reduces=False)
        try:
            self.service.order_sent(sent)
        except LedgerError:
            assert self.ledger.broken
            return
        assert not self.ledger.broken, "an order left that is not written down"
        self._becomes(sent, fate)
        self._tick()

    def _may_enter(self, request: EntryRequest, stake: float) -> None:
        """The limits, from the world's own figures."""
        world, state, policy = self.world, self.service.state, self.policy
        equity = world.book().wallet
        assert equity is not None, "an entry without a known balance"
        assert self.unseen != "false balance", "an entry on a balance that was never compared"
        assert state.breaker not in SHUT
        assert not state.flattening
        assert state.distrust is None
        assert world.unknown is None
        assert self.service.fault_text is None
        assert state.consecutive_errors < policy.breaker.max_consecutive_errors
        assert not world.held or world.price_age <= policy.breaker.max_price_age
        assert 0 < stake <= request.stake
        worth = stake * max(1.0, request.market_price / request.price)
        assert world.exposed() + worth * request.leverage <= 0.45 * equity * NEARLY
        assert world.margin(request.pair) + worth <= self._size(equity) * NEARLY
        assert request.leverage <= (5 if state.emergency else 20)
        assert policy.max_positions is not None
        most = min(policy.max_positions, 3) if state.emergency else policy.max_positions
        if request.pair not in world.pairs():
            assert len(world.pairs()) < most
        if state.breaker is BreakerState.HALF_OPEN:
            self._is_a_probe(request.pair)

    def _size(self, equity: float) -> float:
        state = self.service.state
        full = equity * (0.005 if state.emergency else 0.02)
        if state.breaker is not BreakerState.HALF_OPEN:
            return full
        return max(full * 0.25, min(1.0, full))

    def _is_a_probe(self, pair: str) -> None:
        """One pair at most is opened, whatever the clock says; what was held does not grow."""
        held = self.world.pairs()
        if pair not in held:
            assert held <= self.older
        elif self.dated:  # what was opened ahead of the clock looks younger than the test
            assert pair not in self.older

    def _hear(self, event: ev.Event) -> None:
        if isinstance(event, ev.BreakerHalfOpened):
            self.older, self.dated = self.world.pairs(), True

    def _becomes(self, sent: ev.OrderSent, fate: str) -> None:
        if fate in ("refused", "lost"):
            lost = fate == "lost"
            self.service.order_ended(
                ev.OrderFailed(
                    at=self.world.now,
                    intent=sent.intent,
                    pair=sent.pair,
                    error=fate,
                    uncertain=lost,
                    reduces=False,
                )
            )
            if lost:
                self.world.lost[sent.intent] = sent
            return
        if fate == "crash":
            self.world.lost[sent.intent] = sent
            self.restart()
            return
        self._answer(sent)
        self.world.place(sent)
        if fate != "rests":
            self._fill(sent, 0.4 if fate == "partly" else 1.0)

    def _fill(self, sent: ev.OrderSent, share: float) -> None:
        amount = self.world.fill(sent.intent, share)
        fill = Fill(
            at=self.world.now,
            order_id=sent.intent,
            pair=sent.pair,
            order_side="buy",
            amount=amount,
            price=sent.price,
            leverage=sent.leverage,
            reduces=False,
            placed_at=sent.at,
        )
        if share == 1:
            self.service.filled(fill)

    # --- the exchange ----------------------------------------------------------------------------

    @precondition(lambda self: self.world.working)
    @rule(share=st.sampled_from([0.3, 1.0]))
    def a_resting_order_fills(self, share: float) -> None:
        self._fill(next(iter(self.world.working.values()))[1], share)
        self._tick()

    @precondition(lambda self: self.world.working)
    @rule()
    def a_resting_order_is_cancelled(self) -> None:
        del self.world.working[next(iter(self.world.working))]
        self._tick()

    @precondition(lambda self: self.world.lost)
    @rule(arrived=st.booleans())
    def a_lost_order_is_found_or_ruled_out(self, *, arrived: bool) -> None:
        intent, sent = next(iter(self.world.lost.items()))
        del self.world.lost[intent]
        how = "seen in the book" if arrived else "never arrived"
        if arrived:
            self.world.place(sent)
        self.service.order_ended(ev.IntentResolved(at=self.world.now, intent=intent, how=how))
        self._tick()

    @rule(factor=st.sampled_from([0.6, 0.95, 0.99, 1.01, 1.1]), pair=st.sampled_from(PAIRS))
    def a_price_moves(self, pair: str, factor: float) -> None:
        self.world.move(pair, factor)
        self._tick()

    @rule(factor=st.sampled_from([0.8, 0.97, 1.02]), seen=st.booleans())
    def all_prices_move(self, factor: float, *, seen: bool) -> None:
        for pair in PAIRS:
            self.world.move(pair, factor)
        if seen:
            self._tick()

    @precondition(lambda self: self.world.held)
    @rule()
    def a_position_is_closed(self) -> None:
        self._exit(next(iter(self.world.held)))
        self._tick()

    @rule(share=st.sampled_from([-0.95, -0.5, -0.004, 0.004, 1.0]))
    def money_comes_or_goes(self, share: float) -> None:
        wallet = self.world.cash + self.world.book().result
        self.world.cash += max(wallet, 0.0) * share if wallet < 1e6 else -wallet * 0.5
        self._tick()

    # --- time, people, failures ------------------------------------------------------------------

    @rule(
        step=st.sampled_from(
            [
                timedelta(seconds=5),
                timedelta(minutes=3),
                timedelta(hours=1),
                timedelta(hours=25),
                timedelta(days=8),
                timedelta(minutes=-1),
                timedelta(hours=-3),
                timedelta(days=-400),
            ]
        )
    )
    def time_passes(self, step: timedelta) -> None:
        self.world.now += step
        self._tick()

    @rule(command=st.sampled_from(COMMANDS))
    def a_person_orders(self, command: str) -> None:
        self._order(command)
        self._tick()

    def _order(self, command: str) -> None:
        """Who re-arms has looked at the exchange: the service drops its open questions with it."""
        outcome = self.service.command(command, by="ann", reason="x", book=self.world.book())
        if command == "rearm" and outcome == "done":
            self.world.lost.clear()

    @rule(
        what=st.sampled_from(TROUBLES),
        seen=st.booleans(),
    )
    def trouble_begins(self, what: str, *, seen: bool) -> None:
        """Seen by the next look, or only by the next entry."""
        match what:
            case "balance":
                self.world.hidden = True
            case "false balance":
                self.world.shown = 5.0
            case "holding":
                self.world.unknown = "the exchange holds X"
            case "prices":
                self.world.price_age = timedelta(minutes=10)
            case "kill file":
                self.kill = "fire"
            case "faults":
                for _ in range(6):
                    self.service.fault("exchange", "500", self.world.now)
            case _:
                self.ledger.broken = True
        self.unseen = what
        if seen:
            self._tick()

    @rule()
    def trouble_ends(self) -> None:
        self._mend()
        self._tick()

    @rule(hours=st.sampled_from([1, 25]))
    def people_put_it_right(self, hours: int) -> None:
        """As far as it goes in one turn: close-all, for one, has to be over before a re-arming."""
        self._mend()
        self._tick()
        self._a_step_back_to_normal(timedelta(hours=hours))
        self._tick()

    def _mend(self) -> None:
        self.kill = self.world.unknown = None
        self.world.hidden = self.ledger.broken = False
        self.world.shown = 1.0
        self.world.price_age = timedelta(0)

    @precondition(lambda self: not self.ledger.broken)
    @rule()
    def restart(self) -> None:
        """What was under way is of unknown fate; all else is as it was."""
        before = self.service.state
        self.ledger = Failing(self.reopen(self.ledger.ledger))
        self._run_from(before)

    def _run_from(self, before: Any) -> None:
        service = RiskService(
            policy=self.policy, ledger=self.ledger.ledger, bot="b", version="v", live=True
        )
        assert service.state == before
        self._run()
        unresolved = {order.intent for order in self.service.state.unresolved}
        assert {order.intent for order in before.pending if not order.reduces} <= unresolved

    # --- after every step ------------------------------------------------------------------------

    @invariant()
    def reading_the_ledger_gives_the_live_state(self) -> None:
        if hasattr(self, "service") and self.service.fault_text is None:
            assert self.ledger.ledger.load() == self.service.state

    def teardown(self) -> None:
        """From wherever the life ended, lawful steps lead back to a closed breaker and a trade."""
        if not hasattr(self, "service"):
            return
        self._all_is_well_again()
        for _ in range(12):
            self._tick()
            if self._is_trading():
                return
            self._a_step_back_to_normal(timedelta(hours=25))
        raise AssertionError(f"no way out of {self.service.state}")

    def _all_is_well_again(self) -> None:
        self._mend()
        self.world.cash = 10_000.0 - self.world.realised
        for pair in list(self.world.held):
            self._exit(pair)
        self.world.working.clear()
        for intent in list(self.world.lost):
            del self.world.lost[intent]
            self.service.order_ended(
                ev.IntentResolved(at=self.world.now, intent=intent, how="never arrived")
            )

    def _a_step_back_to_normal(self, wait: timedelta) -> None:
        for command in ("confirm-balance", "emergency-off"):
            self._order(command)
        if self.service.state.breaker is BreakerState.LATCHED:
            self._order("rearm")
        if self.service.state.breaker is BreakerState.HALF_OPEN:
            self._a_probe_that_wins()
        self.world.now += wait

    def _a_probe_that_wins(self) -> None:
        pair = PAIRS[-1]
        if pair in self.world.pairs():
            return
        self.world.prices[pair] = 100.0
        self._enter(pair, 1000.0, 1.0, 1.0, "filled")
        if pair in self.world.held:
            self.world.move(pair, 3.0)
            self._exit(pair)

    def _is_trading(self) -> bool:
        state = self.service.state
        if state.breaker is not BreakerState.CLOSED or state.emergency:
            return False
        request = self.world.request(PAIRS[0], 10.0, 1.0, 1.0)
        return self.service.decide(request, self.world.book(), "stake").allowed


class ManyLives(Life):
    """The same, longer looked for."""


class LifeOnDisk(Life):
    """The same with a real ledger on SQLite."""

    def open_ledger(self) -> Ledger:
        self.folder = tempfile.TemporaryDirectory()
        return self._open()

    def reopen(self, ledger: Ledger) -> Ledger:
        ledger.close()
        return self._open()

    def _open(self) -> Ledger:
        path = Path(self.folder.name)
        return open_ledger("sqlite:///risk.sqlite", bot="b", base_dir=path, durability="normal")

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            with suppress(AttributeError):
                self.ledger.ledger.close()
                self.folder.cleanup()


_SPEC: Callable[[type], type] = pytest.mark.spec(
    "CB-5", "CB-6", "CB-7", "CB-11", "SZ-10", "EM-1", "EM-3", "LV-1", "RE-1"
)
_EXAMPLES = settings().max_examples


def _lives(machine: type[Life], examples: int) -> type:
    case: type = machine.TestCase
    case.settings = settings(  # type: ignore[attr-defined]
        max_examples=max(examples, 1), stateful_step_count=40, deadline=None
    )
    return _SPEC(case)


TestLife = _lives(Life, _EXAMPLES // 3)
TestManyLives = pytest.mark.slow(_lives(ManyLives, _EXAMPLES * 5))
TestLifeOnDisk = pytest.mark.slow(_lives(LifeOnDisk, _EXAMPLES // 2))
