"""What a backtest's book takes for the same trades a candle later, and what it does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from riskplugin.adapter import internals
from riskplugin.adapter.candlebooks import _Trades, _Whole

pytestmark = pytest.mark.spec("CB-3")


def trade(number: int, **more: Any) -> Any:
    given = {
        "id": number,
        "pair": f"P{number}/USDT",
        "amount": 2.0,
        "stake_amount": 200.0,
        "open_rate": 100.0,
        "leverage": 1.0,
        "realized_profit": 0.0,
        "funding_fees": 0.0,
        "liquidation_price": None,
        "fee_open": 0.001,
        "fee_close": 0.001,
        "is_short": False,
        "orders": [],
        "has_open_orders": False,
    }
    return SimpleNamespace(**given | more)


def moved_on(
    monkeypatch: pytest.MonkeyPatch, now: list[Any], closed: tuple[int, ...] = ()
) -> _Whole | None:
    """A book of trades 1 and 2 with 40 earned, when ``now`` is open and 50 are earned."""
    before = [trade(1), trade(2)]
    whole = _Whole(_Trades(before), before, 1000.0, 40.0)
    monkeypatch.setattr(internals, "open_trades", lambda **_: now)
    return whole.moved_on([trade(number) for number in closed], 50.0)


def test_trades_come_and_go_and_sell_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [trade(2, amount=1.0, realized_profit=7.0), trade(3, leverage=3.0)]
    after = moved_on(monkeypatch, now, closed=(1,))
    assert after is not None
    assert [held.pair for held in after.held] == ["P2/USDT", "P3/USDT"]
    assert (after.earned, after.leverage, after.start) == (57.0, 3.0, 1000.0)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param([trade(2)], id="one went that nobody closed"),
        pytest.param([trade(1), trade(2, has_open_orders=True)], id="an order works"),
        pytest.param([trade(1), trade(2), trade(3, amount=0.0)], id="nothing is held yet"),
        pytest.param([trade(1), trade(2), trade(3, pair="P1/USDT")], id="a pair twice"),
    ],
)
def test_what_is_more_than_that_asks_for_a_whole_look(
    monkeypatch: pytest.MonkeyPatch, now: list[Any]
) -> None:
    assert moved_on(monkeypatch, now) is None


def test_an_exit_that_waited_and_became_an_entry_that_waits_is_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """freqtrade deletes the one and appends the other: they are as many as before."""
    opened, leaving, growing = object(), object(), object()
    it = trade(1, orders=[opened, leaving], has_open_orders=True)
    monkeypatch.setattr(internals, "open_trades", lambda **_: [it])
    before = _Trades([it])
    assert before.unchanged()
    it.orders.remove(leaving)
    it.orders.append(growing)
    assert not before.unchanged()
