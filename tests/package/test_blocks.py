"""A page is read as its author meant it, and a mark that nobody knows is a mistake."""

from __future__ import annotations

import pytest

from tools.blocks import PageError, first_missing, parse
from tools.shell import commands

pytestmark = pytest.mark.spec("CF-6")


def page(*lines: str) -> str:
    return "\n".join(["# Title", "", *lines, ""])


def test_marks_stand_directly_above_a_fence_one_below_the_other() -> None:
    text = page("<!-- exit: 1 -->", "<!-- type: y\\nno -->", "```sh", "riskplugin init", "```")
    [block] = parse(text).blocks
    assert (block.exit, block.typed, block.line, block.section) == (1, "y\nno\n", 5, "Title")


def test_a_mark_further_above_is_not_the_blocks() -> None:
    [block] = parse(page("<!-- exit: 1 -->", "", "```sh", "true", "```")).blocks
    assert block.exit == 0


def test_the_stage_stands_above_the_first_heading() -> None:
    assert parse("<!-- stage: bot -->\n# Title\n").stage == "bot"
    assert parse("# Title\n<!-- stage: bot -->\n## More\n").stage == ""


def test_what_runs_beside_the_page_and_what_cannot_run_here() -> None:
    text = page(
        *("<!-- background -->", "```sh", "freqtrade trade", "```"),
        *("<!-- not run: needs a Docker engine -->", "```sh", "docker ps", "```"),
    )
    beside, elsewhere = parse(text).blocks
    assert (beside.background, beside.not_run) == (True, "")
    assert (elsewhere.background, elsewhere.not_run) == (False, "needs a Docker engine")


def test_what_is_printed_belongs_to_the_commands_before_it() -> None:
    text = page("```sh", "echo a b", "```", "It says:", "<!-- prints -->", "```text", "a …", "```")
    said, shown = parse(text).blocks
    assert said.prints == ("a …",)
    assert shown.prints == ()


def test_blocks_inside_lists_admonitions_and_tabs_are_found() -> None:
    text = page(
        *("1. First", "", "    ```sh", "    echo list", "    ```"),
        *('!!! Warning "Mind"', "    Text", "    <!-- exit: 2 -->", "    ```sh", "    false"),
        *("    ```", '=== "Tab"', "", "    ```sh", "    echo tab", "    ```", "", "After"),
    )
    assert [(block.text, block.exit) for block in parse(text).blocks] == [
        ("echo list\n", 0),
        ("false\n", 2),
        ("echo tab\n", 0),
    ]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("exti: 1", "no such mark: exti"),
        ("exit: one", "is a number"),
        ("not run:", "why"),
        ("prints", "no sh block"),
    ],
)
def test_a_mark_that_cannot_be_meant_names_page_and_line(mark: str, said: str) -> None:
    language = "text" if mark == "prints" else "sh"
    with pytest.raises(PageError, match=rf"guide\.md:4.*{said}"):
        parse(page(f"<!-- {mark} -->", f"```{language}", "x", "```"), "guide.md")


def test_generated_parts_are_no_marks() -> None:
    [block] = parse(page("<!-- begin breaker -->", "```mermaid", "x", "```")).blocks
    assert block.language == "mermaid"


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (("a", "c"), None),
        (("c", "a"), "a"),
        (("a … z",), None),
        (("a . z",), "a . z"),
        (("a   1",), None),
        ((), None),
    ],
)
def test_lines_have_to_be_printed_in_this_order(
    lines: tuple[str, ...], missing: str | None
) -> None:
    assert first_missing(lines, "a 1 of z\nb\nc\n") == missing


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("a --b \\\n  c", [["a", "--b", "c"]]),
        ("a; b && c | d", [["a"], ["b"], ["c"], ["d"]]),
        ("X=1 Y=2 a", [["a"]]),
        ("a > out 2>&1", [["a"]]),
        ("# only words\na  # why", [["a"]]),
        ("cat > f <<'END'\na 'b\nEND\nc", [["cat"], ["c"]]),
        ("a 'b\nc'", [["a", "b\nc"]]),
    ],
)
def test_a_script_is_taken_apart_as_the_shell_would(script: str, words: list[list[str]]) -> None:
    assert commands(script) == words


def test_a_quotation_that_nothing_closes_is_told() -> None:
    with pytest.raises(ValueError, match="not closed"):
        commands("a 'b")
