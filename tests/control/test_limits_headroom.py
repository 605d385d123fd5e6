"""How large an entry would pass, and what stops it: true of the gate itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given

from riskplugin.control.limits import fresh, headroom
from riskplugin.core.gate import Gate
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote
from tests.control.limits_made import Bot
from tests.core.strategies import NOW, accounts, policies, requests

pytestmark = pytest.mark.spec("MO-1", "AU-6")


@given(policy=policies(), account=accounts(), request=requests())
def test_what_is_told_passes_and_more_does_not(
    policy: Policy, account: AccountSnapshot, request: EntryRequest
) -> None:
    gate = Gate(policy)
    room = headroom(gate, account, request)
    stake = room["stake"]
    assume(room["rule"] is not None)
    more = replace(request, stake=Quote(max(stake, 1.0) * 1.01))
    assert gate.decide(more, account).stake <= stake
    if stake > 0:
        assert gate.decide(replace(request, stake=Quote(stake)), account).stake >= stake * 0.999
    else:
        assert room["text"].startswith("no entry passes: ")


def test_the_words_name_the_figure_and_the_rule() -> None:
    bot = Bot()
    account = AccountSnapshot(equity=Quote(10_000.0))
    policy = bot.service.policy
    room = headroom(bot.service.gate, account, fresh(account, policy, NOW, futures=False))
    assert room["text"] == "up to 200 of margin; more is stopped by size"
    assert [rule["rule"] for rule in room["rules"]] == ["size", "exposure"]
    assert (room["stake"], room["notional"], room["leverage"]) == (200.0, 200.0, 1.0)


def test_on_futures_the_leverage_is_the_highest_that_is_allowed() -> None:
    account = AccountSnapshot(equity=Quote(10_000.0))
    request = fresh(account, Policy(), NOW, futures=True)
    assert Gate(Policy()).decide(replace(request, stake=Quote(1.0)), account).allowed
    more = replace(request, stake=Quote(1.0), leverage=request.leverage + 1)
    assert not Gate(Policy()).decide(more, account).allowed
