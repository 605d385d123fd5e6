"""The process in which a strategy is tried: told by a line on standard input, tells by lines.

It ends with whoever started it. Nothing that the strategy prints comes into the lines.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Load, look, play; then end at once, whatever the strategy has left running."""
    say = _own_line()

    from riskplugin.adapter.rehearsal.jail import shut
    from riskplugin.adapter.rehearsal.script import rehearse

    say({"ready": True})
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    scratch = Path(job["scratch"])
    try:
        rehearse(job["settings"], say, lambda watch: shut(scratch, _denials(say, watch)))
    except Exception as error:  # noqa: BLE001  # an odd strategy, or a fault of ours
        say({"left_out": f"The trial could not go on: {type(error).__name__}: {error}"})
        say({"finished": True})
    os._exit(0)


def _own_line() -> Callable[[dict[str, Any]], None]:
    """Keep standard output for ourselves; print() of others goes to standard error."""
    line = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)

    def say(what: dict[str, Any]) -> None:
        line.write(json.dumps(what, default=str) + "\n")
        line.flush()

    return say


def _denials(say: Callable[[dict[str, Any]], None], watch: Any) -> Callable[[str, str], None]:
    def tell(what: str, detail: str) -> None:
        say({"denied": {"what": what, "detail": detail, "hook": watch.hook}})

    return tell


def _end_with_the_caller() -> None:
    while os.read(0, 1024):
        pass
    os._exit(3)


if __name__ == "__main__":
    main()
