"""Decisions made again from a ledger on disk: same verdict, or the difference is shown (AU-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.core.basis import basis_of
from riskplugin.core.events import EntryDecided, LimitsAdopted
from riskplugin.core.gate import Gate
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.state import RiskState
from riskplugin.core.verdict import Deny
from riskplugin.ledger.form.codec import decode, encode
from riskplugin.ledger.proof.replay import Redecision, replay
from tests.core.strategies import HOSTILE, REQUEST, accounts, changed, holding, requests
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, peak

pytestmark = pytest.mark.spec("AU-1", "AU-3")
FIELDS = sorted(set(EntryRequest.__dataclass_fields__))
DEFAULTS = parse({})
NARROW = parse({"positions": {"max": 3}})
ACCOUNT = AccountSnapshot(
    equity=10_000.0,  # type: ignore[arg-type]
    positions=(holding("ETH/USDT", 50.0), holding("SOL/USDT", 50.0), holding("ADA/USDT", 50.0)),
)


def adopted(config: RiskConfig, slots: int | None = None) -> LimitsAdopted:
    most = slots if slots is not None else config.policy.max_positions
    return LimitsAdopted(at=NOW, version=config.version, section=config.limits, max_positions=most)


def decided(
    config: RiskConfig, *, slots: int | None = None, account: AccountSnapshot = ACCOUNT, **how: Any
) -> EntryDecided:
    request = changed(REQUEST, at=NOW, **how)
    policy = config.policy
    if slots is not None:
        policy = replace(policy, max_positions=slots)
    return EntryDecided(
        at=NOW,
        point="stake",
        decision=Gate(policy).decide(request, account),
        basis=basis_of(account, request.pair),
        limits=config.version,
    )


@given(field=st.sampled_from(FIELDS), value=st.sampled_from(HOSTILE), account=accounts())
def test_a_hostile_request_is_decided_the_same_from_its_record(
    field: str, value: object, account: AccountSnapshot
) -> None:
    request = changed(REQUEST, **{field: value})
    gate = Gate(DEFAULTS.policy)
    basis = basis_of(account, request.pair)
    decision = gate.decide(request, account)
    payload = encode(EntryDecided(at=NOW, point="stake", decision=decision, basis=basis))
    event = decode(payload)
    assert isinstance(event, EntryDecided)
    assert event.basis is not None
    again = gate.decide(event.decision.request, event.basis)
    assert Redecision(seq=1, recorded=event, now=again).same


@given(request=requests(), account=accounts())
def test_any_decision_is_the_same_from_its_record(
    request: EntryRequest, account: AccountSnapshot
) -> None:
    gate = Gate(DEFAULTS.policy)
    decision, basis = gate.decide(request, account), basis_of(account, request.pair)
    event = decode(encode(EntryDecided(at=NOW, point="stake", decision=decision, basis=basis)))
    assert isinstance(event, EntryDecided)
    assert event.basis is not None
    assert gate.decide(event.decision.request, event.basis) == decision


def written(open_: Open, url: str, *events: Any) -> None:
    ledger = open_(url)
    ledger.append(events, RiskState())
    ledger.close()


def test_each_decision_is_held_against_the_limits_of_its_time(
    url: str, open_: Open, read_: Read
) -> None:
    wide, narrow = decided(DEFAULTS), decided(NARROW)
    assert wide.decision.allowed
    assert not narrow.decision.allowed
    first, then = [adopted(DEFAULTS), wide, peak(1.0)], [adopted(NARROW), narrow, peak(2.0), narrow]
    written(open_, url, *first, *then)
    found = list(replay(read_(url), "bot"))
    assert [each.seq for each in found] == [2, 5, 7]
    assert all(each.same for each in found)


def test_slots_that_the_bot_froze_at_its_start_count(url: str, open_: Open, read_: Read) -> None:
    refused = decided(DEFAULTS, slots=3)
    assert not refused.decision.allowed
    written(open_, url, adopted(DEFAULTS, slots=3), refused)
    [found] = replay(read_(url), "bot")
    assert found.same
    [other] = replay(read_(url), "bot", section={"sizing": {"min_position": 2}})
    assert not other.now.allowed if other.now else pytest.fail("it has to be decided")
    [wider] = replay(read_(url), "bot", section={"positions": {"max": 9}})
    assert wider.now is not None
    assert wider.now.allowed


def test_other_limits_show_what_they_would_have_said(url: str, open_: Open, read_: Read) -> None:
    written(open_, url, adopted(DEFAULTS), decided(DEFAULTS))
    [found] = replay(read_(url), "bot", section={"positions": {"max": 3}})
    assert not found.same
    assert found.now is not None
    assert isinstance(found.now.binding, Deny)
    assert found.now.binding.reason.rule == "positions"


def test_other_limits_that_cannot_be_used_are_refused(url: str, open_: Open, read_: Read) -> None:
    written(open_, url, adopted(DEFAULTS), decided(DEFAULTS))
    with pytest.raises(ConfigError, match="max_leverage"):
        list(replay(read_(url), "bot", section={"max_leverage": 3}))


def test_a_verdict_that_does_not_follow_from_its_record_differs(
    url: str, open_: Open, read_: Read
) -> None:
    true = decided(DEFAULTS)
    forged = replace(true, decision=changed(true.decision, stake=true.decision.stake + 1e-9))
    written(open_, url, adopted(DEFAULTS), true, forged)
    assert [each.same for each in replay(read_(url), "bot")] == [True, False]


def test_what_cannot_be_made_again_says_why(url: str, open_: Open, read_: Read) -> None:
    bare = replace(decided(DEFAULTS), basis=None)
    odd = replace(adopted(DEFAULTS), section='{"sizes": 1}')
    written(open_, url, decided(DEFAULTS), adopted(DEFAULTS), bare, odd, decided(DEFAULTS))
    found = list(replay(read_(url), "bot"))
    assert not any(each.same for each in found)
    reasons = [str(each.why_not) for each in found]
    assert "limits of its time were not recorded" in reasons[0]
    assert "older form" in reasons[1]
    assert "cannot be read today" in reasons[2]


def test_only_decisions_since_a_moment(url: str, open_: Open, read_: Read) -> None:
    late = NOW + timedelta(hours=1)
    written(open_, url, adopted(DEFAULTS), decided(DEFAULTS), replace(decided(DEFAULTS), at=late))
    assert [each.seq for each in replay(read_(url), "bot", since=late)] == [3]
    assert [*replay(read_(url), "bot", since=late + timedelta(seconds=1))] == []


def test_a_decision_of_a_clock_set_back_counts_by_its_own_time(
    url: str, open_: Open, read_: Read
) -> None:
    late, usual = NOW + timedelta(hours=1), decided(DEFAULTS)
    written(open_, url, adopted(DEFAULTS), replace(usual, at=late), usual, replace(usual, at=late))
    assert [each.seq for each in replay(read_(url), "bot", since=late)] == [2, 4]
