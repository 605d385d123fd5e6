"""Whatever can wake somebody has its section in the runbook, and each trigger its row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskplugin.config import TRIGGER_NAMES
from riskplugin.core.policy import BreakerPolicy, Threshold
from riskplugin.watchdog.judge import NAMES
from tools.blocks import ROOT

#: Where alerts are made, and the functions that make one from its name.
PLACES = ("core/alerts", "alerts", "control", "watchdog", "recorder.py")
MAKERS = {"Raise", "told_so", "_found", "_changed"}

pytestmark = pytest.mark.spec("CF-6")


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def sources() -> Iterator[Path]:
    for place in PLACES:
        path = ROOT / "riskplugin" / place
        yield from path.rglob("*.py") if path.is_dir() else [path]


def name_in(call: ast.Call) -> ast.expr | None:
    """The name that a call gives an alert, where it makes one."""
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    if called not in MAKERS:
        return None
    named = [each.value for each in call.keywords if each.arg == "name"]
    return named[0] if named else call.args[0]


def texts(value: ast.AST) -> set[str]:
    """The names within an expression; `f"{…}_warning"` stands for all warnings."""
    if isinstance(value, ast.JoinedStr):
        return {f"{name}_warning" for name in TRIGGER_NAMES}
    nodes = (node.value for node in ast.walk(value) if isinstance(node, ast.Constant))
    return {text for text in nodes if isinstance(text, str)}


def assigned(tree: ast.AST, name: str) -> set[str]:
    """What a variable of that name is given within a module, alone or as one of several."""
    found: set[str] = set()
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.Assign)):
        value, target = node.value, node.targets[0]
        for given in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            pairs = [(target, given)]
            if isinstance(target, ast.Tuple) and isinstance(given, ast.Tuple):
                pairs = list(zip(target.elts, given.elts, strict=True))
            for to, what in pairs:
                found |= texts(what) if isinstance(to, ast.Name) and to.id == name else set()
    return found


def raised() -> set[str]:
    """The name of every alert that the code can raise."""
    names = set(NAMES)
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = name_in(call)
            if isinstance(name, ast.Name):
                names |= assigned(tree, name.id)
            elif name is not None:
                names |= texts(name)
    return names


def sections() -> set[str]:
    """The alerts that a heading of the runbook names, or its table of what needs nobody."""
    headings = re.findall(r"^### (.+)$", page("runbook"), re.MULTILINE)
    info = page("runbook").partition("### Info")[2].partition("\n## ")[0]
    return {n for h in headings for n in h.split(", ")} | set(re.findall(r"`(\w+)`", info))


#: One of each way of naming an alert: a literal, a constant, a choice of two, a tuple, a family, an
#: argument.
SOME = {
    *("breaker_open", "people_damaged", "command_refused", "limits_loosened", "score_warning"),
    *("dead_man", "watchdog_stumbles", "bot_exposed", "flat", "role_changed", "sign_in_locked"),
}


def test_each_way_of_naming_an_alert_is_understood() -> None:
    assert SOME - raised() == set()


def test_every_alert_has_its_section_in_the_runbook() -> None:
    assert raised() - sections() == set()


def test_the_runbook_speaks_of_no_alert_that_there_is_not() -> None:
    words = {name for name in sections() if re.fullmatch(r"[a-z]+(_[a-z]+)+", name)}
    assert words - raised() == set()


def test_the_pages_about_alerts_name_every_one() -> None:
    """The watchdog's stand on its own page, the warnings of triggers as a family."""
    told = page("alerts") + page("watchdog")
    named = {name for name in raised() if f"`{name}`" in told or name.endswith("_warning")}
    assert raised() - named == set()


def shown(value: float | None, name: str) -> str:
    if value is None:
        return "off"
    return f"{value:g}" if name in {"score", "losing_streak"} else f"{100 * value:g} %"


@pytest.mark.parametrize("name", [name for name in TRIGGER_NAMES if name != "system"])
def test_the_page_about_the_breaker_has_every_trigger_with_its_defaults(name: str) -> None:
    threshold: Threshold = getattr(BreakerPolicy(), name)
    row = re.search(rf"^\| `{name}` \|.*$", page("breaker"), re.MULTILINE)
    assert row is not None
    _, _, warns, trips, _ = (cell.strip() for cell in row[0].strip("|").split("|"))
    assert (warns, trips) == (shown(threshold.warn, name), shown(threshold.trip, name))
