"""Each call of a callback: told before it begins, and what came of it."""

from __future__ import annotations

import inspect
import sys
import time
import traceback
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

Say = Callable[[dict[str, Any]], None]
_NOT_THEIRS = (sys.prefix, sys.base_prefix, "<", str(Path(__file__).parents[2]))
_LONGEST = 300


class Watch:
    """Calls what it is given and tells ``say``; answers None where the call failed."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.hook = "strategy"

    def call(
        self,
        hook: str,
        when: str,
        function: Callable[..., Any],
        given: dict[str, Any] | None = None,
        /,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """The answer of ``function``; what it raises is told, not passed on."""
        self.hook = hook
        told: dict[str, Any] = {"hook": hook, "when": when, "given": given or {}}
        self._say({"begin": hook})
        answer, began = None, time.monotonic()
        try:
            if kwargs.get("trade") is not None:
                kwargs["trade"] = deepcopy(kwargs["trade"])  # as freqtrade does
            answer = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  # SystemExit is what we look for
            told |= _error(error, function, args, kwargs)
        told["seconds"] = round(time.monotonic() - began, 3)
        told |= _plain(answer)
        self._say({"call": told})
        return answer


def _error(
    error: BaseException, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]
) -> dict[str, Any]:
    kind, text = type(error).__name__, str(error)[-_LONGEST:]
    given = {}
    if isinstance(error, TypeError) and not _takes(function, args, kwargs):
        given = {"signature": True}
    return {
        "error": f"{kind}: {text}" if text else kind,
        "place": place(error),
        "ends_process": not isinstance(error, Exception),
        "more": given,
    }


def _takes(function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> bool:
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return False
    return True


def place(error: BaseException) -> str:
    """The last line of the strategy's own file that was running, if any was."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_NOT_THEIRS)]
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""


def _plain(answer: Any) -> dict[str, Any]:
    """The answer as JSON has it; a tuple is its first part, as freqtrade reads it."""
    kind = type(answer).__name__
    shown = _shown(answer)
    if isinstance(answer, tuple) and answer:
        answer = answer[0]
        kind = type(answer).__name__
    if isinstance(answer, np.generic):
        answer = answer.item()
    if not isinstance(answer, bool | int | float | str | None):
        answer = None
    return {"answer": answer, "shown": shown, "kind": kind}


def _shown(answer: Any) -> str:
    try:
        return repr(answer)[:80]
    except Exception:  # noqa: BLE001  # an object of the strategy
        return type(answer).__name__
