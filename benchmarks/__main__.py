"""``python -m benchmarks``: each part in a process of its own, then one table."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from benchmarks import peers
from benchmarks.facts import ROOT, facts, load
from benchmarks.figures import Line, Sheet
from benchmarks.parts import PARTS
from benchmarks.report import as_json, from_json, sheets_from_json, show

ROUNDS = 31


def main() -> None:
    """Measure what was asked for; ends with 1 when a part failed, not for a missed target."""
    options = _parser().parse_args()
    progress = Console(stderr=True)
    lines: list[Line] = []
    sheets: list[Sheet] = []
    run, failed, begun = facts(options.rounds), False, time.monotonic()
    for name in options.only:
        started = time.monotonic()
        more, tables, error = _measured(name, options)
        lines += more
        sheets += tables
        took = f"{time.monotonic() - started:.0f} s"
        progress.print(f"{name:8} {PARTS[name].about}: {took}", style="dim", highlight=False)
        if error:
            failed = True
            progress.print(f"{name} failed:\n{error}", style="red", markup=False)
        run |= {"load after": load(), "minutes": round((time.monotonic() - begun) / 60)}
        if options.out:  # after each part: who stops a long run keeps what it measured
            options.out.write_text(as_json(lines, run, sheets) + "\n", encoding="utf-8")
    if options.json:
        sys.stdout.write(as_json(lines, run, sheets) + "\n")
    else:
        show(lines, run, sheets)
    sys.exit(int(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs, instead of the table")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON there, too")
    parser.add_argument("--only", type=_names, default=tuple(PARTS), help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="long parts take fewer")
    parser.add_argument("--full", action="store_true", help="long parts take all of them: hours")
    parser.add_argument("--quick", action="store_true", help="small samples, only to see it run")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="the whole profile, as text")
    return parser


def _names(text: str) -> tuple[str, ...]:
    known = {name.lower(): name for name in PARTS}
    names = [name.strip().lower() for name in text.split(",")]
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown).upper()} is not measured here; there are {', '.join(PARTS)}"
        )
    return tuple(known[name] for name in names)


def _measured(name: str, options: argparse.Namespace) -> tuple[list[Line], list[Sheet], str]:
    """What one part found, or why it did not. Nothing of one reaches the next."""
    lines: list[Line] = []
    sheets: list[Sheet] = []
    for python in peers.interpreters() if name == "B-1" else [sys.executable]:
        done = _worker(python, name, options)
        if done.returncode != 0:
            return lines, sheets, done.stderr[-4000:]
        answer = done.stdout[done.stdout.index('{"lines"') :]
        lines += from_json(answer)
        sheets += sheets_from_json(answer)
    return lines, sheets, ""


def _worker(
    python: str, name: str, options: argparse.Namespace
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    if options.full:
        environ["RISKPLUGIN_BENCH_FULL"] = "1"
    if options.profile:
        environ["RISKPLUGIN_BENCH_PROFILE"] = str(options.profile.resolve())
    quick = ["quick"] if options.quick else []
    return subprocess.run(  # noqa: S603  # our own module, in an interpreter that the user names
        [python, "-m", "benchmarks.worker", name, str(options.rounds), *quick],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environ,
    )


if __name__ == "__main__":
    main()
