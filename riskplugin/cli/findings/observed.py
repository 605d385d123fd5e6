"""What a strategy did when its callbacks were run in a process of their own (rehearsal)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a callback. ``answer`` is a number, text, bool or None; ``shown`` its repr.

    ``error`` is empty, or the exception's name and words; ``place`` where in the strategy's file.
    ``given`` are figures that the answer is judged by (``max_stake``, ``leverage`` …).
    """

    hook: str
    when: str
    answer: Any = None
    shown: str = ""
    kind: str = "NoneType"
    error: str = ""
    place: str = ""
    ends_process: bool = False
    seconds: float = 0.0
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Denied:
    """Something that the strategy tried and was not let: ``network``, ``file`` or ``process``."""

    what: str
    detail: str
    hook: str


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was seen. ``stuck`` is the call that did not answer in ``limit`` seconds,
    ``died`` how the process ended when the strategy ended it, ``printed`` its bytes of output,
    ``left_out`` why a part was not run.
    """

    ran: bool = False
    calls: tuple[Call, ...] = ()
    denied: tuple[Denied, ...] = ()
    stuck: str = ""
    limit: float = 0.0
    died: str = ""
    at: str = ""
    printed: int = 0
    left_out: str = ""

    def of(self, hook: str) -> tuple[Call, ...]:
        """The calls of ``hook``."""
        return tuple(call for call in self.calls if call.hook == hook)
