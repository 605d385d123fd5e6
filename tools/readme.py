"""Writes the generated parts of README.md: the table of rules and the breaker's diagram.

`python tools/readme.py` brings them up to date; `--check` only says whether they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from riskplugin.core.breaker import TRANSITIONS, BreakerSignal
from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy, Threshold
from riskplugin.core.rules import RULES
from riskplugin.core.wording import percent

README = Path(__file__).resolve().parent.parent / "README.md"

_SIGNALS = {
    BreakerSignal.TRIP: "a limit trips",
    BreakerSignal.COOLED: "cooldown over",
    BreakerSignal.PASS: "test passed",
    BreakerSignal.FAIL: "test failed: longer cooldown",
    BreakerSignal.LATCH: "a person, or policy",
    BreakerSignal.REARM: "a person re-arms",
}


def _levels(values: dict[RiskLevel, float], show: Callable[[float], str]) -> str:
    return " / ".join(show(values[level]) for level in RiskLevel)


def _trip(threshold: Threshold) -> str:
    if threshold.trip is None:
        return "off"
    return f"{percent(threshold.trip)}, warns at {percent(threshold.warn or 0.0)}"


def _rules(policy: Policy) -> dict[str, tuple[str, str]]:
    """What each rule refuses or caps, and its default."""
    breaker, half_open, emergency = policy.breaker, policy.breaker.half_open, policy.emergency
    sizing, leverage = policy.sizing, policy.leverage
    return {
        "input": ("refuses anything that is not a usable number", "always on"),
        "stale": ("refuses on stale prices or while an order's fate is unknown", "2 minutes"),
        "trust": ("refuses while wallet and records disagree", percent(policy.trust.tolerance)),
        "system": ("refuses on repeated errors or an unwritable ledger", "5 errors in a row"),
        "breaker": (
            "refuses while open or latched; few, small probes while half-open",
            f"{half_open.max_positions} probe at {percent(half_open.size_factor)} size",
        ),
        "drawdown": (
            "refuses at this fall from the peak, unrealised included",
            _trip(breaker.drawdown),
        ),
        "daily_loss": (
            "refuses at this loss of the day, unrealised included",
            _trip(breaker.daily_loss),
        ),
        "weekly_loss": ("the same for the week", _trip(breaker.weekly_loss)),
        "emergency": (
            "in emergency mode: fewer, smaller positions, less leverage",
            (
                f"{emergency.max_positions} positions, {percent(emergency.max_position)} of "
                f"equity, {emergency.max_leverage:g}x"
            ),
        ),
        "leverage": (
            "caps leverage by risk level (MINIMAL … CRITICAL)",
            _levels(dict(leverage.max), lambda x: f"{x:g}x"),
        ),
        "liquidation": (
            "lowers leverage until the stop lies before liquidation",
            f"{percent(leverage.liquidation_buffer)} buffer",
        ),
        "exposure": (
            "caps the notional of positions and working orders",
            (
                f"{percent(breaker.exposure.warn or 0)} of equity (trips at "
                f"{percent(breaker.exposure.trip or 0)})"
            ),
        ),
        "size": (
            "caps the whole position: equity x base(level) x volatility x balance",
            "base " + _levels(dict(sizing.base), percent),
        ),
        "positions": ("caps the number of pairs held", "the bot's max_open_trades at start"),
        "loss_at_stop": ("caps the loss if the stop is hit, fees included", "off"),
        "minimum": (
            "refuses what is left below the minimum, never raises to it",
            f"{sizing.min_position:g} or the exchange's",
        ),
    }


def rules_table() -> str:
    """The rules in the order they are written in the registry, as Markdown."""
    known = _rules(Policy())
    names = [rule.name for rule in RULES] + ["minimum"]
    rows = [f"| `{name}` | {known[name][0]} | {known[name][1]} |" for name in names]
    return "\n".join(["| rule | what it does to an entry | default |", "|---|---|---|", *rows])


def breaker_diagram() -> str:
    """The table of the breaker as a Mermaid diagram."""
    arrows = [
        f"    {before.name} --> {after.name}: {_SIGNALS[signal]}"
        for (before, signal), after in TRANSITIONS.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> CLOSED", *arrows, "```"])


PARTS = {"rules": rules_table, "breaker": breaker_diagram}


def render(text: str) -> str:
    """``text`` with every generated part written anew."""
    for name, part in PARTS.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"README.md has no part {name}")
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{part()}\n{end}{after}"
    return text


def main() -> None:
    """Write, or check, README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    old = README.read_text(encoding="utf-8")
    new = render(old)
    if parser.parse_args().check:
        raise SystemExit(0 if old == new else "README.md is not current: python tools/readme.py")
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
