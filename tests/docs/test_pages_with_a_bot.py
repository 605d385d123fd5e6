"""The same for pages that are about a running bot: a guarded one, in dry-run on the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.conftest import Follow, name_of, pages
from tools.blocks import read

pytestmark = [pytest.mark.e2e, pytest.mark.spec("CF-2", "CF-6")]
WITH_A_BOT = [page for page in pages() if read(page).stage]


@pytest.mark.parametrize("page", WITH_A_BOT, ids=name_of)
def test_a_page_about_a_running_bot_can_be_followed(page: Path, followed: Follow) -> None:
    assert read(page).stage == "bot"
    followed(read(page))
