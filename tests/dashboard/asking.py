"""Asks an application everything that its OpenAPI document allows, and some things that it does
not.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def ask_everything(document: str, *, examples: int, **how: Any) -> int:
    """Ask each operation of the ``document`` (its address) so many times; how many there are."""
    schema = schemathesis.openapi.from_url(document)
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        _ask(found.ok(), examples, how)
        asked += 1
    return asked


def _ask(operation: Any, examples: int, how: dict[str, Any]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def answered(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS, **how)

    answered()
