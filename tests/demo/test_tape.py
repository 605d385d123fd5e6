"""Figures of an account over time: drawdown, exposure, and what a bot may have known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.cli.demo.tape import Sample, Tape, sample_of_account
from tests.demo.play import BEGIN


def tape(*equities: float, exposure: float = 0.0) -> Tape:
    return Tape(
        [
            Sample(
                at=BEGIN + timedelta(seconds=number),
                equity=equity,
                exposure=exposure,
                prices={"BTCUSDT": 100.0 + number},
            )
            for number, equity in enumerate(equities)
        ]
    )


@pytest.mark.spec("CB-3")
@pytest.mark.parametrize(
    ("equities", "drawdown"),
    [((), 0.0), ((100, 110, 120), 0.0), ((100, 80, 120, 90), 0.25), ((100, 0, 50), 1.0)],
)
def test_drawdown_is_the_deepest_fall_from_the_peak_before(
    equities: tuple[float, ...], drawdown: float
) -> None:
    assert tape(*equities).max_drawdown == pytest.approx(drawdown)


def test_positions_on_no_equity_are_infinite_exposure() -> None:
    assert tape(0.0, exposure=5.0).max_exposure == float("inf")
    assert tape(0.0).max_exposure == 0.0


def test_a_bot_may_have_known_what_a_loop_before_was_true() -> None:
    seen = tape(100, 90, 80, 70, 60, 50)
    assert seen.equity(BEGIN + timedelta(seconds=5)) == 80
    assert seen.price("BTCUSDT", BEGIN + timedelta(seconds=5)) == 102
    assert seen.equity(BEGIN + timedelta(minutes=5)) == 50
    assert seen.price("ETHUSDT", BEGIN) == 0.0
    assert Tape().equity(BEGIN) == 0.0


def test_an_account_is_marked_by_the_exchange() -> None:
    account = {
        "futures": {
            "equity": "990.5",
            "positions": {"BTCUSDT": {"notional": "-200", "leverage": 5}},
        }
    }
    state = {"prices": {"BTCUSDT": {"last": "65000"}}}
    sample = sample_of_account(account, state, BEGIN)
    assert (sample.equity, sample.exposure, sample.leverage, sample.positions) == (990.5, 200, 5, 1)
    assert sample.prices == {"BTCUSDT": 65000.0}
