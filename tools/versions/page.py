"""Writes docs/versions.md from what the runs have left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskplugin.adapter.internals import NEWEST, OLDEST, REQUIREMENT
from tools.versions.environments import RELEASES, ROOT
from tools.versions.runs import HAVE_THE_FAULT, LEFT_OUT, PACKAGES, PARTS, Part, Result

PAGE = ROOT / "docs" / "versions.md"

_HEAD = """\
# Which freqtrade

riskplugin runs with freqtrade **{oldest} to {newest}** (`{requirement}`). pip holds to that range,
and a guarded bot holds to it again when it starts: with another release it does not start, and says
what to install. A development build has no month to go by; there, as everywhere, each private part
that the guards rely on is looked for, and the start is refused when one is missing.

2025.11.2 is the oldest: 2025.11, with the ccxt of its day (4.5.22), cannot place a stop on Binance
futures. It uses the endpoint for plain orders, and the exchange takes stops at another one since.
2026.10 and later wait until they were run here.

## What was run

`make versions` (that is `python -m tools.versions`) makes an environment for each release, with
the packages of the day after it came out (tools/versions/*.txt; for the newest constraints.txt),
and runs the same tests in each. Cells are passed tests; skipped, failed and left out ones are
counted beside them, the last two named below. "not run": no finished run of that part has been
kept. Apart from this table, `make test` installs and tests the newest release.

"""
_FAULT = """
There freqtrade itself ends with `PendingRollbackError`, with or without riskplugin: looking for
orders that it missed (`handle_onexchange_order`), it writes an order of an earlier trade of the
same pair a second time. These three tests trade a pair many times within seconds and meet it.
freqtrade 2026.7 still has the fault; 2026.8 leaves an order of another trade alone.
"""
_SAID = """\
Older releases with the newest ccxt, joblib or pandas are not in the table: they fail without
riskplugin, too. freqtrade 2026.4 with joblib 1.6, for example, cannot import its own hyperopt.

## What differs between releases

- Until 2026.1 freqtrade tells protections no balance. Guarded by RiskMixin they do not need it.
  Without it, they take `available_capital`, or in dry-run and backtests the wallet of the
  configuration; a live bot with neither is refused at the start, with the ways out.
"""


def write(results: Sequence[Result]) -> None:
    """The page: the range, the table, what failed."""
    head = _HEAD.format(oldest=_text(OLDEST), newest=_text(NEWEST), requirement=REQUIREMENT)
    missing = [f"No run of {r} yet.\n" for r in RELEASES if r not in {x.release for x in results}]
    lines = [*_table(results), *missing, *_failures(results), *_left_out()]
    PAGE.write_text(head + "\n".join(lines) + "\n" + _SAID)


def _table(results: Sequence[Result]) -> Iterable[str]:
    yield f"| | {' | '.join(result.release for result in results)} |"
    yield "|---" * (len(results) + 1) + "|"
    for name, tests in PARTS.items():
        cells = [{p.name: p for p in result.parts}.get(name) for result in results]
        yield f"| {name}: `{' '.join(tests)}` | {' | '.join(map(_cell, cells))} |"
    for package in ("Python", *PACKAGES):
        yield f"| {package} | {' | '.join(result.packages[package] for result in results)} |"
    times = [sum(part.seconds for part in result.parts) / 60 for result in results]
    yield f"| minutes, of the parts that were run | {' | '.join(f'{t:.0f}' for t in times)} |"
    yield f"| run on | {' | '.join(result.day for result in results)} |"


def _cell(part: Part | None) -> str:
    if part is None:
        return "not run"
    skipped = f", {part.skipped} skipped" if part.skipped else ""
    failed = f", **{len(part.failed)} failed**" if part.failed else ""
    without = f", {part.left_out} left out" if part.left_out else ""
    return f"{part.passed}{skipped}{failed}{without}"


def _failures(results: Sequence[Result]) -> Iterable[str]:
    for result in results:
        for part in result.parts:
            for number, name in enumerate(part.failed):
                if not number:
                    yield f"\nFailed on {result.release}, {part.name}:\n"
                yield f"- `{name}`"


def _left_out() -> Iterable[str]:
    yield f"\nLeft out on {' and '.join(HAVE_THE_FAULT)}:\n"
    yield from (f"- `{test}`" for test in LEFT_OUT)
    yield _FAULT


def _text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
