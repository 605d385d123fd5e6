"""A real ccxt client against the server: both markets, accounts kept apart, errors by class."""

from __future__ import annotations

import time
from typing import Any

import ccxt
import pytest

from riskplugin.sandbox import Sandbox
from tests.sandbox.conftest import client

SPOT, SWAP = "BTC/USDT", "BTC/USDT:USDT"
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


def test_markets_have_the_limits_that_ccxt_needs(sandbox: Sandbox) -> None:
    markets = client(sandbox).load_markets()
    assert len(markets) == 18
    assert markets[SPOT]["precision"] == {
        "amount": 0.00001, "price": 1.0, "base": 1e-8, "quote": 1e-8,
    }  # fmt: skip
    assert markets[SWAP]["precision"]["amount"] == 0.0001
    assert {market["limits"]["cost"]["min"] for market in markets.values()} == {5.0}
    assert markets[SWAP]["linear"]
    assert markets[SWAP]["contractSize"] == 1.0


def test_spot_from_order_to_balance(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bought = bob.create_order(SPOT, "market", "buy", 0.01)
    assert (bought["status"], bought["filled"]) == ("closed", 0.01)
    assert bought["fee"] == {"currency": "BTC", "cost": 0.00001}
    assert bob.fetch_balance()["BTC"]["total"] == 0.00999
    resting = bob.create_order(SPOT, "limit", "sell", 0.005, bought["average"] + 1000)
    assert [order["id"] for order in bob.fetch_open_orders(SPOT)] == [resting["id"]]
    bob.cancel_order(resting["id"], SPOT)
    assert bob.fetch_order(resting["id"], SPOT)["status"] == "canceled"
    assert len(bob.fetch_my_trades(SPOT)) == 1
    assert len(bob.fetch_orders(SPOT)) == 2
    with pytest.raises(ccxt.InsufficientFunds):
        bob.create_order(SPOT, "market", "sell", 1)


def test_futures_from_leverage_to_position(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bob.set_margin_mode("isolated", SWAP)
    with pytest.raises(ccxt.MarginModeAlreadySet):
        bob.set_margin_mode("isolated", SWAP)
    assert bob.set_leverage(5, SWAP)["leverage"] == 5
    opened = bob.create_order(SWAP, "market", "sell", 0.02)
    [position] = bob.fetch_positions()
    assert (position["side"], position["contracts"], position["marginMode"]) == (
        "short", 0.02, "isolated",
    )  # fmt: skip
    assert position["entryPrice"] == opened["average"]
    assert position["liquidationPrice"] > opened["average"]
    bob.create_order(SWAP, "market", "buy", 0.02, None, {"reduceOnly": True})
    assert bob.fetch_positions() == []
    assert {trade["fee"]["currency"] for trade in bob.fetch_my_trades(SWAP)} == {"USDT"}
    wallet = sandbox.control.accounts()["bob"]["futures"]["wallet"]
    assert bob.fetch_balance({"type": "swap"})["USDT"]["total"] == float(wallet)


def test_conditional_orders_live_at_their_own_endpoints(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    entry = bob.create_order(SWAP, "market", "buy", 0.02)
    stop = {"stopPrice": entry["average"] - 2000, "reduceOnly": True}
    first = bob.create_order(SWAP, "STOP_MARKET", "sell", 0.02, None, dict(stop))
    assert bob.fetch_open_orders(SWAP) == []
    assert len(bob.fetch_open_orders(SWAP, params={"stop": True})) == 1
    bob.cancel_order(first["id"], SWAP, {"stop": True})
    second = bob.create_order(SWAP, "STOP_MARKET", "sell", 0.02, None, dict(stop))
    sandbox.control.price(SWAP, 0.95)
    done = bob.fetch_order(second["id"], SWAP, {"stop": True})
    assert done["status"] == "closed"
    assert bob.fetch_order(done["info"]["actualOrderId"], SWAP)["filled"] == 0.02
    assert bob.fetch_positions() == []


def test_public_data_agree_with_each_other(sandbox: Sandbox) -> None:
    anyone = client(sandbox)
    book = anyone.fetch_order_book(SPOT, 5)
    last = anyone.fetch_ticker(SPOT)["last"]
    assert book["bids"][0][0] <= last <= book["asks"][0][0]
    assert [level[0] for level in book["bids"]] == sorted(
        (level[0] for level in book["bids"]), reverse=True
    )
    assert anyone.fetch_ohlcv(SPOT, "1m", limit=3)[-1][4] == last
    assert anyone.fetch_bids_asks([SWAP])[SWAP]["bid"] == book["bids"][0][0]
    assert anyone.fetch_funding_rate(SWAP)["markPrice"] == last
    assert len(anyone.fetch_trades(SWAP, limit=7)) == 7
    tier = anyone.fetch_leverage_tiers([SWAP])[SWAP][0]
    assert tier["maxLeverage"] >= 50


def test_candles_are_paged_by_time(sandbox: Sandbox) -> None:
    anyone = client(sandbox)
    hour = 3_600_000
    since = (int(time.time() * 1000) // hour - 700) * hour
    first = anyone.fetch_ohlcv(SWAP, "1h", since=since, limit=500)
    then = anyone.fetch_ohlcv(SWAP, "1h", since=first[-1][0] + hour, limit=500)
    times = [candle[0] for candle in first + then]
    assert times == list(range(since, since + 701 * hour, hour))


def test_a_wrong_signature_or_key_is_refused(sandbox: Sandbox) -> None:
    assert client(sandbox, "alice", "alices secret").fetch_balance()["USDT"]["total"] == 10_000
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        client(sandbox, "alice", "guessed").fetch_balance()
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        client(sandbox, "somebody", "else").create_order(SPOT, "market", "buy", 0.01)
    assert sandbox.control.orders() == []


def test_an_old_request_is_refused(sandbox: Sandbox) -> None:
    late = client(sandbox)
    late.nonce = lambda: int(time.time() * 1000) - 60_000
    with pytest.raises(ccxt.InvalidNonce):
        late.fetch_balance()


def test_accounts_are_kept_apart(sandbox: Sandbox) -> None:
    bob, carol = client(sandbox, "bob", "bob"), client(sandbox, "carol", "carol")
    order = bob.create_order(SWAP, "market", "buy", 0.02)
    assert carol.fetch_positions() == []
    assert carol.fetch_orders(SWAP) == []
    with pytest.raises(ccxt.OrderNotFound):
        carol.fetch_order(order["id"], SWAP)


_REFUSED: list[tuple[str, tuple[Any, ...], type[Exception]]] = [
    ("too much", (SWAP, "market", "buy", 10), ccxt.InsufficientFunds),
    ("no position", (SWAP, "market", "sell", 1, None, {"reduceOnly": True}), ccxt.InvalidOrder),
    ("too small", (SWAP, "limit", "buy", 0.0001, 40_000), ccxt.InvalidOrder),
    ("post only", (SWAP, "limit", "buy", 0.01, 90_000, {"postOnly": True}), ccxt.OrderNotFillable),
    (
        "triggered already",
        (SWAP, "STOP_MARKET", "sell", 0.01, None, {"stopPrice": 90_000}),
        ccxt.OrderImmediatelyFillable,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "error"), [case[1:] for case in _REFUSED], ids=[c[0] for c in _REFUSED]
)
def test_futures_refusals_have_their_classes_over_tls(
    tls_sandbox: Sandbox, order: tuple[Any, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        client(tls_sandbox).create_order(*order)


def test_requests_are_counted_by_key_and_by_name(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bob.fetch_balance()
    bob.fetch_order_book(SPOT)
    seen = sandbox.control.requests()
    assert seen["by_key"]["bob"] == {"GET /api/v3/account": 1}
    assert seen["by_name"]["bob"]["GET /api/v3/depth"] == 1
    sandbox.control.reset_requests()
    assert sandbox.control.requests()["total"] == 0


def test_an_unknown_endpoint_is_404_and_counted(sandbox: Sandbox) -> None:
    with pytest.raises(ccxt.ExchangeError, match="Unknown endpoint"):
        client(sandbox).sapi_get_account_status()
    assert sandbox.control.requests()["unknown"] == {"GET /sapi/v1/account/status": 1}
