"""riskplugin audit verify: one glance says sound or not, and why; which keys and copies count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from riskplugin.ledger.proof.signing import generate
from tests.cli.conftest import Run, change
from tests.cli.ledgers import BOT, COPIES, story, tamper

pytestmark = pytest.mark.spec("AU-2")
KEY = "user_data/risk_signing.key"
EDIT = "UPDATE events SET payload = replace(payload, '500.0', '50.0') WHERE seq = 9"
CUT = (
    "DELETE FROM events WHERE seq > 10",
    "DELETE FROM states",
    "DELETE FROM checkpoints",
    "DELETE FROM marks",
)


@pytest.fixture
def signed(home: Path) -> str:
    """A ledger with signed checkpoints; the public key as text."""
    key = generate(home / KEY)
    story(home, signed=True)
    return key.public.text


def report(run: Run, *arguments: str, code: int = 0) -> dict[str, Any]:
    result = run("audit", "verify", "--json", *arguments)
    assert result.exit_code == code, result.output
    (told,) = json.loads(result.stdout)
    return dict(told)


def words(run: Run, *arguments: str) -> str:
    output = run("audit", "verify", *arguments).stdout
    assert max(map(len, output.splitlines())) <= 80
    return " ".join(output.split())


def test_a_whole_ledger_is_sound_and_proven(run: Run, signed: str) -> None:
    told = report(run, "--public-key", signed)
    assert (told["sound"], told["records"], told["proven"]) == (True, 14, 14)
    assert words(run).startswith(f"SOUND {BOT}: 14 records, 2026-03-12 12:00:00")
    assert "proven up to record 14" in words(run)


def test_without_checkpoints_it_says_that_nothing_is_proven(run: Run, home: Path) -> None:
    story(home)
    assert report(run)["proven"] == 0
    assert words(run).startswith("SOUND, BUT NOT SIGNED")
    assert "no record is proven by a trusted signature" in words(run)


def test_an_edited_record_is_named_and_the_exit_code_is_1(
    run: Run, home: Path, signed: str
) -> None:
    tamper(home, EDIT)
    told = report(run, code=1)
    assert 9 in [finding["seq"] for finding in told["findings"]]
    assert words(run).startswith(f"NOT SOUND {BOT}")
    assert "record 9" in words(run)


def test_the_key_may_be_a_file_or_text(run: Run, home: Path, signed: str) -> None:
    for given in (signed, f"{KEY}.pub"):
        assert report(run, "--public-key", given)["proven"] == 14


def test_a_key_of_another_person_proves_nothing(run: Run, home: Path, signed: str) -> None:
    other = generate(home / "other.key").public.text
    assert report(run, "--public-key", other, code=1)["proven"] == 0
    assert report(run, "--public-key", other, "--public-key", signed)["proven"] == 14


def test_after_a_change_of_keys_the_older_public_key_beside_it_still_counts(
    run: Run, home: Path, signed: str
) -> None:
    (home / KEY).unlink()
    (home / f"{KEY}.pub").rename(home / f"{KEY}.old.pub")
    generate(home / KEY)
    assert report(run)["proven"] == 14
    (home / f"{KEY}.old.pub").rename(home / "elsewhere.pub")
    told = report(run, code=1)
    (finding,) = told["findings"]
    assert "2 checkpoints, from record" in finding["text"]
    assert "give its public half with --public-key, too" in finding["text"]


def test_a_key_found_here_is_said_to_be_found_here(run: Run, signed: str) -> None:
    assert "keep a copy elsewhere" in words(run)
    assert "keep a copy elsewhere and give it" not in words(run, "--public-key", signed)


def test_the_public_key_alone_is_enough(run: Run, home: Path, signed: str) -> None:
    (home / KEY).unlink()
    assert report(run)["proven"] == 14


def test_a_signing_key_that_lies_open_is_no_reason_to_stop(
    run: Run, home: Path, signed: str
) -> None:
    (home / KEY).chmod(0o644)
    told = report(run)
    assert told["proven"] == 14
    assert "chmod 600" in " ".join(told["notes"])


def test_records_cut_off_are_found_by_the_copies_kept_elsewhere(
    run: Run, home: Path, signed: str
) -> None:
    tamper(home, *CUT)
    assert not report(run, code=1)["sound"]
    told = report(run, "--copies", COPIES, code=1)
    assert any("14" in finding["text"] for finding in told["findings"])


def test_the_configured_copies_are_used(run: Run, home: Path, signed: str) -> None:
    tamper(home, *CUT)
    before = report(run, code=1)
    change(home, risk={"ledger": {"checkpoints": {"copy_to": COPIES}}})
    assert len(report(run, code=1)["findings"]) > len(before["findings"])


def test_a_line_of_the_copies_that_is_none_is_noted(run: Run, home: Path, signed: str) -> None:
    with (home / COPIES).open("a") as file:
        file.write('{"half": ')
    assert "is no checkpoint" in " ".join(report(run, "--copies", COPIES)["notes"])


def test_every_bot_is_verified_and_one_bad_one_is_enough(run: Run, home: Path, signed: str) -> None:
    story(home, "other", signed=True)
    tamper(home, f"{EDIT} AND bot = 'other'")
    result = run("audit", "verify", "--all-bots", "--json")
    assert result.exit_code == 1
    sound = {told["bot"]: told["sound"] for told in json.loads(result.stdout)}
    assert sound == {BOT: True, "other": False}
    assert run("audit", "verify", "--bot", BOT).exit_code == 0


def test_a_bot_whose_state_was_removed_is_still_verified(run: Run, home: Path, signed: str) -> None:
    tamper(home, "DELETE FROM states", "DELETE FROM status")
    assert not report(run, code=1)["sound"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--public-key", "rubbish"], "--public-key must be"),
        (["--public-key", "gone.pub"], "there is no file gone.pub"),
        (["--copies", "nowhere.jsonl"], "there is no file"),
        (["--copies", "user_data/config.json"], "holds no checkpoint"),
        (["--ledger", "sqlite:///nowhere.sqlite"], "there is no ledger"),
    ],
)
def test_wrong_use_is_exit_code_2(
    run: Run, signed: str, arguments: list[str], message: str
) -> None:
    result = run("audit", "verify", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
