"""Cost against the pairs that a bot watches, 1 to 500, one position open: look, loop, start."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.asked import Asked, asked
from benchmarks.curves import curve
from benchmarks.figures import Line, Spread
from benchmarks.rounds import Arm, Samples, at_most, compared, measure

POINTS = (1, 10, 100, 500)
MOST_ROUNDS = 5


def lines(rounds: int, points: Sequence[int] = POINTS) -> list[Line]:
    """One look at the account, one loop against that of a plain bot, and the start."""
    with asked(*(("curve_worker", "0", "1", str(count)) for count in points)) as bots:
        named = {str(count): bot for count, bot in zip(points, bots, strict=True)}
        samples = measure(_arms(named), at_most(rounds, MOST_ROUNDS))
        starts = [_start(count, bot) for count, bot in named.items()]
    looks = {count: samples[f"look {count}"] for count in named}
    return [
        *curve(looks, points, id="B-5", what="look at the account", of="watched pairs"),
        *(_loop(count, samples) for count in named),
        *starts,
    ]


def _arms(named: dict[str, Asked]) -> dict[str, Arm]:
    return {
        f"{work} {count}": lambda bot=bot, work=work: bot.seconds(work)  # type: ignore[misc]
        for count, bot in named.items()
        for work in ("look", "loop", "plain")
    }


def _loop(count: str, samples: Samples) -> Line:
    return compared(
        samples,
        f"loop {count}",
        f"plain {count}",
        id="B-5",
        what=f"bot loop, {count} watched pairs, 1 position",
        against="without the plugin",
        unit="ms",
        scale=1e3,
    )


def _start(count: str, bot: Asked) -> Line:
    guarded, plain = bot.seconds("start-guarded"), bot.seconds("start-plain")
    return Line(
        id="B-6",
        what=f"start of the bot, {count} watched pairs (CPU)",
        figure=guarded,
        unit="s",
        rounds=1,
        baseline=plain,
        against="without the plugin, in the same process before it",
        note="the guarded one imports riskplugin and builds its ledger besides",
        ratio=Spread.of([guarded / plain]),
    )
