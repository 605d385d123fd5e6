"""Every fault reaches a real ccxt client as the class of error that Binance's would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ccxt
import pytest

from riskplugin.sandbox import ControlError, Sandbox
from tests.sandbox.conftest import client

SPOT, SWAP = "BTC/USDT", "BTC/USDT:USDT"
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


def balance(bob: Any) -> Any:
    return bob.fetch_balance({"type": "swap"})


def buy(bob: Any) -> Any:
    return bob.create_order(SWAP, "market", "buy", 0.02)


def buy_spot(bob: Any) -> Any:
    return bob.create_order(SPOT, "market", "buy", 0.02)


_CASES: list[tuple[dict[str, Any], Callable[[Any], Any], type[Exception]]] = [
    ({"kind": "http_500"}, balance, ccxt.OperationFailed),
    ({"kind": "http_503"}, balance, ccxt.ExchangeNotAvailable),
    ({"kind": "rate_limit"}, balance, ccxt.DDoSProtection),
    ({"kind": "ban"}, balance, ccxt.DDoSProtection),
    ({"kind": "timeout", "delay_s": 5}, balance, ccxt.RequestTimeout),
    ({"kind": "reject"}, buy, ccxt.InsufficientFunds),
    ({"kind": "reject"}, buy_spot, ccxt.InsufficientFunds),
    ({"kind": "reject", "code": -1021, "msg": "Timestamp"}, buy, ccxt.InvalidNonce),
    ({"kind": "accepted_no_answer"}, buy, ccxt.NetworkError),
    ({"kind": "balance_down"}, balance, ccxt.OperationFailed),
]


@pytest.mark.parametrize(
    ("fault", "call", "error"),
    _CASES,
    ids=[f"{c[0]['kind']}-{c[1].__name__}-{i}" for i, c in enumerate(_CASES)],
)
def test_a_fault_is_the_right_error_and_passes(
    tls_sandbox: Sandbox,
    fault: dict[str, Any],
    call: Callable[[Any], Any],
    error: type[Exception],
) -> None:
    bob = client(tls_sandbox, timeout=1000)
    bob.load_markets()
    tls_sandbox.control.fault(**fault, count=1)
    with pytest.raises(error):
        call(bob)
    assert [struck["hits"] for struck in tls_sandbox.control.faults()] == [1]
    assert call(bob)


@pytest.mark.parametrize("kind", ["malformed", "empty", "html", "balance_empty"])
def test_an_unreadable_balance_is_an_empty_one_to_ccxt(tls_sandbox: Sandbox, kind: str) -> None:
    bob = client(tls_sandbox)
    assert "USDT" in balance(bob)
    tls_sandbox.control.fault(kind, match="account", count=1)
    assert "USDT" not in balance(bob)
    assert "USDT" in balance(bob)


def test_an_order_whose_answer_is_lost_was_executed(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bob.load_markets()
    sandbox.control.fault("accepted_no_answer", count=1)
    with pytest.raises(ccxt.NetworkError):
        buy(bob)
    [order] = sandbox.control.orders("bob")
    assert (order["status"], order["filled"]) == ("FILLED", "0.02")
    assert bob.fetch_positions()[0]["contracts"] == 0.02


def test_an_order_whose_answer_is_garbled_was_executed_and_has_no_id(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bob.load_markets()
    sandbox.control.fault("accepted_malformed", count=1)
    with pytest.raises(Exception):  # noqa: B017  # whatever ccxt makes of half an answer
        assert buy(bob)["id"] is not None
    assert [order["status"] for order in sandbox.control.orders("bob")] == ["FILLED"]


def test_a_rejected_order_was_not_executed(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    sandbox.control.fault("reject", match="/fapi/", count=1)
    with pytest.raises(ccxt.ExchangeError, match="-2019"):
        buy(bob)
    assert sandbox.control.orders() == []


def test_a_rate_limit_says_when_to_come_back(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    sandbox.control.fault("rate_limit", retry_after_s=7, count=1)
    with pytest.raises(ccxt.DDoSProtection, match="-1003"):
        bob.fetch_time()
    assert bob.last_response_headers["Retry-After"] == "7"


def test_a_fault_can_be_aimed_and_taken_back(sandbox: Sandbox) -> None:
    bob, carol = client(sandbox, "bob", "bob"), client(sandbox, "carol", "carol")
    sandbox.control.fault("http_500", match="/fapi/v3/account", method="GET", key="bob")
    sandbox.control.fault("http_500", match="/depth", name="carol")
    with pytest.raises(ccxt.OperationFailed):
        balance(bob)
    with pytest.raises(ccxt.OperationFailed):
        carol.fetch_order_book(SPOT)
    assert balance(carol)
    assert bob.fetch_order_book(SPOT)
    sandbox.control.clear_faults()
    assert balance(bob)
    assert carol.fetch_order_book(SPOT)


def test_a_fault_that_has_run_out_of_time_does_not_strike(sandbox: Sandbox) -> None:
    sandbox.control.fault("http_500", seconds=0)
    assert client(sandbox).fetch_time()


@pytest.mark.parametrize("wrong", [{"kind": "nonsense"}, {"kind": "http_500", "colour": "red"}])
def test_an_unknown_fault_is_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(ControlError):
        sandbox.control.fault(**wrong)
