"""What riskplugin check makes of a strategy's answers and errors."""

from __future__ import annotations

import math
from typing import Any

import pytest

from riskplugin.cli.findings import Finding, Setup, findings
from riskplugin.cli.findings.observed import Call, Denied, Observed
from riskplugin.cli.findings.setup import Strategy
from riskplugin.config import parse

pytestmark = pytest.mark.spec("CF-6")

CONFIG: dict[str, Any] = {
    "strategy": "Mine",
    "trading_mode": "futures",
    "exchange": {"pair_whitelist": ["A/USDT:USDT"] * 50},
}
RISK: dict[str, Any] = {"watchdog": {"action": "rest"}}


def call(hook: str, answer: Any = None, **more: Any) -> Call:
    kind = type(answer).__name__
    return Call(hook, "a case", answer=answer, shown=repr(answer), kind=kind, **more)


def judged(
    *calls: Call, guarded: bool = True, risk: dict[str, Any] | None = None, **config: Any
) -> dict[str, Finding]:
    return seen(Observed(ran=True, calls=calls), guarded=guarded, risk=risk, **config)


def seen(
    observed: Observed, *, guarded: bool = True, risk: dict[str, Any] | None = None, **config: Any
) -> dict[str, Finding]:
    setup = Setup(
        CONFIG | {"risk": RISK} | config,
        parse(RISK | (risk or {})),
        strategy=Strategy("Mine", guarded=guarded),
        seen=observed,
    )
    return {each.id: each for each in findings(setup)}


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("leverage", math.nan),
        ("leverage", None),
        ("leverage", "3"),
        ("leverage", 0),
        ("leverage", True),
        ("custom_stake_amount", math.inf),
        ("custom_stake_amount", None),
        ("custom_stake_amount", -1.0),
        ("custom_entry_price", None),
        ("custom_stoploss", math.nan),
        ("custom_stoploss", "-0.1"),
        ("adjust_trade_position", math.nan),
        ("confirm_trade_entry", "False"),
        ("confirm_trade_entry", math.nan),
        ("custom_exit", math.nan),
    ],
)
def test_an_answer_that_cannot_be_used_is_found(hook: str, answer: Any) -> None:
    finding = judged(call(hook, answer))["answer-unusable"]
    assert finding.where == hook
    assert finding.does


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("leverage", 3),
        ("custom_stake_amount", 0),
        ("custom_stake_amount", 12.5),
        ("custom_stoploss", None),
        ("custom_stoploss", -0.05),
        ("adjust_trade_position", None),
        ("adjust_trade_position", -20.0),
        ("confirm_trade_entry", False),
        ("confirm_trade_exit", None),
        ("custom_exit", "tired"),
        ("custom_exit", False),
        ("populate_indicators", None),
    ],
)
def test_an_answer_that_can_be_used_is_not(hook: str, answer: Any) -> None:
    assert "answer-unusable" not in judged(call(hook, answer))


@pytest.mark.parametrize(
    "reason", ["stop_loss", "trailing_stop_loss", "emergency_exit", "force_exit"]
)
def test_a_no_to_a_protective_exit_is_critical_without_the_guard(reason: str) -> None:
    said = call("confirm_trade_exit", False, given={"exit_reason": reason})
    assert judged(said, guarded=False)["exit-veto"].severity == "critical"
    assert judged(said)["exit-veto"].severity == "info"
    assert reason in judged(said)["exit-veto"].reason


@pytest.mark.parametrize("reason", ["roi", "exit_signal"])
def test_a_no_to_the_strategys_own_exits_is_its_own_business(reason: str) -> None:
    said = call("confirm_trade_exit", False, given={"exit_reason": reason})
    assert "exit-veto" not in judged(said, guarded=False)


@pytest.mark.parametrize("hook", ["custom_stake_amount", "adjust_trade_position"])
def test_more_than_the_wallet_is_found(hook: str) -> None:
    given = {"max_stake": 1000.0}
    assert "stake-beyond" not in judged(call(hook, 1000.0, given=given))
    assert judged(call(hook, 1002.0, given=given))["stake-beyond"].where == hook


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (-0.05, set()),
        (0.02, {"stoploss-positive"}),
        (-0.5, set()),  # 5 % of price at 10x
        (-0.9, {"stoploss-beyond"}),  # 9 % of price at 10x
        (-0.97, {"stoploss-beyond"}),
        (-1, set()),  # "leave it where it is"
        (1, set()),
    ],
)
def test_a_stop_is_held_against_liquidation(answer: float, told: set[str]) -> None:
    said = call("custom_stoploss", answer, given={"room": 0.089, "leverage": 10.0})
    found = judged(said)
    assert told == {name for name in found if name.startswith("stoploss-")}
    if "stoploss-beyond" in told:
        assert found["stoploss-beyond"].severity == "warning"
        assert judged(said, guarded=False)["stoploss-beyond"].severity == "critical"
        observing = {"modes": {"stop": "observe"}}
        assert judged(said, risk=observing)["stoploss-beyond"].severity == "critical"


