"""Stands in for a backtest's process: says what its job's settings tell it to say."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.store import save
from tests.compare.samples import run


def main() -> None:
    job = Job.of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    (Path(job.folder).parent / f"{job.name}.started").touch()
    print(json.dumps({"step": "backtest", "done": 0.5}), flush=True)  # noqa: T201
    print("no JSON at all", flush=True)  # noqa: T201
    match job.settings:
        case {"fail": words}:
            told = {"failed": words, "kind": "OperationalException", "place": ""}
            print(json.dumps(told), flush=True)  # noqa: T201
            sys.exit(1)
        case {"sleep": seconds}:
            time.sleep(seconds)
        case {"die": True}:
            sys.stderr.write("2024 - freqtrade - WARNING - the last words\n")
            sys.exit(7)
    save(run(job.name), Path(job.folder))
    print(json.dumps({"finished": True}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
