"""Do exits fill? Order types, the side of the book they are priced on, how long they wait."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import CRITICAL, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, number

#: freqtrade's own template waits this long, in minutes.
USUAL_WAIT = 10.0
#: The sides on which an order meets somebody who is there already (freqtrade's own check).
TAKING = {"entry": ("ask", "other"), "exit": ("bid", "other")}

_OWN_CLOSINGS = "closes by market order itself when it has to, and replaces what does not fill"

EMERGENCY_LIMIT = kind(
    "emergency-limit",
    CRITICAL,
    where="order_types.emergency_exit",
    why="An emergency close that waits for a price may never fill.",
    does="takes market orders for its own closings; freqtrade's own emergency exits wait",
    mend='in order_types:\n"emergency_exit": "market"',
)
EXIT_PRICE_SIDE = kind(
    "exit-price-side",
    WARNING,
    where="exit_pricing.price_side",
    why="A limit exit waits on its own side of the book until somebody comes: in a crash nobody "
    "does.",
    does=_OWN_CLOSINGS,
    mend='exits by market, or at least on the side that takes; in exit_pricing:\n"price_side": '
    '"other"',
)
EXIT_LIMIT = kind(
    "exit-limit",
    WARNING,
    where="order_types.exit",
    why="An exit by limit order may stay unfilled in a fast market.",
    does=_OWN_CLOSINGS,
    mend='in order_types:\n"exit": "market"',
)
STOP_LIMIT = kind(
    "stop-limit",
    WARNING,
    where="order_types.stoploss",
    why="A stop by limit order may stay unfilled when the price runs through it.",
    does="sets the stop's distance, not its order type",
    mend='in order_types:\n"stoploss": "market"',
)
PRICE_SIDE_REFUSED = kind(
    "price-side-refused",
    CRITICAL,
    where="exit_pricing.price_side, entry_pricing.price_side",
    why="With market orders freqtrade refuses to start on the waiting side of the book.",
    mend='"price_side": "other"',
)
EXIT_TIMEOUT = kind(
    "exit-timeout",
    WARNING,
    where="unfilledtimeout.exit",
    why="A limit exit that does not fill waits too long, or for ever.",
    does=_OWN_CLOSINGS,
    mend='in unfilledtimeout:\n"exit": 5',
)
EXIT_TIMEOUT_COUNT = kind(
    "exit-timeout-count",
    WARNING,
    where="unfilledtimeout.exit_timeout_count",
    why="A limit exit that does not fill is cancelled and placed again without end: it never "
    "becomes a market order.",
    does=_OWN_CLOSINGS,
    mend='in unfilledtimeout:\n"exit_timeout_count": 1',
)
ENTRY_TIMEOUT = kind(
    "entry-timeout",
    WARNING,
    where="unfilledtimeout.entry",
    why="A limit entry that does not fill is never cancelled: it fills when the market falls on "
    "it.",
    does="counts it as exposure, and cancels it when the breaker opens",
    mend='in unfilledtimeout:\n"entry": 10',
)
TIME_IN_FORCE = kind(
    "exit-time-in-force",
    WARNING,
    where="order_time_in_force.exit",
    why="Exits that are cancelled unless they fill at once (FOK, IOC), or that may not take from "
    "the book (PO), can fail in every loop.",
    does="cannot change it",
    mend='in order_time_in_force:\n"exit": "GTC"',
)


def market_exits(setup: Setup) -> Iterator[Finding]:
    """Orders that must fill are market orders."""
    types = setup.group("order_types")
    if not types:
        return
    if types.get("emergency_exit", "market") != "market":
        yield EMERGENCY_LIMIT.found()
    if types.get("stoploss", "market") != "market":
        yield STOP_LIMIT.found()
    if _limit_exits(setup):
        side = setup.group("exit_pricing").get("price_side", "same")
        if side in TAKING["exit"]:
            yield EXIT_LIMIT.found()
        else:
            yield EXIT_PRICE_SIDE.found(f'"{side}" with limit exits: {_small(EXIT_PRICE_SIDE.why)}')


def market_prices(setup: Setup) -> Iterator[Finding]:
    """A market order is priced at the side of the book that it takes."""
    types = setup.group("order_types")
    for name, taking in TAKING.items():
        side = setup.group(f"{name}_pricing").get("price_side", "same")
        if types.get(name) == "market" and side not in taking:
            yield PRICE_SIDE_REFUSED.found(
                f'"{side}" with market orders: freqtrade refuses to start.',
                where=f"{name}_pricing.price_side",
                mend=f'in {name}_pricing:\n"price_side": "other"',
            )


def waiting(setup: Setup) -> Iterator[Finding]:
    """How long an order may wait that does not fill, and what comes then."""
    wait = setup.group("unfilledtimeout")
    if setup.group("order_types").get("entry", "limit") == "limit" and not number(
        wait.get("entry")
    ):
        yield ENTRY_TIMEOUT.found()
    if not _limit_exits(setup):
        return
    minutes = _minutes(wait.get("exit"), str(wait.get("unit", "minutes")))
    if minutes is None:
        yield EXIT_TIMEOUT.found("A limit exit that does not fill is never cancelled.")
    elif minutes > USUAL_WAIT:
        yield EXIT_TIMEOUT.found(f"A limit exit that does not fill waits {minutes:g} minutes.")
    if minutes is not None and not number(wait.get("exit_timeout_count")):
        yield EXIT_TIMEOUT_COUNT.found()


def time_in_force(setup: Setup) -> Iterator[Finding]:
    """Exits stay in the book until they fill or time out."""
    value = str(setup.group("order_time_in_force").get("exit", "GTC")).upper()
    if value == "PO":
        yield TIME_IN_FORCE.found("PO: an exit may not take from the book, and waits in a crash.")
    elif value in {"FOK", "IOC"}:
        yield TIME_IN_FORCE.found(f"{value}: an exit that does not fill at once is cancelled.")


def _limit_exits(setup: Setup) -> bool:
    types = setup.group("order_types")
    return bool(types) and types.get("exit", "market") != "market"


def _minutes(value: object, unit: str) -> float | None:
    wait = number(value)
    return None if not wait else wait / 60 if unit == "seconds" else wait


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
