"""B-5: what riskplugin adds to the loop of a bot with 5 and with 50 open positions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.bot import buy
from benchmarks.desk import Desk
from benchmarks.figures import Line, Spread, Target
from benchmarks.rounds import Arm, Samples, compared, measure, timed

#: Open positions, and the pairs that the bot watches with them.
SIZES = {5: 10, 50: 60}
#: So many rounds of single loops for each that was asked for: short ones, close together, so that
#: what else happens on the machine meets all arms alike.
_FINER = {5: 8, 50: 2}


def lines(rounds: int) -> list[Line]:
    """B-5, whole."""
    found: list[Line] = []
    samples: list[Samples] = []
    for size, watched in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
            desk = Desk(Path(name), watched)
            try:
                desk.hold(size)
                samples.append(measure(_arms(desk), rounds * _FINER[size]))
                found += [*_times(size, samples[-1]), *_calls(size, desk)]
            finally:
                desk.close()
    return [*found, _growth(*samples)]


def _arms(desk: Desk) -> dict[str, Arm]:
    work: dict[str, Callable[[], object]] = {
        "plain": desk.plain.process,
        "plain, again": desk.plain.process,
        "guarded": desk.guarded.process,
        "tick": desk.tick,
    }
    return {name: lambda each=each: timed(each) for name, each in work.items()}  # type: ignore[misc]


def _times(size: int, samples: Samples) -> list[Line]:
    def line(arm: str, what: str, against: str, target: Target | None = None) -> Line:
        return compared(
            samples,
            arm,
            "plain",
            id="B-5",
            what=f"{what}, {size} positions",
            against=against,
            unit="ms",
            scale=1e3,
            target=target,
            note=f"{SIZES[size]} pairs with {size} positions",
        )

    return [
        line("guarded", "bot loop", "without the plugin", Target(limit=1.05)),
        line("tick", "the plugin's tick alone", "the loop without it"),
        line("plain, again", "A/A control", "itself"),
    ]


def _calls(size: int, desk: Desk) -> list[Line]:
    """The exchange calls of a loop, and of a market entry: the pairs differ, the way does not."""
    bots = (desk.plain, desk.guarded)
    loops = [desk.calls(bot, bot.process) for bot in bots]
    free = desk.plain.active_pair_whitelist[size : size + 2]
    entries = [
        desk.calls(bot, lambda bot=bot, pair=pair: buy(bot, pair))  # type: ignore[misc]
        for bot, pair in zip(bots, free, strict=True)
    ]
    desk.check()
    return [
        _call_line(f"exchange calls of a loop, {size} positions", *loops),
        _call_line(f"exchange calls of an entry, {size} positions", *entries),
    ]


def _growth(few: Samples, many: Samples) -> Line:
    """How the plugin's tick grows with the book beside how the loop does; of medians."""
    tick = median(many["tick"]) / median(few["tick"])
    loop = median(many["plain"]) / median(few["plain"])
    return Line(
        id="B-5",
        what="growth of the tick, 5 to 50 positions",
        figure=tick,
        unit="x",
        rounds=len(many["tick"]),
        baseline=loop,
        against="growth of the loop",
        ratio=Spread.of([tick / loop]),
    )


def _call_line(what: str, plain: int, guarded: int) -> Line:
    return Line(
        id="B-5",
        what=what,
        figure=float(guarded - plain),
        unit="more",
        rounds=1,
        baseline=float(plain),
        against="calls without the plugin",
        target=Target(limit=0.0, on="figure"),
    )
