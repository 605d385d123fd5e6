"""riskplugin audit keygen, rotate-key and repair: what they write, and what they refuse."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from riskplugin.ledger.proof.signing import PublicKey, load_signing_key
from tests.cli.conftest import Run, change
from tests.cli.ledgers import BOT, service, story, tamper

KEY = "user_data/risk_signing.key"
VARIABLE = "RISKPLUGIN_ENCRYPTION_KEY"


@pytest.mark.spec("AU-2")
def test_keygen_writes_the_configured_key_for_its_owner_alone(run: Run, home: Path) -> None:
    result = run("audit", "keygen", "--json")
    assert result.exit_code == 0, result.output
    key = load_signing_key(home / KEY)
    assert key is not None
    assert json.loads(result.stdout)["public_key"] == key.public.text
    assert stat.S_IMODE((home / KEY).stat().st_mode) == 0o600
    assert PublicKey.parse((home / f"{KEY}.pub").read_text()).id == key.id


@pytest.mark.spec("AU-2")
def test_keygen_writes_where_the_configuration_says_or_where_it_is_told(
    run: Run, home: Path
) -> None:
    change(home, risk={"ledger": {"checkpoints": {"key_file": "user_data/other.key"}}})
    assert run("audit", "keygen").exit_code == 0
    assert run("audit", "keygen", "--file", "third.key").exit_code == 0
    assert (home / "user_data/other.key").is_file()
    assert (home / "third.key.pub").is_file()


@pytest.mark.spec("AU-4")
def test_the_private_key_is_never_shown(run: Run, home: Path) -> None:
    shown = run("audit", "keygen").output
    assert (home / KEY).read_text().strip() not in shown
    assert (home / f"{KEY}.pub").read_text().strip() in shown


def test_keygen_never_writes_over_a_key(run: Run, home: Path) -> None:
    run("audit", "keygen")
    before = (home / KEY).read_bytes()
    result = run("audit", "keygen")
    assert result.exit_code == 2
    assert "never written over" in result.stderr
    assert (home / KEY).read_bytes() == before


def test_keygen_needs_its_folder(run: Run) -> None:
    result = run("audit", "keygen", "--file", "nowhere/x.key")
    assert result.exit_code == 2
    assert "there is no folder nowhere" in result.stderr


@pytest.mark.spec("AU-4")
def test_an_encryption_key_is_alone_on_standard_output(run: Run) -> None:
    result = run("audit", "keygen", "--encryption")
    Fernet(result.stdout.strip())
    assert VARIABLE in result.stderr
    Fernet(json.loads(run("audit", "keygen", "--encryption", "--json").stdout)["key"])


@pytest.mark.spec("AU-4")
def test_rotate_key_needs_a_key(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story(home)
    monkeypatch.delenv(VARIABLE, raising=False)
    result = run("audit", "rotate-key")
    assert result.exit_code == 2
    assert VARIABLE in result.stderr


@pytest.mark.spec("AU-4")
def test_rotate_key_says_when_nothing_is_encrypted(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(home)
    monkeypatch.setenv(VARIABLE, Fernet.generate_key().decode())
    assert "nothing is encrypted" in run("audit", "rotate-key").stdout


@pytest.mark.spec("AU-4")
def test_after_a_rotation_the_new_key_alone_reads_what_was_sealed(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    monkeypatch.setenv(VARIABLE, old)
    story(home, encrypt=True)
    assert "anna" in run("audit", "show", "12").stdout
    monkeypatch.setenv(VARIABLE, f"{new},{old}")
    result = run("audit", "rotate-key")
    assert result.exit_code == 0, result.output
    assert f"{BOT}: 1 data key wrapped" in result.stdout
    monkeypatch.setenv(VARIABLE, new)
    assert "anna" in run("audit", "show", "12").stdout
    monkeypatch.setenv(VARIABLE, Fernet.generate_key().decode())
    assert "anna" not in run("audit", "show", "12").stdout
    assert "anna" not in run("audit", "export").stdout
    assert run("audit", "verify").exit_code == 0


@pytest.mark.spec("RE-1")
def test_a_state_that_was_removed_is_made_anew(run: Run, home: Path) -> None:
    story(home)
    tamper(home, "DELETE FROM states")
    result = run("audit", "repair", "--reason", "disk", "--by", "anna", "--yes")
    assert result.exit_code == 0, result.output
    assert "breaker latched" in " ".join(result.stdout.split())
    with service(home) as risk:
        assert risk.state.latched_by == "anna"
        assert risk.fault_text is None
    assert "made anew from the records, by anna: disk" in " ".join(
        run("audit", "show").stdout.split()
    )


@pytest.mark.spec("RE-1")
def test_a_state_that_is_right_is_left_alone(run: Run, home: Path) -> None:
    story(home)
    assert "nothing was changed" in run("audit", "repair", "--reason", "x", "--yes").stdout


def test_repair_asks_first_and_wants_a_reason(run: Run, home: Path) -> None:
    story(home)
    assert "say why" in run("audit", "repair", "--yes").stderr
    result = run("audit", "repair", "--reason", "x", answer="n\n")
    assert result.exit_code == 1


@pytest.mark.spec("RE-1")
def test_repair_refuses_records_that_are_not_whole(run: Run, home: Path) -> None:
    story(home)
    tamper(home, "DELETE FROM events WHERE seq = 9", "DELETE FROM states")
    result = run("audit", "repair", "--reason", "x", "--yes")
    assert result.exit_code == 2
    assert "audit verify" in result.stderr


@pytest.mark.spec("CF-6", "AU-2")
def test_check_hints_at_a_missing_signing_key_and_is_content_with_one(run: Run, home: Path) -> None:
    hint = _hints(run)
    assert [finding["severity"] for finding in hint] == ["info"]
    assert hint[0]["mend"] == "riskplugin audit keygen"
    run("audit", "keygen")
    assert _hints(run) == []
    (home / KEY).chmod(0o644)
    assert [finding["severity"] for finding in _hints(run)] == ["warning"]


def _hints(run: Run) -> list[dict[str, str]]:
    told = json.loads(run("check", "--no-run", "--json").stdout)
    return [each for each in told["findings"] if each["where"].endswith("key_file")]
