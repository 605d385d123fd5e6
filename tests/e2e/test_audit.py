"""A real bot's life, audited from the command line: sound, made again, taken out; then forged."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.harness import ROOT, Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.spec("AU-1", "AU-2", "AU-3", "AU-4")]
SECTION = {
    "ledger": {
        "encrypt": True,
        "checkpoints": {"every_records": 5, "copy_to": "user_data/checkpoints.jsonl"},
    }
}


def audit(bot: Bot, *arguments: str) -> tuple[int, str]:
    """``riskplugin audit`` as a person runs it: its exit code and what it says."""
    command = [sys.executable, "-m", "riskplugin", "audit", *arguments]
    done = subprocess.run(
        [*command, "-c", str(bot.config), "--userdir", str(bot.userdir)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def third_party(file: Path) -> dict[str, list[object]]:
    """The program that docs/ledger.md gives to people without riskplugin."""
    page = (ROOT / "docs" / "ledger.md").read_text()
    [program] = [p for p in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "row[" in p]
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    ends: dict[str, list[object]] = json.loads(done.stdout)
    return ends


def forge(ledger: Path, *statements: str) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def an_order(ledger: Path) -> int:
    """The number of a record that names BTC."""
    query = "SELECT min(seq) FROM events WHERE payload LIKE '%BTC%'"
    with closing(sqlite3.connect(ledger)) as connection:
        [number] = connection.execute(query).fetchone()
    return int(number)


@pytest.mark.parametrize("mode", ["futures", pytest.param("spot", marks=pytest.mark.exhaustive)])
def test_a_life_is_proven_and_a_forgery_is_found(
    exchange: Exchange, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.fernet import Fernet

    monkeypatch.setenv("RISKPLUGIN_ENCRYPTION_KEY", Fernet.generate_key().decode())
    dry_run = mode == "spot"
    strategy = "EagerGuarded" if mode == "futures" else "EagerSpot"
    bot = Bot(
        exchange, tmp_path, strategy, name=f"audit-{mode}", mode=mode, dry_run=dry_run,
        section=SECTION,
    )  # fmt: skip
    code, said = audit(bot, "keygen")
    assert code == 0, said
    with bot:
        bot.told("a position", lambda told: told.get("positions"))
        bot.restart(signal.SIGKILL)
        assert bot.risk("breaker", "trip").returncode == 0
        bot.next_loops()
        code, said = audit(bot, "verify")
        assert (code, said.split()[0]) == (0, "SOUND"), f"while it runs: {said}"
    code, said = audit(bot, "verify", "--json")
    assert code == 0, said
    [report] = json.loads(said)
    assert report["proven"] == report["records"] > 10, "the end is signed, too"
    code, said = audit(bot, "replay")
    assert (code, "all the same" in said) == (0, True), said
    if mode == "spot":
        return  # the rest is the same for every market, and each command costs seconds
    code, shown = audit(bot, "show", "--kind", "people")
    assert "alice" in shown, said
    exported = tmp_path / "all.jsonl"
    assert audit(bot, "export", "--out", str(exported))[0] == 0
    end = int(report["records"])
    assert [place for place, _ in third_party(exported).values()] == [end]
    assert b"alice" not in exported.read_bytes(), "names are encrypted at rest"

    ledger = bot.userdir / "risk.sqlite"
    sound = tmp_path / "sound.sqlite"
    shutil.copy(ledger, sound)
    seq = an_order(ledger)
    forge(ledger, f"UPDATE events SET payload = replace(payload, 'BTC', 'ETH') WHERE seq = {seq}")
    code, said = audit(bot, "verify")
    assert (code, f" {seq} " in said) == (1, True), said
    shutil.copy(sound, ledger)
    forge(
        ledger,
        f"DELETE FROM events WHERE seq > {end - 3}",
        f"DELETE FROM checkpoints WHERE seq > {end - 3}",
    )
    code, said = audit(bot, "verify")
    assert code == 1, f"the copies know of more: {said}"
