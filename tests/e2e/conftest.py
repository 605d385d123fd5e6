"""One paper exchange for the end-to-end tests of a process; each bot has an account of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import harness


@pytest.fixture(scope="module")
def exchange() -> Iterator[harness.Exchange]:
    """A paper exchange whose prices stand still until a test moves them."""
    with harness.exchange() as running:
        yield running
