"""What the matrix consists of, and how a test hands in one cell. Knows no bot and no market.

A cell is a path (a way to open or enlarge a position) x market x mode x limit. A test opens the
cell, does its work, and says the outcome in it; a test that fails has handed in a failed cell.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import pytest

Market = Literal["spot", "futures"]
Mode = Literal["live", "dry-run", "backtest"]
Limit = Literal["size", "leverage", "exposure", "positions", "open", "latched", "emergency"]
Verdict = Literal["held", "n/a", "detected", "failed"]

MARKETS: tuple[Market, ...] = get_args(Market)
#: For what takes long: every run asks it of futures, `make proof` of spot, too.
ONE_MARKET = [
    market if market == "futures" else pytest.param(market, marks=pytest.mark.exhaustive)
    for market in MARKETS
]
LIMITS: tuple[Limit, ...] = get_args(Limit)
RUNNING: tuple[Mode, ...] = ("live", "dry-run")
REPLAYED: tuple[Mode, ...] = ("backtest",)
#: The folder into which cells are written; without it they are only checked.
FOLDER = "RISKPLUGIN_MATRIX"


@dataclass(frozen=True, slots=True)
class Row:
    """One way by which a position may be opened or enlarged."""

    name: str
    sentence: str
    modes: tuple[Mode, ...]


#: Rows in the order of section 1 of the facts about freqtrade.
ROWS: tuple[Row, ...] = (
    Row("signal entry", "the strategy's signal, the usual way in", RUNNING),
    Row("stale dataframe", "the analysis fails; an earlier loop's signal still enters", RUNNING),
    Row("force entry", "/forceenter on a new pair, with a stake of its own", RUNNING),
    Row("force entry, leverage", "the same with leverage 40, then Infinity", RUNNING),
    Row("force entry, price", "the same with a price far from the market's", RUNNING),
    Row("force entry, short", "the same for a short, at a price far below the market", RUNNING),
    Row("force entry, open trade", "/forceenter on a pair that is held", RUNNING),
    Row("DCA", "adjust_trade_position asks for more than is left", RUNNING),
    Row("DCA, infinite", "adjust_trade_position answers 1e18, then infinity", RUNNING),
    Row("DCA, unfilled trade", "the same while the first order is still working", RUNNING),
    Row("replacement", "adjust_order_price moves an unfilled entry", RUNNING),
    Row("replacement, paused", "the same while the bot is paused", RUNNING),
    Row("replacement, locked", "the same under a global lock", RUNNING),
    Row("replacement, short", "adjust_order_price moves an unfilled short far down", RUNNING),
    Row("restart, open order", "the bot starts with an entry order that still works", RUNNING),
    Row("order found", "an order nobody announced is attached by reload_trade", RUNNING),
    Row("deleted trade", "a trade is deleted by RPC; its position stays", RUNNING),
    Row("lost order", "the answer to an order is lost; the bot buys again", RUNNING),
    Row("orphan order", "get_fee fails after the order; the bot never books it", RUNNING),
    Row("paused", "a signal while the bot is paused", RUNNING),
    Row("stopped", "a signal, and a forced entry, while the bot is stopped", RUNNING),
    Row("before start", "/forceenter after RUNNING is set, before bot_start", RUNNING),
    Row("exchange.create_order", "strategy code calls dp._exchange.create_order", RUNNING),
    Row("Exchange.create_order", "strategy code calls the class's method", RUNNING),
    Row("_api.create_order", "strategy code calls ccxt's create_order", RUNNING),
    Row("_api helpers", "ccxt's create_market_order, create_orders, edit_order", RUNNING),
    Row("_api_async", "ccxt's asynchronous client", RUNNING),
    Row("ccxt's class", "create_order of ccxt's class, called with the bot's client", RUNNING),
    Row("raw endpoint", "ccxt's implicit method of a private endpoint", RUNNING),
    Row("leverage raised", "strategy code raises it on the exchange for what is held", RUNNING),
    Row("backtest entry", "a signal in a backtest", REPLAYED),
    Row("backtest DCA", "adjust_trade_position in a backtest", REPLAYED),
    Row("backtest replacement", "adjust_order_price in a backtest", REPLAYED),
    Row("backtest slots", "--eps, and max_open_trades raised while it runs", REPLAYED),
    Row("hyperopt -j 1", "epochs one after another in one process", REPLAYED),
    Row("hyperopt -j 2", "epochs in two worker processes", REPLAYED),
    Row("lookahead analysis", "lookahead-analysis of a guarded strategy", REPLAYED),
    Row("recursive analysis", "recursive-analysis of a guarded strategy", REPLAYED),
    Row("strategy list", "several strategies in one backtesting run", REPLAYED),
)  # fmt: skip
NAMES = frozenset(row.name for row in ROWS)


class Key(NamedTuple):
    """Where a cell stands."""

    path: str
    market: Market
    mode: Mode
    limit: Limit


def expected() -> set[Key]:
    """Every cell that a run has to fill."""
    return {
        Key(row.name, market, mode, limit)
        for row in ROWS
        for market, mode, limit in product(MARKETS, row.modes, LIMITS)
    }


@dataclass(slots=True)
class Cell:
    """One cell in the making. Exactly one outcome is said."""

    key: Key
    verdict: Verdict | None = field(default=None, init=False)
    why: str = field(default="", init=False)

    def held(self, why: str = "") -> None:
        """The path was walked to its end, and nothing beyond the limit came of it."""
        self._say("held", why)

    def not_applicable(self, why: str) -> None:
        """The limit cannot be met on this path; ``why`` becomes a footnote."""
        self._say("n/a", why)

    def detected(self, why: str) -> None:
        """Not preventable, but noticed and acted upon within a loop; ``why`` says how."""
        self._say("detected", why)

    def _say(self, verdict: Verdict, why: str) -> None:
        assert self.verdict is None, f"{self.key}: {self.verdict} was said before {verdict}"
        assert why or verdict == "held", f"{self.key}: {verdict} needs a reason"
        self.verdict, self.why = verdict, why


@contextmanager
def cell(path: str, market: Market, mode: Mode, limit: Limit) -> Iterator[Cell]:
    """One cell: its outcome is written at the end, a failure when the block raises."""
    key = Key(path, market, mode, limit)
    assert key in expected(), f"no such cell: {key}"
    making = Cell(key)
    try:
        yield making
    except BaseException as error:
        _write(key, "failed", f"{type(error).__name__}: {error}".splitlines()[0][:300])
        raise
    assert making.verdict is not None, f"{key} ended without an outcome"
    _write(key, making.verdict, making.why)


def _write(key: Key, verdict: Verdict, why: str) -> None:
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    line = json.dumps({**key._asdict(), "verdict": verdict, "why": why}, ensure_ascii=False)
    with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
