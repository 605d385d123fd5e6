"""The OpenAPI document is true: whatever it allows is answered as it says, and never with a 5xx."""

from __future__ import annotations

import pytest

from tests.dashboard.asking import ask_everything
from tests.dashboard.conftest import API, House, operations

pytestmark = [pytest.mark.slow, pytest.mark.spec("EM-2", "AU-4")]


def test_every_answer_is_as_the_document_says(house: House) -> None:
    """Nobody is registered, so that orders get through to the bot."""
    object.__setattr__(house.office, "patience", 0.0)
    asked = ask_everything(f"{house.url}{API}/openapi.json", examples=12)
    assert asked == len(operations(house))


def test_every_operation_has_a_summary_a_tag_and_its_errors(house: House) -> None:
    for method, path, operation in operations(house):
        assert operation.get("summary"), (method, path)
        assert operation.get("tags"), (method, path)
        assert {"401", "403", "422", "503"} <= set(operation["responses"]), (method, path)
