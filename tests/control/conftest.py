"""People with cheap passwords: what argon2 costs is one test's business, not all of them's."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from riskplugin.control import passwords
from tests.control.people_made import Office

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", lambda: CHEAP)
    passwords._nobodys.cache_clear()


@pytest.fixture
def office(tmp_path: Path, cheap_passwords: None) -> Office:
    """Nobody yet."""
    return Office(tmp_path)