def test_the_leverage_that_was_asked_counts() -> None:
    assert "liquidation-first" not in judged(call("leverage", 14))
    assert "15x" in judged(call("leverage", 3), call("leverage", 15.0))["liquidation-first"].reason


@pytest.mark.parametrize(
    ("adds", "severity"), [(0, "warning"), (3, "info"), (9, "info"), (10, "warning")]
)
def test_a_ladder_is_judged_by_what_it_did(adds: int, severity: str) -> None:
    rounds = [
        call("adjust_trade_position", 10.0 if number <= adds else None, given={"round": number})
        for number in range(1, 11)
    ]
    finding = judged(*rounds, position_adjustment_enable=True)["dca-unlimited"]
    assert finding.severity == severity
    bound = judged(*rounds, position_adjustment_enable=True, max_entry_position_adjustment=0)
    assert "dca-unlimited" not in bound


@pytest.mark.parametrize(
    ("hook", "guarded", "few", "severity"),
    [
        ("custom_exit", True, False, "warning"),
        ("populate_indicators", True, True, "info"),
        ("bot_start", True, False, "critical"),
        ("informative_pairs", False, False, "critical"),
        ("informative_pairs", True, False, "warning"),
        ("adjust_entry_price", True, False, "warning"),
    ],
)
def test_an_error_is_as_bad_as_what_follows(
    hook: str, guarded: bool, few: bool, severity: str
) -> None:
    failed = call(
        hook, error="KeyError: 'rsi'", place="mine.py, line 7", given={"few_candles": few}
    )
    finding = judged(failed, guarded=guarded)["callback-raises"]
    assert (finding.where, finding.severity) == (hook, severity)
    assert "KeyError: 'rsi'" in finding.reason
    assert "mine.py, line 7" in finding.reason


def test_errors_of_one_callback_are_one_finding_with_each_kind_once() -> None:
    errors = ["KeyError: 'rsi'", "KeyError: 'ema'", "IndexError: out of bounds"]
    reason = judged(*(call("custom_exit", error=each) for each in errors))["callback-raises"].reason
    assert "KeyError: 'rsi'" in reason
    assert "ema" not in reason
    assert "IndexError" in reason


def test_a_callback_that_takes_too_little_is_told_apart() -> None:
    failed = call("leverage", error="TypeError: unexpected entry_tag", given={"signature": True})
    found = judged(failed)
    assert found["callback-signature"].where == "leverage"
    assert "callback-raises" not in found


def test_an_exit_of_the_program_is_critical() -> None:
    quits = call("custom_exit", error="SystemExit: 1", ends_process=True)
    assert judged(quits)["strategy-ends-process"].severity == "critical"
    assert "callback-raises" not in judged(quits)


@pytest.mark.parametrize(("seconds", "slow"), [(2.9, False), (3.1, True)])
def test_slow_indicators_are_reckoned_for_all_pairs(seconds: float, slow: bool) -> None:
    said = call("populate_indicators", seconds=seconds, given={"candle_minutes": 5})
    assert ("strategy-slow" in judged(said)) is slow


@pytest.mark.parametrize(("printed", "told"), [(200_000, False), (200_001, True)])
def test_noise_is_found(printed: int, told: bool) -> None:
    assert ("strategy-prints" in seen(Observed(printed=printed))) is told


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("network", "strategy-network"),
        ("file", "strategy-writes"),
        ("process", "strategy-processes"),
    ],
)
def test_what_it_reached_out_for_is_named_once(what: str, told: str) -> None:
    tried = tuple(Denied(what, detail, "bot_loop_start") for detail in ("x:1", "x:1", "y:2"))
    finding = seen(Observed(denied=tried))[told]
    assert finding.where == "bot_loop_start"
    assert finding.reason.endswith("Here: x:1, y:2.")
