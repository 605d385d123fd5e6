"""An order whose worth nobody knows does not go out: a forced entry may name any price it likes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter.marks import Mark
from riskplugin.adapter.prices import known_price
from tests.adapter.bots import BTC, SOL
from tests.adapter.conftest import Start


@pytest.mark.spec("LV-2", "SZ-5", "CF-4")
@pytest.mark.parametrize("looped", [False, True])
def test_a_forced_entry_without_a_market_price_is_refused(start: Start, *, looped: bool) -> None:
    listed = {"pair_whitelist": [BTC]}
    bot = start("Inherits", force_entry_enable=True)
    bot.freqtrade.pairlists._whitelist = listed["pair_whitelist"]
    if looped:
        bot.loop()
    before = bot.last_order()
    for price, leverage in ((1.0, 5.0), (0.01, 1.0)):
        with pytest.raises(RPCException):
            bot.freqtrade.rpc._rpc._rpc_force_entry(
                SOL, price, order_type="market", stake_amount=200.0, leverage=leverage
            )
    known = known_price(bot.session, SOL, bot.session.now())
    orders = [o for o in bot.orders(after=before) if o["symbol"] == "SOLUSDT"]
    assert known is not None or not orders
    bot.assert_within_limits()


@pytest.mark.spec("CB-3", "CB-7", "CB-11")
def test_after_a_restart_an_old_position_without_a_mark_is_doubted_not_marked_at_its_entry(
    start: Start, monkeypatch: Any
) -> None:
    bot = start("Inherits")
    bot.loop()
    bot.enter(BTC, 1_000)
    assert bot.trades
    keeper, marks = bot.session.keeper, bot.session.marks
    monkeypatch.setattr(marks, "mark", lambda pair, at: None)
    later = bot.session.now() + timedelta(hours=3)
    book = keeper.look(later)
    assert book.untrusted is not None
    monkeypatch.setattr(marks, "mark", lambda pair, at: Mark(90.0))
    assert keeper.look(later).untrusted is None
