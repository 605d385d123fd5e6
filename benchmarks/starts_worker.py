"""One start of B-8: opens a ledger, loads the state, says what it took, and ends as in a crash.

Started as ``python -m benchmarks.starts_worker FILE BOT``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskplugin.core.state import RiskState
    from riskplugin.ports import Ledger

#: Records that are written between a start and the crash after it.
_RECORDS = 200


def main() -> None:
    """Open, load, tell."""
    path, bot = sys.argv[1:]
    begun = time.perf_counter()
    from riskplugin.ledger import open_ledger, sql  # noqa: F401  # what the opening would import

    imported = time.perf_counter()
    ledger = open_ledger(f"sqlite:///{path}", bot=bot, base_dir=".", durability="normal")
    state = ledger.load()
    loaded = time.perf_counter()
    if state.peak_equity is None:
        raise SystemExit("the state was not found")
    sys.stdout.write(json.dumps({"import_s": imported - begun, "load_s": loaded - imported}) + "\n")
    sys.stdout.flush()
    _work_on(ledger, state)
    os._exit(0)  # as in a crash: nothing is closed


def _work_on(ledger: Ledger, state: RiskState) -> None:
    """Leave a write-ahead log that the next start has to read."""
    from riskplugin.core.events import PeakRaised
    from riskplugin.core.units import Quote

    for _ in range(_RECORDS):
        event = PeakRaised(at=datetime.now(UTC), equity=Quote((state.peak_equity or 0.0) + 1))
        state.observe(event)
        ledger.append([event], state)


if __name__ == "__main__":
    main()
