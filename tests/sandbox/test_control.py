"""The control endpoints: steering, reading the books back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from riskplugin.sandbox import ControlError, Sandbox, SandboxSettings
from tests.sandbox.conftest import client

SWAP = "BTC/USDT:USDT"


def last(sandbox: Sandbox, symbol: str = "BTCUSDT") -> float:
    return float(sandbox.control.state()["prices"][symbol]["last"])


def test_state_tells_scenario_phase_and_prices(sandbox: Sandbox) -> None:
    state = sandbox.control.scenario("flash-crash", speed=5, after_seconds=3600)
    assert (state["scenario"], state["speed"], state["phase"]) == ("flash-crash", 5.0, "calm")
    assert state["elapsed_s"] < 0
    assert sandbox.control.scenario("flash-crash")["phase"] == "fall"
    assert len(state["prices"]) == 9


def test_a_price_is_moved_at_once_and_stays_while_held(sandbox: Sandbox) -> None:
    before = last(sandbox)
    sandbox.control.price("BTC/USDT", 0.8)
    assert last(sandbox) == pytest.approx(0.8 * before, rel=1e-4)
    sandbox.control.price(None, 1.25)
    assert last(sandbox) == pytest.approx(before, rel=1e-4)
    assert sandbox.control.state()["held"]
    assert not sandbox.control.resume()["held"]


def test_jumps_of_the_same_moment_add_up(sandbox: Sandbox) -> None:
    before = last(sandbox, "ETHUSDT")
    for _ in range(20):
        sandbox.control.price("ETH/USDT", 0.99)
    assert last(sandbox, "ETHUSDT") == pytest.approx(before * 0.99**20, rel=1e-4)


def test_the_order_log_proves_what_was_held_after_each_fill(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    bob.set_leverage(7, SWAP)
    for side, amount in (("buy", 0.02), ("buy", 0.01), ("sell", 0.03)):
        bob.create_order(SWAP, "market", side, amount)
    orders = sandbox.control.orders("bob")
    after = [fill["position_after"] for order in orders for fill in order["fills"]]
    assert after == ["0.02", "0.03", "0"]
    assert {order["leverage"] for order in orders} == {7}
    assert sandbox.control.orders("carol") == []
    assert sandbox.control.orders(after=orders[1]["id"]) == orders[2:]


def test_a_refused_order_is_in_the_log_with_its_reason(sandbox: Sandbox) -> None:
    bob = client(sandbox)
    with pytest.raises(Exception, match="-2022"):
        bob.create_order(SWAP, "market", "sell", 0.02, None, {"reduceOnly": True})
    [order] = sandbox.control.orders()
    assert order["status"] == "REJECTED"
    assert "-2022" in order["reason"]


def test_deposits_and_withdrawals_move_one_wallet(sandbox: Sandbox) -> None:
    sandbox.control.deposit("bob", 500)
    sandbox.control.deposit("bob", "-1500.5", market="spot")
    bob = sandbox.control.accounts()["bob"]
    assert bob["futures"]["wallet"] == "10500"
    assert bob["spot"]["balances"]["USDT"]["free"] == "8499.5"
    assert Decimal(bob["deposited"]) == Decimal("18999.5")
    with pytest.raises(ControlError, match="-2010"):
        sandbox.control.deposit("bob", -100_000, market="spot")


def test_equity_is_marked_at_present_prices(sandbox: Sandbox) -> None:
    client(sandbox).create_order(SWAP, "market", "buy", 0.02)
    sandbox.control.price("BTC/USDT", 1.1)
    futures = sandbox.control.accounts()["bob"]["futures"]
    position = futures["positions"]["BTCUSDT"]
    gain = Decimal("0.02") * (Decimal(position["mark"]) - Decimal(position["entry"]))
    assert Decimal(futures["equity"]) == Decimal(futures["wallet"]) + gain


def test_the_fill_policy_can_be_changed_in_parts(sandbox: Sandbox) -> None:
    assert sandbox.control.fill_policy(limit="never")["limit"] == "never"
    policy = sandbox.control.fill_policy(fraction_per_second=0.2)
    assert policy == {"limit": "never", "market": "full", "fraction_per_second": "0.2"}
    order = client(sandbox).create_order(SWAP, "market", "buy", 0.02)
    assert (order["status"], order["filled"]) == ("open", 0.004)
    assert sandbox.control.fill_policy(fraction_per_second=None)["fraction_per_second"] is None


@pytest.mark.parametrize("wrong", [{"limit": "maybe"}, {"fraction_per_second": 2}, {"x": 1}])
def test_a_wrong_fill_policy_is_refused(sandbox: Sandbox, wrong: dict[str, object]) -> None:
    with pytest.raises(ControlError):
        sandbox.control.fill_policy(**wrong)


def test_wrong_control_requests_say_what_is_wrong(sandbox: Sandbox) -> None:
    with pytest.raises(ControlError, match="there are calm"):
        sandbox.control.scenario("nonsense")
    with pytest.raises(ControlError, match="speed"):
        sandbox.control.scenario("calm", speed=0)
    with pytest.raises(ControlError, match="no pair"):
        sandbox.control.price("NOPE/USDT", 2)
    with pytest.raises(ControlError, match="price factor"):
        sandbox.control.price("BTC/USDT", -1)
    with pytest.raises(ControlError, match="amount"):
        sandbox.control.deposit("bob", "much")


@pytest.mark.parametrize("wrong", [{"speed": 0.0}, {"scenario": "nonsense"}])
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SandboxSettings(**wrong)  # type: ignore[arg-type]


def test_two_sandboxes_run_side_by_side(sandbox: Sandbox) -> None:
    with Sandbox() as other:
        assert other.port != sandbox.port
        client(other).create_order(SWAP, "market", "buy", 0.02)
        assert sandbox.control.orders() == []
        assert len(other.control.orders()) == 1


def test_it_listens_on_loopback_only(sandbox: Sandbox) -> None:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    port, listen = f"{sandbox.port:04X}", "0A"
    bound = [row[1] for row in rows if row[1].endswith(f":{port}") and row[3] == listen]
    assert bound == [f"0100007F:{port}"]
