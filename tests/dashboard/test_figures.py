"""What the page reckons itself: what positions put at risk, exposure, breaker periods, health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.levels import OnTrip
from riskplugin.core.units import Quote
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.holdings import exposure, holdings
from riskplugin.ledger.periods import _periods
from tests.dashboard.bots import BTC
from tests.dashboard.conftest import API, House

pytestmark = pytest.mark.spec("DB-1")

T = datetime(2026, 3, 1, tzinfo=UTC)


def status(*positions: dict[str, Any], equity: float = 10_000.0, **more: Any) -> Status:
    """A status with these positions."""
    told: dict[str, Any] = dict.fromkeys(Status.model_fields)
    told |= {"bot": "b", "at": T, "age_s": 0.0, "silent": False, "limits_version": "", "level": ""}
    told |= {"breaker": {"state": "closed", "open_until": None, "reasons": [], "latched_by": None}}
    half = {"since": None, "equity": None, "wins": 0, "losses": 0}
    told["breaker"] |= {"trips": 0, "half_open": half}
    told |= {"emergency": {"active": False, "by": None, "since": None}, "score": {}}
    told |= {"closing": {"active": False, "by": None, "orders": 0, "closed": []}}
    told |= {"trusted": True, "working_entries": 0, "warnings": [], "losing_streak": 0}
    told |= {"consecutive_errors": 0, "positions": list(positions), "equity": equity, **more}
    return Status.model_validate(told)


def position(side: str = "long", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"trade_id": 1, "pair": BTC, "side": side, "amount": 2.0}
    made |= {"notional": 200.0, "stake": 40.0, "leverage": 5.0, "unrealised": 1.0}
    return made | {"stop_price": None, "liquidation_price": None} | more


def test_a_stop_says_what_may_be_lost_and_liquidation_how_far_it_is() -> None:
    (held,) = holdings(status(position(stop_price=95.0, liquidation_price=80.0)))
    assert (held.price, held.stop_pct, held.liquidation_pct) == (100.0, 5.0, 20.0)
    assert (held.risk, held.risk_pct) == (10.0, 0.1)
    (short,) = holdings(status(position("short", stop_price=105.0, liquidation_price=130.0)))
    assert (short.stop_pct, short.liquidation_pct, short.risk) == (5.0, 30.0, 10.0)


def test_without_a_stop_the_risk_is_unknown_and_comes_first() -> None:
    held = holdings(status(position(stop_price=50.0), position(pair="Z/USDT")))
    assert [h.risk for h in held] == [None, 100.0]
    (above,) = holdings(status(position(stop_price=101.0)))
    assert above.risk == 0.0, "a stop in profit loses nothing"


@given(
    amount=st.floats(allow_nan=False) | st.none(),
    notional=st.floats(allow_nan=False) | st.none(),
    stop=st.floats(allow_nan=False) | st.none(),
    equity=st.floats(allow_nan=False),
)
def test_whatever_a_status_holds_there_is_an_answer(
    amount: float, notional: float, stop: float, equity: float
) -> None:
    odd = position(amount=amount, notional=notional, stop_price=stop)
    (held,) = holdings(status(odd, equity=equity))
    assert held.risk is None or held.risk >= 0
    exposure(status(odd, equity=equity, working=[{"pair": 1}, "x", {"notional": "y"}]))


def test_exposure_adds_up_by_pair_and_side_with_what_is_being_bought() -> None:
    working = [{"pair": BTC, "side": "long", "notional": 50.0}]
    found = exposure(status(position(), position(), position("short"), working=working))
    assert [(e.side, e.notional, e.working, e.share_pct) for e in found] == [
        ("long", 400.0, 50.0, 4.5),
        ("short", 200.0, 0.0, 2.0),
    ]


def test_breaker_periods_follow_one_another_and_the_last_may_last() -> None:
    def at(hours: int) -> datetime:
        return T + timedelta(hours=hours)

    tripped = ev.BreakerTripped(
        at=at(1),
        signal=BreakerSignal.TRIP,
        triggers=(),
        cooldown=timedelta(hours=1),
        until=at(2),
        on_trip=OnTrip.HALT,
        equity=Quote(1.0),
        stopped="",
        not_stopped="",
    )
    half = ev.BreakerHalfOpened(at=at(2), signal=BreakerSignal.COOLED, equity=Quote(1.0))
    closed = ev.BreakerReclosed(at=at(3), equity=Quote(1.0), old_peak=Quote(1.0))
    latched = ev.BreakerLatched(at=at(5), by="sam", reason="drill")
    again = ev.BreakerLatched(at=at(6), by="rita", reason="too")
    found = list(_periods([tripped, half, closed, latched, again]))
    assert [(p.state, p.begin, p.end) for p in found] == [
        ("open", at(1), at(2)),
        ("half_open", at(2), at(3)),
        ("latched", at(5), None),
    ]
    assert "sam" in found[-1].text


def test_the_breakers_periods_are_answered_with_why(house: House) -> None:
    house.bot.loss = 320.0
    house.bot.loop()
    (period,) = house.client().get(f"{API}/breaker").json()
    assert (period["state"], period["end"]) == ("open", None)
    assert "3.2 %" in period["text"]
    late = {"until": "2020-01-01T00:00:00Z"}
    assert house.client().get(f"{API}/breaker", params=late).json() == []


def test_health_tells_of_bot_records_and_watchdog(house: House) -> None:
    told = house.client().get(f"{API}/health").json()
    assert (told["silent"], told["ledger"], told["watchdog"]) == (False, "ok", None)
    assert told["run_mode"] == "dry_run"
    assert told["chain"]["records"] > 0
    assert told["prices_s"] == pytest.approx(0, abs=5)


@pytest.mark.spec("AL-3")
def test_the_watchdogs_alerts_stand_with_the_bots_and_are_acknowledged_at_the_watchdog(
    house: House,
) -> None:
    from riskplugin.ledger import open_ledger

    dog = open_ledger(house.bot.url, bot="alpha.watchdog", base_dir=house.bot.user_data)
    dog.load()
    alert = {"id": 7, "name": "prices_old", "severity": "warning", "text": "prices are old"}
    finding = {"name": "prices_old", "severity": "warning", "text": "prices are old"}
    said = {"at": datetime.now(UTC).isoformat(), "interval_s": 5.0, "action": "none"}
    dog.say({**said, "alerts": [alert], "findings": [finding]}, datetime.now(UTC))
    client = house.client()
    told = client.get(f"{API}/health").json()["watchdog"]
    assert (told["silent"], told["findings"]) == (False, [finding])
    (seen,) = client.get(f"{API}/alerts").json()
    assert (seen["id"], seen["of"]) == (7, "alpha.watchdog")
    object.__setattr__(house.office, "patience", 0.0)
    yes = {"reason": "drill", "confirm": True}
    answer = client.post(f"{API}/watchdog/alerts/7/acknowledge", json=yes)
    assert answer.status_code == 202, answer.text
    (left,) = dog.controls()
    assert (left.command, left.by, left.args) == ("ack", "sam", '{"alert":7}')
    dog.close()
