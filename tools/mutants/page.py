"""What is said about a run: a table on the screen, and the suite's part of docs/mutants.md."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tools.mutants.generate import Mutant
from tools.mutants.suite import Outcome, Suite

SUITES = {
    "core": Suite(
        "riskplugin/core/**/*.py",
        ("tests/core", "tests/service", "riskplugin/core"),
    ),
    "adapter": Suite("riskplugin/adapter/guards/*.py", ("tests/adapter",)),
}
EXPLAINED = "tools/mutants/explained.toml"
UNEXPLAINED = "**not explained yet**"


def report(suite: str, outcomes: list[Outcome], root: Path, page: Path | None) -> str:
    """The table with the sum; rewrites the suite's part of ``page`` where one is given."""
    rows = list(_rows(outcomes))
    text = "\n".join(rows)
    if page is not None:
        begin, end = f"<!-- {suite}: begin -->", f"<!-- {suite}: end -->"
        before, _, rest = page.read_text(encoding="utf-8").partition(begin)
        after = rest.partition(end)[2]
        parts = [begin, "", text, "", *_survivors(outcomes, root), end]
        page.write_text(before + "\n".join(parts) + after, encoding="utf-8")
    return text


def collected(outcomes: list[Outcome], path: Path) -> list[Outcome]:
    """The outcomes with those of earlier runs in ``path`` for all other files; kept there."""
    files = {outcome.mutant.file for outcome in outcomes}
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    old = [Outcome(Mutant(**each["mutant"]), each["killed"]) for each in earlier]
    every = [each for each in old if each.mutant.file not in files] + outcomes
    path.write_text(json.dumps([asdict(each) for each in every]), encoding="utf-8")
    return every


def _rows(outcomes: list[Outcome]) -> Iterator[str]:
    files: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        files[outcome.mutant.file].append(outcome.killed)
    yield "| file | mutants | killed | survived | score |"
    yield "|---|--:|--:|--:|--:|"
    for file, ends in sorted(files.items()):
        yield _row(f"`{file.removeprefix('riskplugin/')}`", ends)
    yield _row("**all**", [outcome.killed for outcome in outcomes])


def _row(name: str, ends: list[bool]) -> str:
    killed = sum(ends)
    score = killed / len(ends) if ends else 1.0
    return f"| {name} | {len(ends)} | {killed} | {len(ends) - killed} | {score:.1%} |"


def _survivors(outcomes: list[Outcome], root: Path) -> Iterator[str]:
    """One row for each line with survivors that share a reason."""
    reasons = tomllib.loads((root / EXPLAINED).read_text(encoding="utf-8"))
    grouped: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.killed:
            before, after = outcome.mutant.change(root)
            why = _why(reasons, outcome.mutant.file, before, after)
            grouped[outcome.mutant.file, before, why].append(after)
    if grouped:
        yield "| survivor | changed to | why it lives |"
        yield "|---|---|---|"
    for (file, before, why), afters in sorted(grouped.items()):
        place = file.removeprefix("riskplugin/")
        changed = "<br>".join(_code(after) for after in afters)
        yield f"| {place}: {_code(before)} | {changed} | {why} |"
    if grouped:
        yield ""


def _why(reasons: dict[str, list[dict[str, str]]], file: str, before: str, after: str) -> str:
    """The first entry of the file whose ``line`` and ``to`` (where given) occur."""
    for entry in reasons.get(file.removeprefix("riskplugin/"), []):
        if entry["line"] in before and entry.get("to", "") in after:
            return entry["why"]
    return UNEXPLAINED


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`" if text else "(nothing)"
