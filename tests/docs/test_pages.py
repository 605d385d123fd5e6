"""Every block of every page does what the page says, followed in order, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.conftest import Follow, name_of, pages
from tools.blocks import read

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-2", "CF-6")]
ALONE = [page for page in pages() if not read(page).stage]


@pytest.mark.parametrize("page", ALONE, ids=name_of)
def test_a_page_can_be_followed(page: Path, followed: Follow) -> None:
    followed(read(page))
