"""Stands in for a backtest whose strategy does what no strategy should: forks, writes into our
pipe, ends the process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.store import save
from tests.compare.samples import run

_GARBLED = (
    b"5\n",
    b"null\n",
    b"[]\n",
    b"\xff\xfe no text\n",
    b'{"step": ["backtest"], "done": 1}\n',
    b'{"step": "backtest", "done": "much"}\n',
    b'{"step": "backtest"}\n',
    b"[" * 100_000 + b"\n",
)


def main() -> None:
    job = Job.of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    match job.settings:
        case {"fork": True}:
            _leave_somebody_behind(Path(job.folder).parent)
        case {"garble": True}:
            for line in _GARBLED:
                os.write(1, line)
        case {"exit": code}:
            sys.exit(code)
    save(run(job.name), Path(job.folder))
    print(json.dumps({"finished": True}), flush=True)  # noqa: T201


def _leave_somebody_behind(folder: Path) -> None:
    """A process that holds our pipe open long after we have ended."""
    number = os.fork()
    if number == 0:
        time.sleep(120)
        os._exit(0)
    (folder / "left.pid").write_text(str(number), encoding="utf-8")


if __name__ == "__main__":
    main()
