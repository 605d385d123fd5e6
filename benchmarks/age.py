"""B-4: what an entry and a look at the account cost an old bot against a young one.

The question goes through the service to the real ledger, on disk without fsync, so that CPU time is
the whole cost. A question does not touch closed trades, a look at the account may: so that one is
asked of bots in processes of their own, with ever more closed trades behind them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.aged import BOT, aged_ledger
from benchmarks.asked import asked
from benchmarks.curves import AGAIN, curve
from benchmarks.decision import ALLOWED
from benchmarks.durable import allowed_entry
from benchmarks.figures import Line
from benchmarks.rounds import Arm, measure, timed
from benchmarks.samples import POLICY, book, request
from riskplugin.ledger import open_ledger
from riskplugin.service import RiskService

#: Ledger rows and closed trades, up to these.
ROWS = (100, 1000, 10_000, 100_000, 1_000_000)
TRADES = (100, 1000, 10_000, 100_000)
_OPEN, _PAIRS = 5, 10
_TIMES = 300


def lines(rounds: int, most: int = ROWS[-1]) -> list[Line]:
    """B-4, whole; no point above ``most``."""
    rows = tuple(each for each in ROWS if each <= most)
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        ledgers = {str(each): aged_ledger(Path(name) / f"{each}.sqlite", each) for each in rows}
        ledgers[AGAIN] = aged_ledger(Path(name) / "again.sqlite", rows[0])
        found = [*_written(ledgers, rows, rounds), *_loaded(ledgers, rows, rounds)]
    return found + _looks(rounds, tuple(each for each in TRADES if each <= most))


def _written(ledgers: dict[str, Path], rows: tuple[int, ...], rounds: int) -> list[Line]:
    found: list[Line] = []
    works: dict[str, Callable[[ExitStack, Path], Arm]] = {
        "entry decided and recorded": _entries,
        "append": _appends,
    }
    for what, work in works.items():
        with ExitStack() as stack:
            arms = {point: work(stack, path) for point, path in ledgers.items()}
            samples = measure(arms, rounds)
        found += curve(samples, rows, id="B-4", what=what, of="ledger rows", flat=True)
    return found


def _loaded(ledgers: dict[str, Path], rows: tuple[int, ...], rounds: int) -> list[Line]:
    samples = measure({point: _loads(path) for point, path in ledgers.items()}, rounds)
    what = {"what": "open and load", "of": "ledger rows"}
    return [*curve(samples, rows, id="B-4", **what, unit="ms", scale=1e3, flat=True)]


def _entries(stack: ExitStack, path: Path) -> Arm:
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    service = RiskService(policy=POLICY, ledger=ledger, bot=BOT, version="1", live=True)
    stack.callback(service.close)
    held, question = book(3), request(ALLOWED)
    if not service.decide(question, held, "stake").allowed:
        raise RuntimeError("the sample was to be allowed")

    def entry() -> None:
        """Decided, and on disk with what would be written with its order."""
        service.decide(question, held, "order")
        service._recorder.write()

    return lambda: timed(entry, times=_TIMES)


def _appends(stack: ExitStack, path: Path) -> Arm:
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    stack.callback(ledger.close)
    held, events = ledger.load(), [allowed_entry()]
    return lambda: timed(lambda: ledger.append(events, held), times=_TIMES)


def _loads(path: Path) -> Arm:
    def load() -> None:
        at = f"sqlite:///{path}"
        ledger = open_ledger(at, bot=BOT, base_dir=path.parent, durability="normal")
        ledger.load()
        ledger.close()

    return lambda: timed(load, times=3)


def _looks(rounds: int, trades: tuple[int, ...]) -> list[Line]:
    points = [str(each) for each in trades] + [AGAIN]
    counts = [*trades, trades[0]]
    workers = [("curve_worker", str(count), str(_OPEN), str(_PAIRS)) for count in counts]
    found: list[Line] = []
    with asked(*workers) as bots:
        for work, what in {"look": "look at the account", "decide": "look and decision"}.items():
            arms: dict[str, Arm] = {
                point: lambda bot=bot, work=work: bot.seconds(work)  # type: ignore[misc]
                for point, bot in zip(points, bots, strict=True)
            }
            samples = measure(arms, rounds)
            found += curve(samples, trades, id="B-4", what=what, of="closed trades", flat=True)
    return found
