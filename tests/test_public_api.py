"""The public names: there, typed, and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest

import riskplugin
from riskplugin import (
    AccountSnapshot,
    RiskLevel,
    RiskLimits,
    calculate_position_size,
    calculate_risk_score,
    check_circuit_breaker_conditions,
)
from riskplugin.core.levels import Side
from riskplugin.core.snapshot import Position
from riskplugin.core.units import Quote

NAN = float("nan")


def account(equity: float, peak: float, *, notional: float = 0.0) -> AccountSnapshot:
    position = Position(
        pair="BTC/USDT",
        side=Side.LONG,
        amount=notional / 100,
        entry_price=100,
        mark_price=100,
        stake=Quote(notional),
    )
    return AccountSnapshot(
        equity=Quote(equity),
        peak_equity=Quote(peak),
        day_start_equity=Quote(equity),
        positions=(position,) if notional else (),
    )


@pytest.mark.parametrize("name", [n for n in riskplugin.__all__ if n != "RiskMixin"])
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(riskplugin, name) is not None
    assert name in dir(riskplugin)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="RiskManager"):
        _ = riskplugin.RiskManager


def test_importing_the_package_imports_neither_freqtrade_nor_pydantic() -> None:
    code = (
        "import sys, riskplugin; "
        "print(sorted({'freqtrade', 'pydantic', 'numpy', 'sqlalchemy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_package_is_marked_as_typed() -> None:
    assert (files("riskplugin") / "py.typed").is_file()


@pytest.mark.spec("SZ-1", "SZ-2", "SZ-3", "SZ-4")
@pytest.mark.parametrize(
    ("equity", "level", "volatility_pct", "size"),
    [
        (10_000, RiskLevel.MINIMAL, 0, 200.0),
        (10_000, RiskLevel.LOW, 7.5, 75.0),
        (10_000, RiskLevel.MEDIUM, 15, 25.0),
        (10_000, RiskLevel.HIGH, 15.1, 7.5),
        (10_000, RiskLevel.CRITICAL, 0, 25.0),
        (500, RiskLevel.MINIMAL, 0, 5.0),
        (0, RiskLevel.MINIMAL, 0, 0.0),
    ],
)
def test_the_size_of_a_position(
    equity: float, level: RiskLevel, volatility_pct: float, size: float
) -> None:
    found = calculate_position_size(equity, level=level, volatility_pct=volatility_pct)
    assert found == pytest.approx(size)


@pytest.mark.spec("EM-1")
def test_an_emergency_caps_the_size() -> None:
    size = calculate_position_size(
        10_000, level=RiskLevel.MINIMAL, volatility_pct=0, emergency=True
    )
    assert size == pytest.approx(50)


def test_limits_are_in_percent() -> None:
    limits = RiskLimits(base_position_pct_minimal=5, volatility_curve="stepped")
    size = calculate_position_size(
        10_000, level=RiskLevel.MINIMAL, volatility_pct=12, limits=limits
    )
    assert size == pytest.approx(375)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("value", [NAN, float("inf"), -1.0, True, "1"])
def test_figures_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="equity"):
        calculate_position_size(value, level=RiskLevel.LOW, volatility_pct=1)
    with pytest.raises(ValueError, match="volatility_pct"):
        calculate_position_size(100, level=RiskLevel.LOW, volatility_pct=value)


@pytest.mark.spec("MO-2")
def test_the_score_of_an_account() -> None:
    flat = calculate_risk_score(account(1000, 1000))
    assert (flat.total, flat.level) == (0, RiskLevel.MINIMAL)
    exposed = calculate_risk_score(account(1000, 1000, notional=250))
    assert exposed.exposure == pytest.approx(50)
    tighter = RiskLimits(max_total_exposure_pct=25)
    assert calculate_risk_score(account(1000, 1000, notional=250), tighter).exposure > 50


@pytest.mark.spec("CB-2")
def test_the_limits_that_trip() -> None:
    assert check_circuit_breaker_conditions(account(1000, 1000)) == []
    (trigger,) = check_circuit_breaker_conditions(account(840, 1000))
    assert (trigger.name, trigger.measured, trigger.limit) == ("drawdown", 0.16, 0.15)
    loose = RiskLimits(emergency_drawdown_pct=20)
    assert check_circuit_breaker_conditions(account(840, 1000), loose) == []
