"""The table of endpoints: method and path to a function, and whether a signature is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from riskplugin.sandbox.call import Call

Handler = Callable[[Call], object]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint."""

    handler: Handler
    signed: bool


class Routes:
    """Endpoints of one API, to be merged into one table."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], Route] = {}

    def add(self, method: str, *paths: str, signed: bool = False) -> Callable[[Handler], Handler]:
        """Register a function under these paths."""

        def register(handler: Handler) -> Handler:
            for path in paths:
                self.table[(method, path)] = Route(handler, signed)
            return handler

        return register


def merged(*apis: Routes) -> dict[tuple[str, str], Route]:
    """One table of all endpoints."""
    return {place: route for api in apis for place, route in api.table.items()}
