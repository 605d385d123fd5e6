"""The kill file: a person's last resort works without any program (EM-2, EM-3)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.kill_file import KillFile
from tests.adapter.bots import BTC, Bot, listen
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("EM-2", "EM-3")


def test_no_file_no_kill_and_its_text_is_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "RISK_KILL"
    kill = KillFile(file)
    assert kill() is None
    file.touch()
    assert kill() == "the kill file stands"
    file.write_text("  fire in building 3\n")
    assert kill() == "fire in building 3"
    file.write_bytes(b"\xff\xfe" + b"x" * 10_000)
    assert len(kill() or "") <= 200


def test_what_cannot_be_looked_at_counts_as_standing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, **how: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refuse)
        reason = KillFile(tmp_path / "RISK_KILL")()
    assert reason is not None
    assert "Permission denied" in reason
    folder = tmp_path / "folder"
    folder.mkdir()
    assert KillFile(folder)() == "the kill file stands"


def kill_file(bot: Bot) -> Path:
    return Path(bot.freqtrade.config["user_data_dir"]) / "RISK_KILL"


def test_a_standing_file_closes_everything_in_one_loop_and_is_obeyed_once(start: Start) -> None:
    bot = start("Vetoes")
    bot.loop()
    assert bot.enter(BTC, 9_000)
    heard = listen(bot)
    kill_file(bot).write_text("fire")
    bot.loop()
    assert not bot.positions()
    bot.loop(4)
    assert len([e for e in heard if isinstance(e, ev.ControlHandled)]) == 1
    state = bot.session.service.state
    assert state.breaker is BreakerState.LATCHED
    assert not bot.enter(BTC, 100)


def test_a_file_beside_a_latch_of_somebody_else_is_obeyed_once_too(start: Start) -> None:
    bot = start()
    bot.loop()
    session = bot.session
    session.service.command("trip", by="alice", reason="lunch", book=session.look(session.now()))
    heard = listen(bot)
    kill_file(bot).touch()
    bot.loop(5)
    assert len([e for e in heard if isinstance(e, ev.ControlHandled)]) == 1
    assert len([e for e in heard if isinstance(e, ev.FlattenOrdered)]) == 1


def test_who_re_arms_under_a_standing_file_is_overruled(start: Start) -> None:
    bot = start()
    kill_file(bot).touch()
    bot.loop(2)
    session = bot.session
    assert (
        session.service.command("rearm", by="bob", reason="x", book=session.look(session.now()))
        == "done"
    )
    bot.loop()
    assert session.service.state.breaker is BreakerState.LATCHED
    kill_file(bot).unlink()
    bot.loop()
    assert (
        session.service.command("rearm", by="bob", reason="x", book=session.look(session.now()))
        == "done"
    )
    bot.loop()
    assert session.service.state.breaker is BreakerState.HALF_OPEN
