"""The ledger looks for secrets itself, in whatever reaches it uncleaned."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.redaction import Redactor
from tests.ledger.conftest import Read
from tests.ledger.samples import decided

SECRET = "hunter2hunter2"


class Told:
    """A tag that is no text, and tells a secret."""

    def __repr__(self) -> str:
        return f"Told({SECRET})"


@pytest.mark.spec("AU-4")
@pytest.mark.parametrize("tag", [f"by {SECRET}", Told()], ids=["text", "object"])
def test_the_tag_of_an_allowed_entry_is_cleaned(
    sqlite_url: str, tmp_path: Path, read_: Read, tag: object
) -> None:
    event = decided(tag=tag)
    assert event.decision.allowed
    ledger = open_ledger(sqlite_url, bot="bot", base_dir=tmp_path, redactor=Redactor([SECRET]))
    ledger.append([event], RiskState())
    ledger.close()
    (record,) = read_(sqlite_url).records("bot")
    assert SECRET.encode() not in record.payload
    assert b"***" in record.payload
