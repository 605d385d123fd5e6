"""Cost against open positions, 1 to 200: a look and a decision live, and a look in a backtest.

A look has to see every position, as freqtrade's own loop does: it grows, and the loop's growth
stands beside it. What has to be flat is the decision on a ready account: its sums belong to the
look. In a backtest every pair is bought in the first candle and held.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.asked import asked
from benchmarks.candles import stock
from benchmarks.curves import AGAIN, curve
from benchmarks.decision import ALLOWED
from benchmarks.figures import Line, Spread
from benchmarks.rounds import Arm, Samples, at_most, measure, quotients, timed
from benchmarks.samples import POLICY, book, request, state
from benchmarks.testing import Bench
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import account_of

POINTS = (1, 10, 50, 200)
MOST_ROUNDS, MOST_BACKTESTS = 7, 3
_CANDLES = 120


def lines(rounds: int, points: Sequence[int] = POINTS) -> list[Line]:
    """Live and in a backtest."""
    logging.disable(logging.CRITICAL)
    return [
        *_ready(rounds, points),
        *_live(at_most(rounds, MOST_ROUNDS), points),
        *_backtests(at_most(rounds, MOST_BACKTESTS), points),
    ]


def _ready(rounds: int, points: Sequence[int]) -> list[Line]:
    """The decision where the account of the last look is at hand."""
    arms = {str(count): _decides(count) for count in points} | {AGAIN: _decides(points[0])}
    samples = measure(arms, rounds)
    what = "decision on a ready account"
    return [*curve(samples, points, id="B-1", what=what, of="open positions", flat=True)]


def _decides(count: int) -> Arm:
    gate, question = Gate(POLICY), request(ALLOWED)
    account, _ = account_of(state(), book(0, count), POLICY)
    return lambda: timed(lambda: gate.decide(question, account), times=1000)


def _live(rounds: int, points: Sequence[int]) -> list[Line]:
    workers = [("curve_worker", "0", str(count), str(max(2, count))) for count in points]
    works = {"look": "look at the account", "decide": "look and decision", "plain": "loop without"}
    found: list[Line] = []
    with asked(*workers) as bots:
        for work, what in works.items():
            arms: dict[str, Arm] = {
                str(count): lambda bot=bot, work=work: bot.seconds(work)  # type: ignore[misc]
                for count, bot in zip(points, bots, strict=True)
            }
            samples = measure(arms, rounds)
            found += curve(samples, points, id="B-5", what=what, of="open positions")
    return found


def _backtests(rounds: int, points: Sequence[int]) -> list[Line]:
    return [_held(count, _samples(count, rounds)) for count in points]


def _samples(count: int, rounds: int) -> Samples:
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        traded = stock(Path(name) / "candles", count, _CANDLES)
        bench = Bench(Path(name), traded, max_open_trades=count)
        arms = bench.arms({"plain": "Keep", "guarded": "KeepGuarded"})
        samples = measure(arms, rounds)
        if bench.trades != count:
            raise RuntimeError(f"{bench.trades} positions were held, not {count}")
    return samples


def _held(count: int, samples: Samples) -> Line:
    ours, theirs = samples["guarded"], samples["plain"]
    looks = [(a - b) / _CANDLES for a, b in zip(ours, theirs, strict=True)]
    return Line(
        id="B-3",
        what=f"what a backtest's candle costs more, {count} open positions",
        figure=1e6 * median(looks),
        unit="µs",
        rounds=len(looks),
        baseline=1e6 * median(theirs) / _CANDLES,
        against="the candle without the plugin",
        ratio=Spread.of(quotients([a - b for a, b in zip(ours, theirs, strict=True)], theirs)),
    )
