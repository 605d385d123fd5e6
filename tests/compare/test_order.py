"""What is said and asked before many backtests run, and what is never left unguarded."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode
from rich.console import Console

from riskplugin.adapter import registry
from riskplugin.cli.compare.making import Declined, Order, _agree
from riskplugin.reports.compare.run import Cost
from tests.compare.samples import run

pytestmark = pytest.mark.spec("DB-4")


def order(*, agrees: bool, at_once: int = 2) -> tuple[Order, list[str]]:
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        return agrees

    return Order((), Path(), {}, {}, calibrate=False, at_once=at_once, agrees=answer), asked


def said(count: int, made: Order) -> str:
    runs = [replace(run(), cost=Cost(30.0, 400.0)), replace(run("with"), cost=Cost(60.0, 500.0))]
    console = Console(file=io.StringIO(), width=80)
    _agree(made, count, runs, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return " ".join(text.split())


def test_the_number_of_runs_and_an_estimate_are_said_before_they_start() -> None:
    made, asked = order(agrees=False)
    assert said(5, made) == "5 more backtests, 2 at a time: about 3 min, 1000 MB"
    assert asked == []
    assert said(0, made) == ""


def test_above_a_dozen_a_person_is_asked_and_may_decline() -> None:
    made, asked = order(agrees=True)
    said(12, made)
    assert asked == []
    said(13, made)
    assert asked == ["Run all 13?"]
    with pytest.raises(Declined):
        said(13, order(agrees=False)[0])


@dataclass
class Strategy:
    """As much of one as the registry asks for."""

    mode: RunMode
    wallets: Any = None
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config["runmode"] = self.mode


@pytest.mark.parametrize("mode", [RunMode.DRY_RUN, RunMode.LIVE])
def test_a_bot_is_guarded_whatever_becomes_of_backtests(
    monkeypatch: pytest.MonkeyPatch, mode: RunMode
) -> None:
    class Began(Exception):
        """A session was to be made."""

    def session(*_: Any) -> None:
        raise Began

    monkeypatch.setattr(registry, "_OTHERS", set(registry._OTHERS))
    monkeypatch.setattr(registry, "RiskSession", session)
    wallets: Any = object()
    for tested in (RunMode.BACKTEST, RunMode.HYPEROPT):
        with pytest.raises(Began):
            registry.start_session(Strategy(tested), wallets)
    registry.leave_backtests()
    for tested in (RunMode.BACKTEST, RunMode.HYPEROPT):
        assert registry.start_session(Strategy(tested), wallets) is None
    with pytest.raises(Began):
        registry.start_session(Strategy(mode), wallets)
