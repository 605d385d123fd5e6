"""Is the strategy guarded, and are its limits such that they hold?"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from riskplugin.cli.findings.setup import Finding, Setup, critical, info, warning

#: Maintenance margin that most brackets of the large exchanges begin with, as a share of notional.
USUAL_MAINTENANCE = 0.005
WIDE_STOPLOSS = -0.5


def section(setup: Setup) -> Iterator[Finding]:
    """The section "risk" itself: missing, or loosened."""
    if "risk" not in setup.config:
        yield info(
            "risk", "there is no section: the defaults hold", "write it with riskplugin init"
        )
    if setup.risk is None:
        return
    for name in setup.risk.policy.modes:
        if setup.observes(name):
            yield warning(
                f"risk.modes.{name}", "it records and does not act", "take it out when you trust it"
            )
    for name in ("drawdown", "daily_loss", "exposure"):
        if getattr(setup.risk.policy.breaker, name).trip is None:
            reason = f"no {name.replace('_', ' ')} trips the breaker"
            yield warning(f"risk.breaker.{name}", reason, "give it a trip value")


def guarded(setup: Setup) -> Iterator[Finding]:
    """Without the mixin nothing is enforced."""
    if setup.strategy is None and setup.config.get("strategy"):
        return  # it could not be loaded, which is a finding of its own
    if setup.strategy is None:
        yield info(
            "strategy", "none named: its settings were not checked", "riskplugin check --strategy X"
        )
    elif not any(base.__name__ == "RiskMixin" for base in type(setup.strategy).__mro__):
        name = type(setup.strategy).__name__
        yield critical(
            "strategy", f"{name} is not guarded: no limit is enforced", f"riskplugin guard {name}"
        )


def stop_distance(setup: Setup) -> Iterator[Finding]:
    """A strategy that lives with wide stops meets the plugin's stop, or none."""
    stoploss = setup.config.get("stoploss")
    if setup.risk is None or not isinstance(stoploss, int | float) or stoploss > WIDE_STOPLOSS:
        return
    own = f"the strategy bears {-stoploss:.0%} of loss"
    if setup.observes("stop"):
        yield critical(
            "stoploss",
            f"{own}, and the plugin's stop only observes",
            "take stop out of risk.modes, or give the strategy a stop",
        )
    else:
        yield warning(
            "stoploss",
            f"{own}, riskplugin closes at {setup.risk.policy.stop:.1%} of price",
            'widen risk.stop.normal_pct, or write "modes": {"stop": "observe"} if it lives on that',
        )


def liquidation(setup: Setup) -> Iterator[Finding]:
    """A stop beyond the liquidation price is no stop."""
    if not setup.futures or setup.risk is None:
        return
    policy = setup.risk.policy
    most = int(1 / (policy.stop / (1 - policy.leverage.liquidation_buffer) + USUAL_MAINTENANCE))
    asked = max([*leverage_asked(setup.strategy), 0.0])
    beyond = asked > most
    reason = f"above about {most}x the liquidation comes before the stop of {policy.stop:.1%}"
    if beyond and setup.observes("liquidation"):
        yield critical(
            "leverage",
            f"{reason}, the strategy asks for {asked:g}x and the rule liquidation only observes",
            f"ask for at most {most}x, or take liquidation out of risk.modes",
        )
    elif beyond:
        mend = f"ask for at most {most}x, or tighten the stop"
        yield warning("leverage", f"{reason}; the {asked:g}x asked will be lowered", mend)
    elif max(policy.leverage.max.values()) > most:
        mend = "nothing to do; a tighter stop allows more"
        yield info("risk.leverage.max", f"{reason}; more is lowered to it", mend)


def leverage_asked(strategy: Any) -> list[float]:
    """The constants that the strategy's own ``leverage`` returns, where its source shows them."""
    asked: list[float] = []
    for owner in type(strategy).__mro__ if strategy is not None else ():
        method = owner.__dict__.get("leverage")
        if method is None or owner.__module__.startswith(("freqtrade.", "riskplugin.")):
            continue
        try:
            source = inspect.getsource(inspect.unwrap(method))
            tree = ast.parse(textwrap.dedent(source))
        except (OSError, TypeError, SyntaxError):
            continue
        returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
        constants = [node.value for node in returned if isinstance(node, ast.Constant)]
        asked += [float(value) for value in constants if type(value) in (int, float)]  # type: ignore[arg-type]
    return asked


def stakes(setup: Setup) -> Iterator[Finding]:
    """Unlimited stakes and positions."""
    if setup.config.get("stake_amount") == "unlimited":
        yield info("stake_amount", "unlimited: riskplugin's size decides alone", "nothing to do")
    unlimited = setup.config.get("max_open_trades") in (-1, float("inf"))
    if unlimited and setup.risk is not None and setup.risk.policy.max_positions is None:
        yield warning(
            "max_open_trades",
            "no limit of open positions but the exposure",
            "write a number here or in risk.positions.max",
        )


def cross_margin(setup: Setup) -> Iterator[Finding]:
    """Cross margin ties positions together."""
    if setup.futures and str(setup.config.get("margin_mode") or "") == "cross":
        yield warning(
            "margin_mode",
            "cross: one position can take the whole account with it",
            'write "isolated" unless you mean it',
        )


def position_adjustment(setup: Setup) -> Iterator[Finding]:
    """A ladder without end."""
    if setup.config.get("position_adjustment_enable"):
        most = setup.config.get("max_entry_position_adjustment", -1)
        if not isinstance(most, int | float) or most < 0:
            yield warning(
                "max_entry_position_adjustment",
                "positions may be increased without end; riskplugin keeps the whole in the size of "
                "one fresh entry",
                "write e.g. 2",
            )
