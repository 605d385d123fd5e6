"""How the strategy's code behaved when it was run: errors, hangs, ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, Severity, kind
from riskplugin.cli.findings.observed import Call
from riskplugin.cli.findings.setup import Setup

RAISES = kind(
    "callback-raises",
    WARNING,
    where="(a callback)",
    also=(CRITICAL, INFO),
    when="critical where freqtrade ends with it; info with very few candles only",
    why="A callback raises an error. freqtrade mostly goes on as if it had agreed.",
    does="refuses the entry; exits, stops and breaker do not depend on it",
    mend="correct it where it is named",
    see="guarding.md",
)
ENDS = kind(
    "strategy-ends-process",
    CRITICAL,
    where="strategy",
    why="The strategy ends the process: the bot dies with positions open.",
    does="catches sys.exit in callbacks; nothing catches os._exit or a crash. Run the watchdog",
    mend="raise an error instead, or return",
    see="watchdog.md",
)
HANGS = kind(
    "strategy-hangs",
    CRITICAL,
    where="strategy",
    why="A callback does not come back: while it hangs there are no exits, no stop, no breaker.",
    does="cannot act in a loop that hangs; riskplugin watchdog can, from a process of its own",
    mend="a time limit for every wait; and\nriskplugin watchdog -c user_data/config.json",
    see="watchdog.md",
)
NOT_RUN = kind(
    "not-run",
    INFO,
    where="strategy",
    why="A part of the strategy was not run.",
    mend="as the reason says",
    see="guarding.md",
)
SIGNATURE = kind(
    "callback-signature",
    WARNING,
    where="(a callback)",
    why="A callback does not take what freqtrade hands over: each call of it fails.",
    does="refuses the entry where it is a callback of an entry",
    mend="add what is missing, or **kwargs",
    see="guarding.md",
)

#: The hook under which loading is told; what fails there is a finding of its own.
LOADING = "strategy"
#: So many kinds of errors are told of one callback.
_KINDS = 3
_OTHERWISE = ("freqtrade goes on as if it had not been asked", "")
#: What freqtrade makes of an error, and what riskplugin does.
_AFTERWARDS = {
    "populate_indicators": ("the pair has no signals: no entries, no exits by signal", ""),
    "populate_entry_trend": ("the pair has no signals: no entries, no exits by signal", ""),
    "populate_exit_trend": ("the pair has no signals: no entries, no exits by signal", ""),
    "bot_start": ("the bot does not start", "is not there yet"),
    "bot_loop_start": ("freqtrade ignores it", "allows no entries in that loop"),
    "informative_pairs": ("freqtrade ends with positions open", "answers with no pairs"),
    "leverage": ("freqtrade goes on with 1x", "refuses the entry"),
    "custom_stake_amount": ("freqtrade takes the whole stake proposed", "refuses the entry"),
    "custom_entry_price": ("freqtrade takes the usual price", "refuses the entry"),
    "confirm_trade_entry": ("freqtrade takes it for a yes", "takes it for a no"),
    "confirm_trade_exit": ("freqtrade lets the exit pass", "lets the exit pass"),
    "custom_exit": ("this exit is lost", "its stop and its closings do not depend on it"),
    "custom_stoploss": ("the stop stays where it was", "holds its own stop"),
    "custom_exit_price": ("freqtrade takes the usual price", "takes the usual price"),
    "adjust_trade_position": ("nothing is added", "adds nothing"),
    "check_entry_timeout": ("the order goes on waiting", "cancels it when entries are stopped"),
    "check_exit_timeout": ("the order goes on waiting", "replaces its own that do not fill"),
    "order_filled": ("freqtrade goes on", "has its own look at each fill"),
}


def raised(setup: Setup) -> Iterator[Finding]:
    """Errors; one finding a callback, with each kind of error once."""
    failed = [c for c in setup.seen.calls if c.error and not c.ends_process and c.hook != LOADING]
    for hook in dict.fromkeys(call.hook for call in failed):
        calls = sorted((c for c in failed if c.hook == hook), key=_few_candles)
        host, ours = _AFTERWARDS.get(hook, _OTHERWISE)
        worst = calls[0]
        wrong = worst.given.get("signature")
        yield (SIGNATURE if wrong else RAISES).found(
            f"{_told(calls)}: {host}.",
            where=hook,
            does=ours,
            severity=WARNING if wrong else _severity(setup, worst),
        )


def _told(calls: Sequence[Call]) -> str:
    """The errors by their first words, each with the place and the case in which it came."""
    kinds = {call.error.partition(":")[0]: call for call in reversed(calls)}
    told = []
    for call in list(reversed(kinds.values()))[:_KINDS]:
        place = f", {call.place}" if call.place else ""
        told.append(f"{call.error.rstrip('.')} ({call.when}{place})")
    return "; ".join(told)


def _few_candles(call: Call) -> bool:
    return bool(call.given.get("few_candles"))


def _severity(setup: Setup, call: Call) -> Severity:
    if call.hook == "bot_start" or (call.hook == "informative_pairs" and not setup.guarded):
        return CRITICAL
    return INFO if _few_candles(call) else WARNING


def ended(setup: Setup) -> Iterator[Finding]:
    """The strategy ended its process, or would have."""
    exits = [call for call in setup.seen.calls if call.ends_process]
    if exits:
        call = exits[0]
        place = f" ({call.place})" if call.place else ""
        yield ENDS.found(f"{call.error}{place}: the bot dies with positions open.", where=call.hook)
    if setup.seen.died:
        yield ENDS.found(
            f"{setup.seen.died}: the bot dies with positions open.",
            where=setup.seen.at or "strategy",
        )


def stuck(setup: Setup) -> Iterator[Finding]:
    """A call that did not come back."""
    if setup.seen.stuck:
        yield HANGS.found(
            f"It had not come back after {setup.seen.limit:g} seconds: while it hangs there are no "
            "exits, no stop, no breaker. What comes after it was not run. If it is only slow here: "
            "--time-limit.",
            where=setup.seen.stuck,
        )


def left_out(setup: Setup) -> Iterator[Finding]:
    """What was not run, and why."""
    if setup.seen.left_out:
        yield NOT_RUN.found(setup.seen.left_out)
