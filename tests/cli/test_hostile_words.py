"""What somebody wrote as a reason steers neither a terminal nor the commands that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.dashboard.bots import PaperBot

pytestmark = pytest.mark.spec("CB-5", "AL-1")

#: Closes a tag that is not open, clears the screen, begins the line anew, turns the text round.
EVIL = "calm[/red] [/] \x1b[2J\x1b]0;title\x07 \rLATCHED \u202etxt"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[PaperBot]:
    """A bot that was given orders with such reasons, in such a name."""
    bot = PaperBot(tmp_path)
    bot.loop()
    bot.service.command("emergency-on", by=EVIL, reason=EVIL, book=bot.book())
    args = '{"changes": {"sizing.base_pct.minimal": 1}, "pair": "x\\u001b[2J[/]", "until": "1h"}'
    bot.service.command("propose", by=EVIL, reason=EVIL, book=bot.book(), args=args)
    bot.service.command("trip", by=EVIL, reason=EVIL, book=bot.book())
    bot.service.tick(replace(bot.book(), at=datetime.now(UTC) + timedelta(seconds=5)))
    yield bot
    bot.stop()


COMMANDS = (
    ("status",),
    ("breaker", "show"),
    ("alerts", "list", "--all"),
    ("alerts", "show", "1"),
    ("limits",),
    ("limits", "history"),
    ("audit", "show"),
)


def test_it_is_shown_as_text(told: PaperBot, run: Run) -> None:
    for command in COMMANDS:
        shown = run(*command, "--ledger", told.url, "--userdir", str(told.user_data))
        assert shown.exit_code == 0, (command, shown.output)
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(shown.output), command
