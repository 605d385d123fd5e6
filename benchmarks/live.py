"""B-5 at the paper exchange: real bots in live mode over loopback, each in a process of its own.

What a loop takes, how often each bot asks its exchange, counted there, and how long an order takes
from the strategy's signal to its arrival at the exchange. Wall time, for the bots wait for answers.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from benchmarks.asked import Asked, asked
from benchmarks.figures import Line, Spread, Target
from benchmarks.host import arguments, pairs, sandbox, write_config
from benchmarks.rounds import Samples, compared, measure, quotients
from riskplugin.sandbox import Sandbox
from riskplugin.sandbox.traffic import Traffic

#: Loops and entries for each round that was asked for.
_LOOPS, _ENTRIES = 4, 5
_HELD, _WATCHED = 5, 9
_ARMS = {"plain": "Hold", "again": "Hold", "guarded": "HoldGuarded"}
_ORDER = "POST /api/v3/order"


def lines(rounds: int, entries: int = _ENTRIES) -> list[Line]:
    """Loop, calls and orders of three bots, two of them alike."""
    with (
        _arrivals() as arrived,
        tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name,
        sandbox(_WATCHED) as exchange,
    ):
        exchange.control.hold()
        commands = (_command(Path(name), exchange, *each) for each in _ARMS.items())
        with asked(*commands) as started:
            bots = dict(zip(_ARMS, started, strict=True))
            loops = measure(
                {arm: lambda bot=bot: bot.seconds("loop") for arm, bot in bots.items()},  # type: ignore[misc]
                rounds * _LOOPS,
            )
            orders = _orders(bots, arrived, rounds * entries)
            calls = [*_calls(bots, exchange)]
            if wrong := bots["guarded"].answer("sound").strip():
                raise RuntimeError(f"the guarded bot went another way: {wrong}")
    return [*_loop_lines(loops), *calls, *_order_lines(orders)]


@contextmanager
def _arrivals() -> Iterator[dict[str, int]]:
    """When each bot's last order came in, by this machine's clock."""
    seen: dict[str, int] = {}
    counted = Traffic.count

    def count(traffic: Traffic, endpoint: str, key: str, name: str) -> None:
        if endpoint == _ORDER:
            seen[name] = time.perf_counter_ns()
        counted(traffic, endpoint, key, name)

    Traffic.count = count  # type: ignore[method-assign,assignment]
    try:
        yield seen
    finally:
        Traffic.count = counted  # type: ignore[method-assign]


def _command(folder: Path, exchange: Sandbox, arm: str, strategy: str) -> tuple[str, ...]:
    home = folder / arm
    home.mkdir()
    file = write_config(
        home,
        exchange.port,
        pairs(_WATCHED),
        name=arm,
        dry_run=False,
        max_open_trades=_WATCHED,
        timeframe="1d",
        db_url=f"sqlite:///{home / 'trades.sqlite'}",
    )
    return "live_worker", json.dumps(arguments(file, strategy)), str(_HELD)


def _orders(bots: dict[str, Asked], arrived: dict[str, int], count: int) -> Samples:
    """Seconds from the signal to the exchange, of market orders by turns."""
    took: dict[str, list[float]] = {arm: [] for arm in bots}
    turn, free = list(bots), pairs(_WATCHED)[_HELD:]
    shuffle = random.Random(1).shuffle  # noqa: S311  # an order that can be repeated
    for number in range(count):
        shuffle(turn)
        for arm in turn:
            pair = free[number % len(free)]
            arrived.pop(arm, None)
            begun = int(bots[arm].answer(f"buy {pair}"))
            took[arm].append((arrived[arm] - begun) / 1e9)
            bots[arm].answer(f"sell {pair}")
    return took


def _calls(bots: dict[str, Asked], exchange: Sandbox) -> Iterator[Line]:
    free = pairs(_WATCHED)[-1]
    for what, steps in {
        "10 loops": ["loop"] * 10,
        "an entry, an exit and a loop": [f"buy {free}", f"sell {free}"],
    }.items():
        exchange.control.reset_requests()
        for bot in bots.values():
            for step in steps:
                bot.answer(step)
        seen = exchange.control.requests()["by_name"]
        if seen["plain"] != seen["again"]:
            raise RuntimeError(f"two plain bots asked differently: {seen}")
        yield _call_line(what, seen["plain"], seen["guarded"])


def _call_line(what: str, plain: dict[str, int], guarded: dict[str, int]) -> Line:
    more = {name: guarded.get(name, 0) - plain.get(name, 0) for name in {*plain, *guarded}}
    return Line(
        id="B-5",
        what=f"calls at the paper exchange, {what}",
        figure=float(sum(map(abs, more.values()))),
        unit="more",
        rounds=1,
        baseline=float(sum(plain.values())),
        against="calls without the plugin",
        target=Target(limit=0.0, on="figure"),
        note=", ".join(f"{n} {name}" for name, n in sorted(more.items()) if n),
    )


def _loop_lines(samples: Samples) -> Iterator[Line]:
    for arm, what, against, target in (
        ("guarded", "live loop at the paper exchange", "without the plugin", Target(limit=1.05)),
        ("again", "A/A control, live loop", "another bot like it", None),
    ):
        yield compared(
            samples,
            arm,
            "plain",
            id="B-5",
            what=f"{what}, {_HELD} positions",
            against=against,
            unit="ms",
            scale=1e3,
            target=target,
            note="wall time, the exchange in another process over loopback" if target else "",
        )


def _order_lines(samples: Samples) -> Iterator[Line]:
    for arm, what in (
        ("guarded", "from signal to exchange"),
        ("again", "A/A control, from signal to exchange"),
    ):
        ours, theirs = (sorted(samples[each]) for each in (arm, "plain"))
        for percent, of in ((50, "p50"), (99, "p99")):
            added = _percentile(ours, percent) - _percentile(theirs, percent)
            yield Line(
                id="B-5",
                what=f"{what}, added at {of}",
                figure=1e3 * added,
                unit="ms",
                rounds=len(ours),
                baseline=1e3 * _percentile(theirs, percent),
                against=f"{of} without the plugin",
                ratio=Spread.of(quotients(samples[arm], samples["plain"]))
                if percent == 50
                else None,
                best=ours[0] / theirs[0] if percent == 50 else None,
            )


def _percentile(ordered: list[float], percent: int) -> float:
    if len(ordered) < 2 or percent == 50:
        return median(ordered)
    return quantiles(ordered, n=100, method="inclusive")[percent - 1]
