"""The two kinds of groups: one of keys, and one of a warning and a trip value."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from riskplugin.core.units import is_number


class Keys(BaseModel):
    """A group of keys: unknown ones are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(Keys):
    """A warning and a trip value; null switches that half off.

    Where only the trip value is written, the warning keeps the defaults' proportion to it.
    """

    names: ClassVar[tuple[str, str]] = ("warn_pct", "trip_pct")
    highest_warning: ClassVar[float] = float("inf")

    @model_validator(mode="before")
    @classmethod
    def _warning_follows_trip(cls, data: Any) -> Any:
        warn, trip = cls.names
        if not isinstance(data, dict) or warn in data or not is_number(data.get(trip)):
            return data
        return {**data, warn: cls.warning_for(data[trip])}

    @classmethod
    def warning_for(cls, trip: float | None) -> float | None:
        """The warning that belongs to ``trip`` in the defaults' proportion."""
        warn_default, trip_default = (cls.model_fields[name].default for name in cls.names)
        if trip is None or warn_default is None or trip_default is None:
            return None
        following = min(trip * warn_default / trip_default, cls.highest_warning)
        return max(1, int(following)) if isinstance(warn_default, int) else following
