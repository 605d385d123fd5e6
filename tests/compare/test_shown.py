"""What people see: a table in 80 columns, a page on which the strategies of others stay text."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from riskplugin.cli.compare.table import show
from riskplugin.reports.compare.comparison import Comparison, as_json, shown
from riskplugin.reports.compare.page import page_of
from riskplugin.reports.compare.run import Run, Trade, Trip
from riskplugin.reports.compare.store import CannotRead, load, save
from tests.compare.samples import FACTS, asked, at, guarded_run, run, trade, without_run

pytestmark = pytest.mark.spec("DB-4")

HOSTILE = '</script><img src=x onerror=alert(1)>[red]"\x1b[2J'


def up_and_down(gain: float) -> tuple[Trade, Trade]:
    return trade(profit=gain), trade(opened=30, closed=40, profit=-1.0)


def whole() -> Comparison:
    """With a grid and a calibration."""
    grid = tuple(
        replace(run(f"breaker.drawdown.trip_pct={n}", *up_and_down(n)), settings=settings)
        for n in (5, 8)
        for settings in [{"breaker.drawdown.trip_pct": n, "breaker.drawdown.warn_pct": n / 2}]
    )
    watched = run("drawdown observed", trade(profit=-100.0))
    return Comparison(without_run(), guarded_run(), grid, {"drawdown": watched})


def hostile() -> Comparison:
    facts = replace(FACTS, strategy=HOSTILE, pairs=(HOSTILE,))
    guarded = replace(
        guarded_run(),
        facts=facts,
        asked=(asked(pair=HOSTILE, tag=HOSTILE, text=HOSTILE, rule=HOSTILE),),
        trips=(Trip(at(10), (HOSTILE,), HOSTILE),),
    )
    effects = replace(guarded.effects, faults=2, fault=HOSTILE, observed={HOSTILE: 1})
    return Comparison(
        replace(without_run(), facts=facts), replace(guarded, effects=effects), (), None
    )


def printed(comparison: Comparison) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    show(comparison, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


def test_everything_fits_into_80_columns() -> None:
    text = printed(whole())
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    for wanted in (
        "Profit in percent",
        "drawdown 16 % has reached",
        "Grid over",
        "Each limit alone",
    ):
        assert wanted in text
    assert "…" not in text, "no figure is cut off"


def test_a_grid_recommends_nothing() -> None:
    assert "highest Calmar ratio" in printed(whole())
    for text in (printed(whole()), page_of(whole())):
        assert "luckiest" in text
        assert not re.search(r"recommend|optimal", re.sub(r"<script.*", "", text, flags=re.DOTALL))


def test_texts_of_others_neither_steer_the_terminal_nor_colour_it() -> None:
    text = printed(hostile())
    assert "\x1b" not in text
    assert "[red]" in text


def test_texts_of_others_stay_text_on_the_page() -> None:
    page = page_of(hostile())
    assert "<img" not in page
    body = page[: page.index('<script type="application/json"')]
    assert "&lt;img src=x onerror=alert(1)&gt;" in body
    data = page[page.index('<script type="application/json"') :].split(">", 1)[1]
    figures = json.loads(data.split("</script>")[0])
    assert {each["key"] for each in figures} >= {"equity", "drawdown"}


def test_the_page_says_what_the_table_says() -> None:
    page = page_of(whole())
    for wanted in ("0.50 %", "of 5 asked", "in the pair already", "highest Calmar", "half-open"):
        assert wanted in page
    assert re.search(r"https?://(?!www\.w3\.org)", page.split("<script")[0]) is None


def test_a_comparison_without_a_single_trade_is_shown() -> None:
    empty = Comparison(run("without"), run("with"))
    assert "+0.00 USDT" in printed(empty)
    assert "<h1>" in page_of(empty)
    assert as_json(empty)["without"]["calmar"] is None


def same(one: Run, other: Run) -> bool:
    curves = ("times", "equity", "own", "states")
    plain = dict.fromkeys(curves, ())
    return replace(one, **plain) == replace(other, **plain) and all(  # type: ignore[arg-type]
        (getattr(one, name) == getattr(other, name)).all() for name in curves
    )


def test_a_run_comes_back_from_its_folder_as_it_was(tmp_path: Path) -> None:
    save(hostile().guarded, tmp_path)
    assert same(load(tmp_path), hostile().guarded)


def test_a_kept_comparison_is_shown_as_it_was(tmp_path: Path) -> None:
    whole().kept(tmp_path)
    assert as_json(shown(tmp_path)) == as_json(whole())
    assert printed(shown(tmp_path)) == printed(whole())


@pytest.mark.parametrize("damage", ["nothing", "no run", "text", "version"])
def test_what_cannot_be_shown_says_why(tmp_path: Path, damage: str) -> None:
    if damage != "nothing":
        whole().kept(tmp_path)
    match damage:
        case "no run":
            (tmp_path / "run0" / "curve.npz").unlink()
        case "text":
            (tmp_path / "run1" / "run.json").write_text("{}")
        case "version":
            file = tmp_path / "run1" / "run.json"
            file.write_text(
                file.read_text()
                .replace('"version": 1', '"version": 0', 1)
                .replace('"version":1', '"version":0', 1)
            )
    with pytest.raises(CannotRead, match=str(tmp_path)):
        shown(tmp_path)
