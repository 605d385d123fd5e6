"""The scripted newcomer passes for a guarded bot inside its limits, in time, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.docs.shell import Ran
from tools.blocks import ROOT, Block, parse, read
from tools.newcomer.__main__ import QUICKSTART, README, SECTION
from tools.newcomer.following import config_of
from tools.newcomer.judging import Way, breaches, section, verdict, wrong

pytestmark = pytest.mark.spec("CF-5")
RISK: dict[str, Any] = {
    "sizing": {"base_pct": {"minimal": 2.0, "high": 0.25}},
    "leverage": {"max": {"minimal": 20, "high": 5}},
    "breaker": {"exposure": {"warn_pct": 45.0}},
}


def status(*positions: dict[str, Any]) -> dict[str, Any]:
    return {"equity": 1000.0, "positions": list(positions)}


def held(**changed: Any) -> dict[str, Any]:
    position = {"pair": "BTC", "stake": 20.0, "leverage": 20, "notional": 400.0, "stop_price": 1.0}
    return position | changed


def block(text: str, **marks: Any) -> Block:
    return Block("page.md", 3, "sh", text, "Heading", **marks)


def test_positions_inside_every_limit_are_fine() -> None:
    assert breaches(status(held()), RISK) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stake": 21.0}, "margin 21"),
        ({"stake": float("nan")}, "margin nan"),
        ({"leverage": 21}, "21x"),
        ({"stop_price": None}, "no stop"),
        ({"notional": 460.0}, "exposure 460"),
        ({"notional": float("nan")}, "exposure nan"),
    ],
)
def test_a_position_beyond_a_limit_is_named(changed: dict[str, Any], said: str) -> None:
    [found] = breaches(status(held(**changed)), RISK)
    assert said in found


def test_a_block_has_to_end_and_to_print_as_its_page_says() -> None:
    asked = block("riskplugin check\n", exit=1, prints=("1 critical",))
    assert wrong(asked, Ran(1, "found\n1 critical\n", 3)) == ""
    assert "ends with 0" in wrong(asked, Ran(0, "1 critical\n", 3))
    assert "prints no '1 critical'" in wrong(asked, Ran(1, "nothing\n", 3))
    assert "ends with None" in wrong(block("sleep 9\n"), Ran(None, "", 3))


def test_the_configuration_is_the_one_of_the_page() -> None:
    assert config_of(block("freqtrade trade -c a.json --strategy S")) == "a.json"
    assert config_of(block("freqtrade trade --strategy S")) == "user_data/config.json"


def test_one_section_of_a_page_is_taken() -> None:
    page = parse("# A\n```sh\none\n```\n## B\n```sh\ntwo\n```\n")
    assert [found.text for found in section(page, "B").blocks] == ["two\n"]
    with pytest.raises(ValueError, match="no commands under 'C'"):
        section(page, "C")


def test_both_ways_begin_a_guarded_bot() -> None:
    for page in (section(read(README), SECTION), read(QUICKSTART)):
        started = [block for block in page.of("sh") if "freqtrade trade" in block.text]
        assert started, page.name
        assert all(block.background and not block.not_run for block in started), page.name
        assert all("Guarded" in block.text for block in started), page.name


@pytest.mark.parametrize(
    ("ways", "demo", "fine"),
    [
        ([Way("a", 20.0), Way("b", 40.0)], "passed", True),
        ([Way("a", 20.0)], "left out", True),
        ([Way("a", 20.0)], "FAILED", False),
        ([Way("a", 20.0, "no position"), Way("b", 1.0)], "passed", False),
        ([Way("a", 0.0)], "passed", False),
        ([Way("a", 301.0)], "passed", False),
    ],
)
def test_the_verdict_is_one_line(ways: list[Way], demo: str, fine: bool) -> None:
    passed, told = verdict(100.0, ways, demo)
    assert passed is fine
    assert told.startswith("newcomer passed" if fine else "newcomer FAILED")
    assert "\n" not in told


def test_the_verdict_names_the_times() -> None:
    told = verdict(100.0, [Way("a", 20.0)], "passed")[1]
    assert (
        told
        == "newcomer passed: installed in 100 s; a: first guarded entry after 20 s; demo passed"
    )


def test_continuous_integration_runs_it_after_the_tests() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert text.index("make test") < text.index("make newcomer")
