"""Keys that sign checkpoints: where they come from, and which ones are refused."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.ledger.proof.signing import (
    VARIABLE,
    PublicKey,
    SigningKey,
    generate,
    load_signing_key,
)
from riskplugin.ports import LedgerError

pytestmark = pytest.mark.spec("AU-2")

KEY = SigningKey(bytes(range(32)))
TEXT = base64.b64encode(KEY.raw).decode()


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_a_signature_fits_its_message_and_its_key_only(message: bytes, seed: bytes) -> None:
    key = SigningKey(seed)
    signature = key.sign(message)
    assert key.public.verify(message, signature)
    assert not key.public.verify(message + b"x", signature)
    assert not key.public.verify(message, signature[:-1])
    assert not key.public.verify(message, bytes(64))
    assert seed == KEY.raw or not KEY.public.verify(message, signature)


def test_a_public_key_is_read_back_from_its_text() -> None:
    public = KEY.public
    assert PublicKey.parse(f" {public.text}\n") == public
    assert public.id == KEY.id
    assert len(public.id) == 16
    assert int(public.id, 16)


def test_the_signature_is_that_of_the_standard() -> None:
    """RFC 8032, section 7.1, test 2."""
    seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert SigningKey(bytes.fromhex(seed)).sign(b"\x72").hex() == signature


def test_a_generated_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    key = generate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_signing_key(path, {}) == key
    assert PublicKey.parse((tmp_path / "signing.key.pub").read_text()) == key.public
    with pytest.raises(LedgerError, match="never written over"):
        generate(path)
    assert load_signing_key(path, {}) == key


def test_no_key_is_left_without_its_public_half(tmp_path: Path) -> None:
    (tmp_path / "signing.key.pub").write_text("another one's")
    with pytest.raises(LedgerError, match="never written over"):
        generate(tmp_path / "signing.key")
    assert not (tmp_path / "signing.key").exists()


def test_a_folder_that_is_not_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"cannot be written.*No such file"):
        generate(tmp_path / "none" / "signing.key")


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    generate(tmp_path / "signing.key")
    assert load_signing_key(tmp_path / "signing.key", {VARIABLE: f"{TEXT}\n"}) == KEY
    assert load_signing_key(tmp_path / "signing.key", {VARIABLE: ""}) != KEY


def test_without_either_there_is_no_key(tmp_path: Path) -> None:
    assert load_signing_key(tmp_path / "none", {}) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o610, 0o602])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "signing.key"
    generate(path)
    path.chmod(mode)
    with pytest.raises(LedgerError, match=r"open to others.*chmod 600"):
        load_signing_key(path, {})


def test_a_key_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(tmp_path / "signing.key")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(LedgerError, match=r"belongs to another user.*chown"):
        load_signing_key(tmp_path / "signing.key", {})


@pytest.mark.parametrize("text", ["", "?!?", TEXT[:-5], TEXT + TEXT, "ä" * 44, "\0" * 44])
def test_a_text_that_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "signing.key"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(LedgerError, match=r"signing\.key") as caught:
        load_signing_key(path, {})
    assert not text or text not in str(caught.value)
    with pytest.raises(LedgerError, match="public key"):
        PublicKey.parse(text)


def test_a_wrong_key_in_the_environment_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=f"{VARIABLE} is not.*keygen") as caught:
        load_signing_key(tmp_path / "none", {VARIABLE: TEXT[:-5]})
    assert TEXT[:8] not in str(caught.value)


def test_a_pipe_in_place_of_the_key_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "signing.key", 0o600)
    with pytest.raises(LedgerError, match="is no file"):
        load_signing_key(tmp_path / "signing.key", {})


def test_a_folder_in_place_of_the_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signing.key").mkdir(mode=0o700)
    with pytest.raises(LedgerError, match=r"signing\.key"):
        load_signing_key(tmp_path / "signing.key", {})


def test_a_key_is_not_shown() -> None:
    assert TEXT not in repr(KEY)
    assert repr(KEY.raw) not in repr(KEY)


@pytest.mark.slow
def test_without_a_key_the_library_is_not_imported() -> None:
    code = (
        "import sys, pathlib; from riskplugin.ledger.proof.signing import load_signing_key; "
        "load_signing_key(pathlib.Path('none'), {}); "
        "sys.exit('cryptography.hazmat.primitives.asymmetric.ed25519' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
