"""The soak: 24 hours of a guarded and of a plain bot, side by side, a loop every 5 seconds.

Three pairs (ten with ``--full``), entries and exits all day, a simulated clock: 17 280 loops.
Growth is the mean of what each hour of the second half of the day added, without the one that
added most: that is the first midnight, whose four megabytes no later one takes. SQLite's page cache
has two megabytes and fills all day.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.figures import Line, Sheet, Spread, Target
from benchmarks.host import arguments, pairs, sandbox, write_config
from benchmarks.rounds import at_most

HOURS = 24.0
#: What counts as growth beyond the plain bot's.
_GROWTH = Target(limit=0.1, on="figure")
#: A pair costs every loop 1 ms of freqtrade's own: few of them make a day of loops bearable.
_WATCHED, _WATCHED_FULL = 3, 10
_ARMS = {"plain": "Swing", "guarded": "SwingGuarded"}


def lines(rounds: int, hours: float = HOURS) -> list[Line | Sheet]:
    """Memory and files of a day; one round, whatever was asked for."""
    del rounds
    with (
        tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name,
        sandbox(_WATCHED_FULL) as exchange,
    ):
        bots = {arm: _bot(Path(name), exchange.port, arm, hours) for arm in _ARMS}
        told = {arm: _told(bot) for arm, bot in bots.items()}
    return [*_reported(told, hours), _sheet(told)]


def _bot(folder: Path, port: int, arm: str, hours: float) -> subprocess.Popen[str]:
    home = folder / arm
    home.mkdir()
    file = write_config(
        home,
        port,
        pairs(at_most(_WATCHED_FULL, _WATCHED)),
        max_open_trades=3,
        timeframe="5m",
        db_url=f"sqlite:///{home / 'trades.sqlite'}",
    )
    given = json.dumps(arguments(file, _ARMS[arm]))
    return subprocess.Popen(  # noqa: S603  # our own module, and nothing of a stranger's
        [sys.executable, "-m", "benchmarks.soak_worker", given, str(hours)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


def _told(bot: subprocess.Popen[str]) -> dict[str, Any]:
    out, error = bot.communicate()
    if bot.returncode != 0:
        raise RuntimeError(f"the bot's process failed:\n{error[-2000:]}")
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def _reported(told: dict[str, Any], hours: float) -> list[Line]:
    ours, theirs = (_slope(told[arm]["hours"], "memory_mb") for arm in ("guarded", "plain"))
    objects = [_slope(told[arm]["hours"], "blocks") for arm in ("guarded", "plain")]
    note = f"{hours:g} hours, {told['guarded']['trades']} trades; plain {told['plain']['trades']}"
    ledger = _slope(told["guarded"]["hours"], "ledger_mb")
    first, last = (told["guarded"]["hours"][at]["memory_mb"] for at in (0, -1))
    plain = [told["plain"]["hours"][at]["memory_mb"] for at in (0, -1)]
    return [
        Line(
            id="B-6",
            what="soak: growth of memory an hour, beyond the plain bot's",
            figure=ours - theirs,
            unit="MB",
            rounds=1,
            baseline=theirs,
            against="growth of the plain bot",
            target=_GROWTH,
            note=note,
        ),
        Line(
            id="B-6",
            what="soak: growth of Python's objects an hour, beyond the plain bot's",
            figure=objects[0] - objects[1],
            unit="blocks",
            rounds=1,
            baseline=objects[1],
            against="growth of the plain bot",
        ),
        Line(
            id="B-6",
            what="soak: memory at the end",
            figure=last,
            unit="MB",
            rounds=1,
            baseline=plain[1],
            against="the plain bot",
            ratio=Spread.of([last / plain[1]]),
            note=f"after the first hour {first:.1f} MB, plain {plain[0]:.1f} MB",
        ),
        Line(
            id="B-6",
            what="soak: growth of the ledger's files a day",
            figure=24 * ledger,
            unit="MB",
            rounds=1,
        ),
    ]


def _slope(hours: list[dict[str, Any]], what: str) -> float:
    """Growth an hour, after the half in which everything settles."""
    settled = [float(each[what]) for each in hours[len(hours) // 2 :]]
    added = sorted(after - before for before, after in pairwise(settled))
    return fmean(added[:-1] or [0.0])


def _sheet(told: dict[str, Any]) -> Sheet:
    rows = [
        (
            str(number),
            f"{plain['memory_mb']:.1f}",
            f"{guarded['memory_mb']:.1f}",
            f"{plain['blocks'] / 1e3:.1f}",
            f"{guarded['blocks'] / 1e3:.1f}",
            f"{guarded['ledger_mb']:.2f}",
            ", ".join(guarded["imported"]),
        )
        for number, (plain, guarded) in enumerate(
            zip(told["plain"]["hours"], told["guarded"]["hours"], strict=True), start=1
        )
    ]
    return Sheet(
        part="soak",
        columns=(
            "hour",
            "plain bot, MB",
            "guarded bot, MB",
            "plain bot, 1 000 objects",
            "guarded bot, 1 000 objects",
            "ledger's files, MB",
            "came in",
        ),
        rows=tuple(rows),
    )
