"""The kill file: a person's last resort works without any program (EM-2, EM-3)."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    assert 100 < len(kill() or "") <= 200


def folder(file: Path) -> None:
    file.mkdir()


def link_to_nowhere(file: Path) -> None:
    file.symlink_to(file.with_name("unmounted"))


def link_to_itself(file: Path) -> None:
    file.symlink_to(file)


def link_to_a_device(file: Path) -> None:
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "odd", [folder, link_to_nowhere, link_to_itself, link_to_a_device, os.mkfifo, Path.touch]
)
def test_whatever_has_the_name_stands(tmp_path: Path, odd: Callable[[Path], None]) -> None:
    file = tmp_path / "RISK_KILL"
    odd(file)
    assert KillFile(file)() == "the kill file stands"


def test_a_file_of_another_name_does_not_stand(tmp_path: Path) -> None:
    for other in ("RISK_KILL\n", "RISK_KILL ", "risk_kill"):
        (tmp_path / other).touch()
    assert KillFile(tmp_path / "RISK_KILL")() is None


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "Permission denied"),
        OSError(errno.EIO, "Input/output error"),
        OSError(errno.ESTALE, "Stale file handle"),
        NotADirectoryError(errno.ENOTDIR, "Not a directory"),
    ],
    ids=lambda error: error.strerror,
)
def test_what_cannot_be_looked_at_counts_as_standing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refuse(path: object) -> os.stat_result:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", refuse)
        reason = KillFile(tmp_path / "RISK_KILL")()
    assert reason == f"the kill file cannot be looked at: {error.strerror}"


def test_a_name_below_a_file_cannot_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Not a directory" in str(KillFile(tmp_path / "file" / "RISK_KILL")())
    assert "null" in str(KillFile(tmp_path / "RISK\0KILL")())


def test_a_file_that_may_not_be_read_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = tmp_path / "RISK_KILL"
    file.write_text("fire")
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        assert KillFile(file)() == "the kill file stands"


def test_a_file_system_that_hangs_is_waited_for_once_and_counts_as_standing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended, looks = threading.Event(), list[object]()
    real = os.lstat

    def hang(path: Any) -> os.stat_result:
        looks.append(path)
        mended.wait(30)
        return real(path)

    kill = KillFile(tmp_path / "RISK_KILL", patience=0.05)
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", hang)
        for _ in range(3):
            assert "no answer within 0.05 s" in str(kill())
        assert len(looks) == 1, "the threads do not pile up"
        mended.set()
        kill.patience = 30
        wait_until(lambda: kill() is None)


def eyes() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "riskplugin-kill-file"]


def test_one_thread_looks_and_ends_with_the_last_who_could_ask(tmp_path: Path) -> None:
    others = len(eyes())
    kill = KillFile(tmp_path / "RISK_KILL")
    assert [kill() for _ in range(5)] == [None] * 5
    assert len(eyes()) == others + 1
    del kill
    wait_until(lambda: len(eyes()) <= others)


def test_a_look_that_fails_counts_as_standing_and_the_next_one_looks_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> os.stat_result:
        raise SystemExit

    kill = KillFile(tmp_path / "RISK_KILL")
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", refuse)
        assert kill() == "the kill file cannot be looked at: the look failed"
    wait_until(lambda: kill() is None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_that_was_forked_off_looks_with_a_thread_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "RISK_KILL"
    kill = KillFile(file)
    assert kill() is None
    file.write_text("fire")
    child = os.fork()
    if child == 0:
        os._exit(0 if kill() == "fire" else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end


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


def test_a_bot_closes_for_a_file_system_that_hangs_and_goes_on_when_it_answers(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = start("Vetoes")
    bot.loop()
    assert bot.enter(BTC, 9_000)
    mended, file, real = threading.Event(), kill_file(bot), os.lstat

    def hang(path: Any) -> os.stat_result:
        if path == file:
            mended.wait(30)
        return real(path)

    kill = bot.session.service.orders.kill_switch
    assert isinstance(kill, KillFile)
    kill.patience = 0.05
    monkeypatch.setattr(os, "lstat", hang)
    bot.loop(4)
    assert not bot.positions()
    state = bot.session.service.state
    assert state.breaker is BreakerState.LATCHED
    mended.set()
    kill.patience = 30
    bot.loop(2)
    done = bot.session.service.command(
        "rearm", by="bob", reason="x", book=bot.session.look(bot.session.now())
    )
    assert done == "done"
    bot.loop(2)
    assert bot.session.service.state.breaker is BreakerState.HALF_OPEN


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


def test_who_re_arms_under_a_standing_file_is_overruled_even_if_it_is_a_link_to_nowhere(
    start: Start,
) -> None:
    bot = start()
    kill_file(bot).symlink_to("nowhere")
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
