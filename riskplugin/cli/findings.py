"""What is unsafe in a freqtrade configuration and strategy, one small check per matter (CF-6).

A check reads a :class:`Setup` and yields findings; it imports no freqtrade and changes nothing.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from riskplugin.bootstrap import checkpoint_plan
from riskplugin.config import RiskConfig
from riskplugin.ledger.proof.signing import load_signing_key
from riskplugin.ports import LedgerError

#: Maintenance margin that most brackets of the large exchanges begin with, as a share of notional.
USUAL_MAINTENANCE = 0.005
WIDE_STOPLOSS = -0.5


class Severity(StrEnum):
    """CRITICAL can cost money that the limits promise to keep; INFO is good to know."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One unsafe setting: how bad, which key, why, how to mend it."""

    severity: Severity
    where: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration, the strategy's settings merged in as freqtrade does, and the strategy.

    ``risk`` is None when the section "risk" is invalid, ``strategy`` None when none was named.
    """

    config: Mapping[str, Any]
    risk: RiskConfig | None
    strategy: Any = None

    @property
    def live(self) -> bool:
        """True when orders would be real."""
        return not self.config.get("dry_run", True)

    @property
    def futures(self) -> bool:
        """True when positions can be liquidated."""
        return str(self.config.get("trading_mode") or "spot") == "futures"

    def group(self, name: str) -> Mapping[str, Any]:
        """A group of keys of the configuration, empty when it is not there."""
        value = self.config.get(name)
        return value if isinstance(value, Mapping) else {}

    def observes(self, name: str) -> bool:
        """True when the rule ``name`` only records."""
        return self.risk is not None and not self.risk.policy.enforced(name)


Check = Callable[[Setup], Iterator[Finding]]


def findings(setup: Setup) -> list[Finding]:
    """Everything unsafe in ``setup``, the worst first."""
    order = list(Severity)
    found = [finding for check in CHECKS for finding in check(setup)]
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _critical(where: str, reason: str, mend: str) -> Finding:
    return Finding(Severity.CRITICAL, where, reason, mend)


def _warning(where: str, reason: str, mend: str) -> Finding:
    return Finding(Severity.WARNING, where, reason, mend)


def _info(where: str, reason: str, mend: str) -> Finding:
    return Finding(Severity.INFO, where, reason, mend)


def section(setup: Setup) -> Iterator[Finding]:
    """The section "risk" itself: missing, or loosened."""
    if "risk" not in setup.config:
        yield _info(
            "risk", "there is no section: the defaults hold", "write it with riskplugin init"
        )
    if setup.risk is None:
        return
    for name in setup.risk.policy.modes:
        if setup.observes(name):
            yield _warning(
                f"risk.modes.{name}", "it records and does not act", "take it out when you trust it"
            )
    for name in ("drawdown", "daily_loss", "exposure"):
        if getattr(setup.risk.policy.breaker, name).trip is None:
            reason = f"no {name.replace('_', ' ')} trips the breaker"
            yield _warning(f"risk.breaker.{name}", reason, "give it a trip value")


def guarded(setup: Setup) -> Iterator[Finding]:
    """Without the mixin nothing is enforced."""
    if setup.strategy is None and setup.config.get("strategy"):
        return  # it could not be loaded, which is a finding of its own
    if setup.strategy is None:
        yield _info(
            "strategy", "none named: its settings were not checked", "riskplugin check --strategy X"
        )
    elif not any(base.__name__ == "RiskMixin" for base in type(setup.strategy).__mro__):
        name = type(setup.strategy).__name__
        yield _critical(
            "strategy", f"{name} is not guarded: no limit is enforced", f"riskplugin guard {name}"
        )


def market_exits(setup: Setup) -> Iterator[Finding]:
    """Orders that must fill are market orders."""
    types = setup.group("order_types")
    if not types:
        return
    if types.get("emergency_exit", "market") != "market":
        yield _critical(
            "order_types.emergency_exit",
            "an emergency close that waits for a price may never fill",
            'write "emergency_exit": "market"',
        )
    for name, what in (("exit", "an exit"), ("stoploss", "a stop")):
        if types.get(name, "market") != "market":
            yield _warning(
                f"order_types.{name}",
                f"{what} as limit order may stay unfilled in a fast market",
                f'write "{name}": "market"',
            )


def market_prices(setup: Setup) -> Iterator[Finding]:
    """A market order is priced at the side of the book that it takes."""
    types = setup.group("order_types")
    for name, taking in (("entry", ("ask", "other")), ("exit", ("bid", "other"))):
        side = setup.group(f"{name}_pricing").get("price_side", "same")
        if types.get(name) == "market" and side not in taking:
            yield _critical(
                f"{name}_pricing.price_side",
                f'"{side}" with market orders: freqtrade refuses to start',
                'write "price_side": "other"',
            )


def stop_distance(setup: Setup) -> Iterator[Finding]:
    """A strategy that lives with wide stops meets the plugin's stop, or none."""
    stoploss = setup.config.get("stoploss")
    if setup.risk is None or not isinstance(stoploss, int | float) or stoploss > WIDE_STOPLOSS:
        return
    own = f"the strategy bears {-stoploss:.0%} of loss"
    if setup.observes("stop"):
        yield _critical(
            "stoploss",
            f"{own}, and the plugin's stop only observes",
            "take stop out of risk.modes, or give the strategy a stop",
        )
    else:
        yield _warning(
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
        yield _critical(
            "leverage",
            f"{reason}, the strategy asks for {asked:g}x and the rule liquidation only observes",
            f"ask for at most {most}x, or take liquidation out of risk.modes",
        )
    elif beyond:
        mend = f"ask for at most {most}x, or tighten the stop"
        yield _warning("leverage", f"{reason}; the {asked:g}x asked will be lowered", mend)
    elif max(policy.leverage.max.values()) > most:
        mend = "nothing to do; a tighter stop allows more"
        yield _info("risk.leverage.max", f"{reason}; more is lowered to it", mend)


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


def stop_on_exchange(setup: Setup) -> Iterator[Finding]:
    """A stop on the exchange holds while the bot is down."""
    types = setup.group("order_types")
    if setup.live and types and not types.get("stoploss_on_exchange", False):
        yield _warning(
            "order_types.stoploss_on_exchange",
            "off: while the bot or its network is down no stop exists",
            'write "stoploss_on_exchange": true where the exchange can do it',
        )


def force_entry(setup: Setup) -> Iterator[Finding]:
    """Entries by hand pass locks and protections."""
    if setup.config.get("force_entry_enable"):
        yield _warning(
            "force_entry_enable",
            "entries by hand ignore freqtrade's locks and protections; riskplugin still caps them",
            "take it out unless you need it",
        )


def position_adjustment(setup: Setup) -> Iterator[Finding]:
    """A ladder without end."""
    if setup.config.get("position_adjustment_enable"):
        most = setup.config.get("max_entry_position_adjustment", -1)
        if not isinstance(most, int | float) or most < 0:
            yield _warning(
                "max_entry_position_adjustment",
                "positions may be increased without end; riskplugin keeps the whole in the size of "
                "one fresh entry",
                "write e.g. 2",
            )


def api_server(setup: Setup) -> Iterator[Finding]:
    """The API can trade: it needs a password."""
    api = setup.group("api_server")
    if not api.get("enabled"):
        return
    if not api.get("password") or not api.get("username"):
        yield _critical("api_server.password", "whoever reaches the API can trade", "set one")
    elif str(api["password"]).lower() in {"password", "superdupersecretpassword", "freqtrader"}:
        yield _critical("api_server.password", "it is the one of an example", "choose your own")
    if str(api.get("jwt_secret_key") or "").lower() in {"", "super-secret", "somethingrandom"}:
        yield _warning(
            "api_server.jwt_secret_key",
            "missing or from an example: logins can be forged",
            "python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    if api.get("listen_ip_address") in {"0.0.0.0", "::"}:  # noqa: S104  # it is what is looked for
        reason = "the API listens to the whole network"
        yield _warning("api_server.listen_ip_address", reason, 'write "127.0.0.1" and use a tunnel')


def databases(setup: Setup) -> Iterator[Finding]:
    """What is in memory is lost with the process."""
    if setup.live and setup.config.get("db_url") in {"sqlite://", "sqlite:///:memory:"}:
        yield _critical(
            "db_url", "trades in memory: a restart forgets open positions", "name a file"
        )
    if setup.risk is not None and setup.risk.ledger_url in {"sqlite://", "sqlite:///:memory:"}:
        finding = _critical if setup.live else _warning
        reason = "records in memory: a restart forgets breaker, peak and emergency"
        yield finding("risk.ledger.url", reason, 'write "sqlite:///user_data/risk.sqlite"')


def signing_key(setup: Setup) -> Iterator[Finding]:
    """Without a key the records are chained, and nobody signs where the chain ends."""
    if setup.risk is None:
        return
    user_data = Path(setup.config.get("user_data_dir") or "user_data").resolve()
    where = "risk.ledger.checkpoints.key_file"
    try:
        key = load_signing_key(checkpoint_plan(setup.risk, user_data).key_file)
    except LedgerError as error:
        yield _warning(where, f"nothing is signed: {error}", "as it says; or make a new key")
        return
    if key is None:
        reason = "there is no signing key: whoever can write the ledger can rewrite it unseen"
        yield _info(where, reason, "riskplugin audit keygen")


def stakes(setup: Setup) -> Iterator[Finding]:
    """Unlimited stakes and positions."""
    if setup.config.get("stake_amount") == "unlimited":
        yield _info("stake_amount", "unlimited: riskplugin's size decides alone", "nothing to do")
    unlimited = setup.config.get("max_open_trades") in (-1, float("inf"))
    if unlimited and setup.risk is not None and setup.risk.policy.max_positions is None:
        yield _warning(
            "max_open_trades",
            "no limit of open positions but the exposure",
            "write a number here or in risk.positions.max",
        )


def cross_margin(setup: Setup) -> Iterator[Finding]:
    """Cross margin ties positions together."""
    if setup.futures and str(setup.config.get("margin_mode") or "") == "cross":
        yield _warning(
            "margin_mode",
            "cross: one position can take the whole account with it",
            'write "isolated" unless you mean it',
        )


def initial_state(setup: Setup) -> Iterator[Finding]:
    """A stopped bot watches nothing."""
    if str(setup.config.get("initial_state", "running")) == "stopped":
        yield _warning(
            "initial_state",
            "stopped: after a restart open positions have no exits until someone starts the bot",
            'write "running", or "paused" for no entries',
        )


CHECKS: tuple[Check, ...] = (
    guarded,
    section,
    market_exits,
    market_prices,
    stop_distance,
    liquidation,
    stop_on_exchange,
    force_entry,
    position_adjustment,
    api_server,
    databases,
    signing_key,
    stakes,
    cross_margin,
    initial_state,
)
