"""Every block of every page does what the page says, followed in order, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.conftest import Follow, name_of, pages
from tools.blocks import read

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-2", "CF-6")]
#: Pages of many backtests: make proof follows them, make test holds their commands to the parsers.
LONG = {"compare.md", "migration.md", "backtesting.md"}
ALONE = [
    pytest.param(page, marks=pytest.mark.exhaustive if page.name in LONG else ())
    for page in pages()
    if not read(page).stage
]


@pytest.mark.parametrize("page", ALONE, ids=name_of)
def test_a_page_can_be_followed(page: Path, followed: Follow) -> None:
    followed(read(page))
