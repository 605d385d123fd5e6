"""A process that runs one backtest: ``python -m riskplugin.adapter.backtests JOB.json``.

On standard output it says line by line in JSON how far it is; everything else that is printed
(freqtrade's log, a strategy's own words) goes to standard error. It ends when its standard input
does: then nobody waits for it any more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import riskplugin
from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.store import save

_OURS = Path(riskplugin.__file__).parent
#: Exit codes: a failure that was told, and nobody who waits.
FAILED, ALONE = 1, 3


def main() -> None:
    """Carry out the job whose file is named, or say why that failed."""
    say = _own_line()
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    job = Job.of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        from riskplugin.adapter.backtests.carry import carry_out

        run = carry_out(job, lambda step, done: say({"step": step, "done": done}))
        save(run, Path(job.folder))
    except Exception as error:  # noqa: BLE001  # whatever a strategy raises is told
        traceback.print_exc()
        say({"failed": _words(job, error), "kind": type(error).__name__, "place": _place(error)})
        sys.exit(FAILED)
    say({"finished": True})


def _own_line() -> Callable[[dict[str, Any]], None]:
    """Keep standard output for ourselves; print() of others goes to standard error."""
    line = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)

    def say(what: dict[str, Any]) -> None:
        line.write(json.dumps(what) + "\n")
        line.flush()

    return say


def _end_with_the_caller() -> None:
    while os.read(0, 1024):
        pass
    os._exit(ALONE)


def _words(job: Job, error: Exception) -> str:
    """The error's own words without a secret of the configuration."""
    from riskplugin.redaction import hushed, redactor_for

    text = str(error) or type(error).__name__
    try:
        from riskplugin.adapter.backtests.carry import configuration

        return redactor_for(configuration(job)).clean(text)
    except Exception:  # noqa: BLE001  # the configuration itself may be what failed
        return hushed(text)


def _place(error: Exception) -> str:
    """The last line of the strategy's own file that was running, if any was."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith((str(_OURS), sys.base_prefix, "<"))]
    own = [f for f in own if "site-packages" not in f.filename]
    if not own:
        return ""
    return f"{own[-1].filename}, line {own[-1].lineno}"


if __name__ == "__main__":
    main()
