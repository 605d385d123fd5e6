"""What is said while the demo runs: plain lines at a readable pace, and no control codes."""

from __future__ import annotations

import io

from rich.console import Console

from riskplugin.cli.demo.screen import Plain, Terminal
from riskplugin.cli.demo.words import important, words, words_of_order
from tests.demo.play import whole


def plain(width: int = 80) -> tuple[Plain, io.StringIO]:
    text = io.StringIO()
    return Plain(Console(file=text, width=width, force_terminal=False)), text


def test_every_step_of_the_story_has_words() -> None:
    said = [words(event) for event in whole().events if important(event)]
    assert "entry BTC 2,520 USDT = 180.0 margin x 14" in said
    assert "book verified FLAT after 2.0 s, 2 exit orders" in said
    assert "breaker HALF-OPEN re-armed by demo: small probes only" in said


def test_an_exit_is_told_when_it_has_closed_something() -> None:
    assert words_of_order(whole().orders[3]) is None


def test_a_bot_has_one_line_for_what_came_together() -> None:
    screen, text = plain()
    screen.tell("live", "breaker OPEN", important=True)
    screen.tell("live", "book FLAT", important=True)
    screen.tell("live", "refused", important=False)
    assert text.getvalue() == ""
    screen.phase("next")
    first, second = text.getvalue().splitlines()
    assert first.endswith("live      breaker OPEN; book FLAT")
    assert second.endswith("--- 1/7  next")


def test_lines_are_wrapped_and_indented() -> None:
    screen, text = plain(width=60)
    screen.note("word " * 30)
    lines = text.getvalue().splitlines()
    assert len(lines) > 1
    assert all(len(line) < 60 for line in lines)
    assert all(line.startswith(" " * 19) for line in lines[1:])


def test_markup_in_what_a_bot_says_is_not_obeyed() -> None:
    screen, text = plain()
    screen.note("[red]as it is[/]")
    assert "[red]as it is[/]" in text.getvalue()


def test_the_live_view_shows_phase_and_events() -> None:
    text = io.StringIO()
    screen = Terminal(Console(file=text, width=80, force_terminal=True))
    screen.phase("a crash")
    screen.tell("live", "BREAKER OPEN [x]", important=True)
    screen.close()
    assert "demo" not in text.getvalue()  # nothing is drawn before there is something to look at
