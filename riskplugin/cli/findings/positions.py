"""How many positions, how large they may grow, what ties them together, what keeps them open."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, number

POSITIONS_UNLIMITED = kind(
    "positions-unlimited",
    WARNING,
    where="max_open_trades",
    why="Nothing but the exposure limits how many positions are open.",
    does="caps exposure, 45 % of equity unless set",
    mend='in risk:\n"positions": {"max": 5}',
    see="settings.md",
)
CROSS_MARGIN = kind(
    "cross-margin",
    WARNING,
    where="margin_mode",
    why="Cross margin: one position can take the whole account with it.",
    does="caps size and exposure; liquidation is then the account's",
    mend='unless you mean it:\n"margin_mode": "isolated"',
)
DCA_UNLIMITED = kind(
    "dca-unlimited",
    WARNING,
    where="max_entry_position_adjustment",
    also=(INFO,),
    when="info when the strategy was seen to stop by itself",
    why="Positions may be increased without end.",
    does="keeps the whole position in the size of one fresh entry",
    mend='\n"max_entry_position_adjustment": 2',
    see="guarding.md",
)
EXIT_PROFIT_ONLY = kind(
    "exit-profit-only",
    INFO,
    where="exit_profit_only",
    why="Exit signals count in profit only: a losing position leaves by its stop alone.",
    does="its stop and its closings do not depend on signals",
    mend='unless you mean it:\n"exit_profit_only": false',
)
IGNORE_ROI = kind(
    "ignore-roi",
    INFO,
    where="ignore_roi_if_entry_signal",
    why="While the entry signal stands, minimal_roi takes no profit.",
    does="nothing: it limits losses, not profits",
    mend='unless you mean it:\n"ignore_roi_if_entry_signal": false',
)
#: So often the strategy is let add to a position before that counts as "without end".
ROUNDS = 10


def count(setup: Setup) -> Iterator[Finding]:
    """As many positions as there are signals."""
    unlimited = setup.config.get("max_open_trades") in (-1, float("inf"))
    if unlimited and setup.risk is not None and setup.risk.policy.max_positions is None:
        yield POSITIONS_UNLIMITED.found()


def cross_margin(setup: Setup) -> Iterator[Finding]:
    """Cross margin ties positions together."""
    if setup.futures and str(setup.config.get("margin_mode") or "") == "cross":
        yield CROSS_MARGIN.found()


def position_adjustment(setup: Setup) -> Iterator[Finding]:
    """A ladder without end."""
    if not setup.config.get("position_adjustment_enable"):
        return
    most = number(setup.config.get("max_entry_position_adjustment", -1))
    if most is not None and most >= 0:
        return
    added = _added(setup)
    if added is None:
        yield DCA_UNLIMITED.found()
    elif 0 < added < ROUNDS:
        reason = f"Nothing but the strategy's own code ends it: in a fall it added {added} times."
        yield DCA_UNLIMITED.found(reason, severity=INFO)
    elif added:
        yield DCA_UNLIMITED.found(f"In a fall the strategy added {added} times and went on.")
    else:
        yield DCA_UNLIMITED.found()


def _added(setup: Setup) -> int | None:
    """How often the strategy added to a falling position; None when that was not seen."""
    calls = [call for call in setup.seen.of("adjust_trade_position") if "round" in call.given]
    if not calls:
        return None
    return sum((number(call.answer) or 0.0) > 0 for call in calls)


def profit_taking(setup: Setup) -> Iterator[Finding]:
    """Settings that keep exits from counting."""
    if setup.config.get("exit_profit_only"):
        yield EXIT_PROFIT_ONLY.found()
    if setup.config.get("ignore_roi_if_entry_signal"):
        yield IGNORE_ROI.found()
