"""The gate: how verdicts combine, what can never happen, and what more risk may never buy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import gate as gate_module
from riskplugin.core.breaker import BreakerState
from riskplugin.core.gate import Gate
from riskplugin.core.levels import Mode, RiskLevel
from riskplugin.core.policy import Policy, SizingPolicy, Threshold
from riskplugin.core.rules import RULES, Rule
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import ALLOW, Allow, Cap, Decision, Deny, Verdict
from tests.core.strategies import (
    ACCOUNT,
    HOSTILE,
    NOW,
    POLICY,
    REQUEST,
    accounts,
    amounts,
    changed,
    holding,
    policies,
    ratios,
    requests,
    with_breaker,
    working,
)

GATE = Gate(POLICY)
names = st.sampled_from([rule.name for rule in RULES if rule.name != "input"])
OBSERVE_ALL = {rule.name: Mode.OBSERVE for rule in RULES} | {"minimum": Mode.OBSERVE}
FIELDS = sorted(set(EntryRequest.__dataclass_fields__))


def stake(request: EntryRequest, account: AccountSnapshot, policy: Policy) -> float:
    return Gate(policy).decide(request, account).stake


def refused_by(decision: Decision) -> str:
    assert isinstance(decision.binding, Deny)
    assert not decision.allowed
    assert decision.stake == 0.0
    return decision.binding.reason.rule


# -------------------------------------------------------------------------- how verdicts combine


@pytest.mark.spec("SZ-8")
def test_a_modest_entry_passes_as_proposed() -> None:
    decision = GATE.decide(REQUEST, ACCOUNT)
    assert decision == Decision(NOW, REQUEST, RiskLevel.MINIMAL, Quote(100.0), ALLOW, (), ())
    assert decision.allowed
    assert decision.reasons == ()


@pytest.mark.spec("SZ-1")
def test_the_smallest_cap_wins_and_all_caps_are_told() -> None:
    """Size 200; exposure leaves 4500 - 4000 = 500 of notional, 50 at 10x."""
    account = replace(ACCOUNT, positions=(holding("A/U", 400, 10),))
    decision = GATE.decide(replace(REQUEST, stake=Quote(300.0), leverage=10.0), account)
    assert decision.stake == 50.0
    assert isinstance(decision.binding, Cap)
    assert decision.binding.reason.rule == "exposure"
    assert [name for name, _ in decision.verdicts] == ["exposure", "size"]
    assert [reason.rule for reason in decision.reasons] == ["exposure", "size"]


def test_a_refusal_beats_every_cap() -> None:
    account = replace(ACCOUNT, untrusted="x")
    decision = GATE.decide(replace(REQUEST, stake=Quote(9_999.0)), account)
    assert refused_by(decision) == "trust"
    assert {"trust", "size", "exposure"} == {name for name, _ in decision.verdicts}


def test_equals_go_by_name() -> None:
    account = replace(ACCOUNT, untrusted="x", fault="y", breaker=BreakerState.OPEN)
    assert refused_by(GATE.decide(REQUEST, account)) == "breaker"


@given(
    request=requests(),
    account=accounts(),
    policy=policies(),
    order=st.permutations(RULES),
)
def test_the_order_of_the_rules_never_matters(
    request: EntryRequest, account: AccountSnapshot, policy: Policy, order: list[type[Rule]]
) -> None:
    usual = Gate(policy).decide(request, account)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate_module, "RULES", tuple(order))
        assert Gate(policy).decide(request, account) == usual


@given(request=requests(), account=accounts(), policy=policies(), observed=st.sets(names))
def test_every_rule_is_asked_and_its_answer_told_by_name(
    request: EntryRequest, account: AccountSnapshot, policy: Policy, observed: set[str]
) -> None:
    """The gate writes its calls out; asked one by one the rules say the same."""
    policy = replace(policy, modes=dict.fromkeys(observed, Mode.OBSERVE))
    told: dict[bool, list[tuple[str, Verdict]]] = {True: [], False: []}
    for rule in sorted(RULES, key=lambda rule: rule.name):
        verdict = rule.from_policy(policy).check(request, account)
        if not isinstance(verdict, Allow):
            told[policy.enforced(rule.name)].append((rule.name, verdict))
    decision = Gate(policy).decide(request, account)
    assert [named for named in decision.verdicts if named[0] != "minimum"] == told[True]
    assert list(decision.observed) == told[False]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_every_rule_of_the_registry_can_stop_an_entry(rule: type[Rule]) -> None:
    """One account per rule that only this rule refuses; without the rule it would pass."""
    request, account, policy = ONLY_REFUSED_BY[rule.name]
    decision = Gate(policy).decide(request, account)
    assert {name for name, _ in decision.verdicts} - {"minimum"} == {rule.name}
    assert decision.stake < 100


_FALLEN = AccountSnapshot(equity=Quote(10_000), peak_equity=Quote(12_000))
ONLY_REFUSED_BY: dict[str, tuple[EntryRequest, AccountSnapshot, Policy]] = {
    "input": (replace(REQUEST, fee=Ratio(math.nan)), ACCOUNT, POLICY),
    "stale": (replace(REQUEST, stale="old"), ACCOUNT, POLICY),
    "trust": (REQUEST, replace(ACCOUNT, untrusted="gone"), POLICY),
    "system": (REQUEST, replace(ACCOUNT, fault="disk"), POLICY),
    "breaker": (REQUEST, replace(ACCOUNT, breaker=BreakerState.OPEN), POLICY),
    "drawdown": (REQUEST, replace(_FALLEN, day_start_equity=Quote(10_000)), POLICY),
    "daily_loss": (REQUEST, replace(ACCOUNT, day_start_equity=Quote(10_300)), POLICY),
    "weekly_loss": (
        REQUEST,
        replace(ACCOUNT, week_start_equity=Quote(12_000)),
        with_breaker(POLICY, weekly_loss=Threshold(trip=0.1)),
    ),
    "emergency": (
        replace(REQUEST, stake=Quote(1.0), leverage=6.0),
        replace(ACCOUNT, emergency=True),
        POLICY,
    ),
    "leverage": (replace(REQUEST, leverage=21.0), ACCOUNT, POLICY),
    "liquidation": (replace(REQUEST, leverage=16.0, can_liquidate=True), ACCOUNT, POLICY),
    "exposure": (REQUEST, replace(ACCOUNT, working=(working("A/U", 4_450),)), POLICY),
    "size": (replace(REQUEST, volatility=None), AccountSnapshot(equity=Quote(9_000)), POLICY),
    "positions": (
        REQUEST,
        replace(ACCOUNT, working=(working("A/U", 1),)),
        replace(POLICY, max_positions=1),
    ),
    "loss_at_stop": (
        REQUEST,
        ACCOUNT,
        replace(POLICY, sizing=SizingPolicy(max_risk_per_trade=Ratio(0.0001))),
    ),
}


# -------------------------------------------------------------------------------------- the minimum


@pytest.mark.spec("SZ-5")
@pytest.mark.parametrize(
    ("proposal", "exchange", "allowed"),
    [
        (1.0, None, True),
        (math.nextafter(1, 0), None, False),
        (5.0, 5.0, True),
        (math.nextafter(5, 0), 5.0, False),
        (0.5, 0.1, False),
        (1.0, 0.0, True),
    ],
)
def test_a_stake_below_the_larger_minimum_is_refused(
    proposal: float, exchange: float | None, allowed: bool
) -> None:
    minimum = None if exchange is None else Quote(exchange)
    request = replace(REQUEST, stake=Quote(proposal), min_stake=minimum)
    assert GATE.decide(request, ACCOUNT).allowed is allowed


@pytest.mark.spec("SZ-5")
def test_a_cap_below_the_exchanges_minimum_refuses_and_names_both_numbers() -> None:
    request = replace(REQUEST, stake=Quote(500.0), min_stake=Quote(250.0))
    decision = GATE.decide(request, ACCOUNT)
    assert refused_by(decision) == "minimum"
    reason = decision.reasons[-1]
    assert (reason.measured, reason.limit) == (200, 250)
    assert reason.text == "the stake of 200 is below the minimum of 250"
    assert [name for name, _ in decision.verdicts] == ["size", "minimum"]


@pytest.mark.spec("SZ-5", "CF-4")
def test_what_the_gate_leaves_is_a_stake_that_it_would_accept() -> None:
    """Without a minimum of its own a tiny account would be left a stake that is no amount."""
    free = replace(POLICY, sizing=SizingPolicy(min_position=Quote(0.0)))
    decision = Gate(free).decide(REQUEST, AccountSnapshot(equity=Quote(1e-12)))
    assert refused_by(decision) == "minimum"


# ------------------------------------------------------------------------------------------ modes


def test_an_observing_rule_is_reported_and_does_not_count() -> None:
    policy = replace(POLICY, modes={"size": Mode.OBSERVE})
    decision = Gate(policy).decide(replace(REQUEST, stake=Quote(500.0)), ACCOUNT)
    assert decision.stake == 500.0
    assert decision.binding is ALLOW
    assert decision.verdicts == ()
    assert [name for name, _ in decision.observed] == ["size"]


@pytest.mark.spec("CF-4", "SZ-5")
def test_input_and_minimum_cannot_be_observed_only() -> None:
    gate = Gate(replace(POLICY, modes=OBSERVE_ALL))
    assert refused_by(gate.decide(replace(REQUEST, stake=Quote(math.nan)), ACCOUNT)) == "input"
    assert refused_by(gate.decide(replace(REQUEST, stake=Quote(0.5)), ACCOUNT)) == "minimum"


@given(request=requests(), account=accounts(), policy=policies())
def test_observing_everything_refuses_nothing_but_tells_the_same(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    enforced = Gate(policy).decide(request, account)
    watched = Gate(replace(policy, modes=OBSERVE_ALL)).decide(request, account)
    told = tuple(v for v in enforced.verdicts if v[0] != "minimum")
    assert watched.observed == told
    minimum = max(policy.sizing.min_position, request.min_stake or 0)
    assert watched.allowed is (request.stake >= minimum)


# ---------------------------------------------------------------------------------- hostile input


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, modes=OBSERVE_ALL)])
def test_no_hostile_value_raises_or_passes_a_limit(field: str, policy: Policy) -> None:
    probing = replace(ACCOUNT, breaker=BreakerState.HALF_OPEN, emergency=True)
    for value, account in itertools.product(HOSTILE, (ACCOUNT, probing)):
        request = changed(REQUEST, **{field: value})
        decision = Gate(policy).decide(request, account)
        assert type(decision.allowed) is bool
        assert 0 <= decision.stake <= 100
        if field in {"stake", "price", "market_price", "leverage", "pair", "side", "kind"}:
            a_name = field == "pair" and type(value) is str and value != ""
            assert a_name or refused_by(decision) == "input"


@pytest.mark.spec("CF-4")
@given(
    request=requests(),
    account=accounts(),
    policy=policies(),
    changes=st.dictionaries(
        st.sampled_from(FIELDS), st.sampled_from(HOSTILE) | st.floats() | st.integers(), min_size=1
    ),
)
def test_no_mixture_of_hostile_values_raises_or_raises_the_stake(
    request: EntryRequest, account: AccountSnapshot, policy: Policy, changes: dict[str, object]
) -> None:
    odd = changed(request, **changes)
    decision = Gate(policy).decide(odd, account)
    assert decision.stake == 0.0 or 0 < decision.stake <= odd.stake
    assert all(math.isfinite(r.measured) and math.isfinite(r.limit) for r in decision.reasons)


# ------------------------------------------------------------------------------ what always holds


@pytest.mark.spec("SZ-8", "SZ-10", "CB-2", "EM-1", "LV-1")
@given(request=requests(), account=accounts(), policy=policies())
def test_what_is_allowed_is_inside_every_limit(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    decision = Gate(policy).decide(request, account)
    assert decision == Gate(policy).decide(request, account)
    if not decision.allowed:
        assert decision.stake == 0.0
        return
    assert 0 < decision.stake <= request.stake
    order = replace(request, stake=decision.stake)
    held, equity, slack = account.holding(request.pair), account.equity, 1 + 1e-9
    margin = held.stake + order.stake * order.price_factor
    assert margin <= equity * policy.sizing.base[account.level] * slack
    if (most := policy.breaker.exposure.trip) is not None:
        assert account.exposure + order.notional <= most * equity * slack
    assert order.leverage <= policy.leverage.max[account.level]
    if account.emergency:
        assert margin <= equity * policy.emergency.max_position * slack
    if (share := policy.sizing.max_risk_per_trade) is not None:
        stop = min(policy.stop, request.stoploss or 1) if not account.emergency else 0
        assert stop / request.leverage * (held.notional + order.notional) <= share * equity * slack


@given(request=requests(), account=accounts(), policy=policies())
def test_what_was_allowed_is_allowed_again(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    gate = Gate(policy)
    first = gate.decide(request, account)
    if first.allowed:
        again = gate.decide(replace(request, stake=first.stake), account)
        assert (again.stake, again.binding) == (first.stake, ALLOW)


# ------------------------------------------------------------------------------------ monotonicity

Worse = Callable[[AccountSnapshot, float], AccountSnapshot]
WORSE_ACCOUNT: dict[str, Worse] = {
    "lower equity": lambda a, x: replace(a, equity=Quote(a.equity * (1 - x))),
    "debts": lambda a, x: replace(a, equity=Quote(a.equity - x * 1e6)),
    "another position": lambda a, x: replace(
        a, positions=(*a.positions, holding("NEW/USDT", 500 * x))
    ),
    "another working entry": lambda a, x: replace(
        a, working=(*a.working, working("NEW/USDT", 500 * x, 3))
    ),
    "higher level": lambda a, x: replace(a, level=_riskier(a.level, x)),
    "emergency": lambda a, _: replace(a, emergency=True),
    "older prices": lambda a, x: replace(a, price_age=a.price_age + timedelta(seconds=600 * x)),
    "errors": lambda a, x: replace(a, consecutive_errors=a.consecutive_errors + round(9 * x)),
    "fault": lambda a, _: replace(a, fault="disk"),
    "untrusted": lambda a, _: replace(a, untrusted="gap"),
    "open breaker": lambda a, _: replace(a, breaker=BreakerState.OPEN),
    "more probes": lambda a, x: replace(a, probes=a.probes + round(3 * x)),
    "higher peak": lambda a, x: replace(a, peak_equity=Quote((a.peak_equity or 0) * (1 + x))),
}


def _riskier(level: RiskLevel, share: float) -> RiskLevel:
    levels = list(RiskLevel)
    return levels[min(levels.index(level) + round(4 * share), 4)]


@pytest.mark.parametrize("name", WORSE_ACCOUNT)
@given(request=requests(), account=accounts(), policy=policies(), much=amounts(0, 1))
def test_a_worse_account_never_allows_more(
    name: str, request: EntryRequest, account: AccountSnapshot, policy: Policy, much: float
) -> None:
    worse = WORSE_ACCOUNT[name](account, much)
    before, after = stake(request, account, policy), stake(request, worse, policy)
    assert after <= before * (1 + 1e-9)


def _sizing(policy: Policy, **changes: object) -> Policy:
    return replace(policy, sizing=changed(policy.sizing, **changes))


def _leverage(policy: Policy, **changes: object) -> Policy:
    return replace(policy, leverage=changed(policy.leverage, **changes))


def _emergency(policy: Policy, **changes: object) -> Policy:
    return replace(policy, emergency=changed(policy.emergency, **changes))


def _half_open(policy: Policy, **changes: object) -> Policy:
    return with_breaker(policy, half_open=changed(policy.breaker.half_open, **changes))


def _less(value: float | None, x: float, default: float) -> float:
    """A tighter upper limit; where there was none, a new one."""
    return (default if value is None else value) * (1 - x)


def _threshold(name: str) -> Callable[[Policy, float], Policy]:
    def tighter(policy: Policy, x: float) -> Policy:
        old: Threshold = getattr(policy.breaker, name)
        warn = None if old.warn is None else old.warn * (1 - x)
        return with_breaker(policy, **{name: Threshold(warn=warn, trip=_less(old.trip, x, 1.0))})

    return tighter


TIGHTER: dict[str, Callable[[Policy, float], Policy]] = {
    "base": lambda p, x: _sizing(p, base={k: v * (1 - x) for k, v in p.sizing.base.items()}),
    "full_size_equity": lambda p, x: _sizing(
        p, full_size_equity=Quote(p.sizing.full_size_equity * (1 + 9 * x))
    ),
    "high_volatility": lambda p, x: _sizing(
        p, high_volatility=Ratio(p.sizing.high_volatility * (1 - 0.9 * x))
    ),
    "medium_volatility": lambda p, x: _sizing(
        p, medium_volatility=Ratio(p.sizing.medium_volatility * (1 - x))
    ),
    "min_position": lambda p, x: _sizing(p, min_position=Quote(p.sizing.min_position + 100 * x)),
    "max_risk_per_trade": lambda p, x: _sizing(
        p, max_risk_per_trade=Ratio(_less(p.sizing.max_risk_per_trade, x, 0.05))
    ),
    "leverage": lambda p, x: _leverage(p, max={k: v * (1 - x) for k, v in p.leverage.max.items()}),
    "liquidation_buffer": lambda p, x: _leverage(
        p, liquidation_buffer=Ratio(p.leverage.liquidation_buffer + x / 2)
    ),
    "drawdown": _threshold("drawdown"),
    "daily_loss": _threshold("daily_loss"),
    "weekly_loss": _threshold("weekly_loss"),
    "exposure": _threshold("exposure"),
    "errors": lambda p, x: with_breaker(p, max_consecutive_errors=round(5 * (1 - x))),
    "price_age": lambda p, x: with_breaker(p, max_price_age=timedelta(seconds=120 * (1 - x))),
    "probe_size": lambda p, x: _half_open(p, size_factor=Ratio(0.25 * (1 - x))),
    "probes": lambda p, x: _half_open(p, max_positions=round(_less(None, x, 1))),
    "positions": lambda p, x: replace(p, max_positions=int(_less(p.max_positions, x, 3))),
    "emergency_leverage": lambda p, x: _emergency(p, max_leverage=5 * (1 - x)),
    "emergency_size": lambda p, x: _emergency(
        p, max_position=Ratio(p.emergency.max_position * (1 - x))
    ),
    "emergency_positions": lambda p, x: _emergency(p, max_positions=round(3 * (1 - x))),
}


@pytest.mark.parametrize("name", TIGHTER)
@given(request=requests(), account=accounts(), policy=policies(), much=amounts(0, 1))
def test_a_tighter_limit_never_allows_more(
    name: str, request: EntryRequest, account: AccountSnapshot, policy: Policy, much: float
) -> None:
    if name == "min_position":  # it lifts the size of a probe: see the rule breaker
        account = replace(account, breaker=BreakerState.CLOSED)
    before = stake(request, account, policy)
    assert stake(request, account, TIGHTER[name](policy, much)) <= before * (1 + 1e-9)


@pytest.mark.spec("SZ-3")
@given(
    request=requests(),
    account=accounts(),
    policy=policies(),
    one=ratios(0, 0.5),
    two=ratios(0, 0.5),
)
def test_a_larger_volatility_never_allows_more(
    request: EntryRequest, account: AccountSnapshot, policy: Policy, one: Ratio, two: Ratio
) -> None:
    volatilities = [*sorted((one, two)), None]
    stakes = [stake(replace(request, volatility=v), account, policy) for v in volatilities]
    assert all(b <= a * (1 + 1e-9) for a, b in itertools.pairwise(stakes))


@given(request=requests(), account=accounts(), policy=policies(), much=amounts(0, 1))
def test_a_riskier_order_never_allows_more(
    request: EntryRequest, account: AccountSnapshot, policy: Policy, much: float
) -> None:
    before = stake(request, account, policy)
    riskier = {
        "market_price": max(request.price, request.market_price) * (1 + much),
        "fee": request.fee + 0.1 * much,
        "can_liquidate": True,
        "stale": "old",
    }
    if account.breaker is BreakerState.CLOSED:  # it lifts the size of a probe
        riskier["min_stake"] = (request.min_stake or 0) + 100 * much
    for field, value in riskier.items():
        worse = changed(request, **{field: value})
        assert stake(worse, account, policy) <= before * (1 + 1e-9), field


@pytest.mark.spec("CB-6")
@given(request=requests(), account=accounts(), policy=policies())
def test_a_probe_never_gets_more_than_a_closed_breaker_would_give(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    """Losses aside, which only a closed breaker is judged by."""
    off = Threshold()
    policy = with_breaker(policy, drawdown=off, daily_loss=off, weekly_loss=off)
    closed, probing = (
        replace(account, breaker=state) for state in (BreakerState.CLOSED, BreakerState.HALF_OPEN)
    )
    assert stake(request, probing, policy) <= stake(request, closed, policy) * (1 + 1e-9)


@pytest.mark.spec("PF-2")
def test_more_closed_history_is_not_even_visible_to_the_gate() -> None:
    """A decision reads aggregates of the open book only: no field holds closed trades."""
    assert not any("closed" in name for name in AccountSnapshot.__dataclass_fields__)
