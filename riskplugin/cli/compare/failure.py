"""What a backtest that failed said, and what can be done about it."""

from __future__ import annotations

import re

from riskplugin.cli.compare.children import BacktestFailed
from riskplugin.redaction import hushed

_LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
_LAST = 3
#: What to do, by what was said.
_MEND = (
    (
        r"No data found|no data|Could not load .* candles",
        "give --datadir or another --timerange, or fetch them with: freqtrade download-data",
    ),
    (
        r"startup candles|No data left",
        "the time range is shorter than the strategy's warm-up: give a longer --timerange",
    ),
    (
        r"Impossible to load Strategy",
        "name the class, and its folder with --strategy-path where it is not in user_data",
    ),
    (
        r"No pair in whitelist|not compatible|not tradable|Pair .* not|leverage tiers",
        "look at exchange.pair_whitelist: futures pairs are written BTC/USDT:USDT",
    ),
    (
        r"markets|Network|ExchangeNotAvailable|RequestTimeout|could not connect|DNS",
        "freqtrade reads the exchange's list of markets before every backtest: is it reachable?",
    ),
    (r"was killed", "give --jobs 1, fewer pairs, or a shorter --timerange"),
    (r"cannot guard", "what a class may not have to be guarded: docs/architecture.md"),
)


def told(failure: BacktestFailed) -> str:
    """One text with the name of the run, freqtrade's last words, and what to do."""
    lines = [f"the backtest {failure.job.name!r} did not come to its end: {_said(failure)}"]
    if failure.place:
        lines.append(f"  in {failure.place}")
    lines += [f"  freqtrade's log: {line}" for line in _loud(failure)]
    lines.append(f"  {_mend(failure)}")
    return "\n".join(lines)


def _said(failure: BacktestFailed) -> str:
    ours = ("OperationalException", "ConfigurationError", "ConfigError", "DependencyException", "")
    return failure.said if failure.kind in ours else f"{failure.kind}: {failure.said}"


def _loud(failure: BacktestFailed) -> list[str]:
    """The last warnings and errors of freqtrade's log, each once, without a secret."""
    found = [line for line in failure.log.splitlines() if _LOUD.search(line)]
    texts = (re.sub(r"^.*? - (WARNING|ERROR|CRITICAL) - ", "", line) for line in found)
    once = dict.fromkeys(hushed(text.strip())[:300] for text in texts)
    return [text for text in once if text and text not in failure.said][-_LAST:]


def _mend(failure: BacktestFailed) -> str:
    text = f"{failure.kind} {failure.said}"
    for pattern, mend in _MEND:
        if re.search(pattern, text, re.IGNORECASE):
            return mend
    if failure.place:
        return "mend the strategy there"
    return "try the same in freqtrade: freqtrade backtesting -c CONFIG --strategy NAME"
