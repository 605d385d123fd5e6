"""kill -9 at any moment: what was acknowledged is there, and the chain is whole (RE-1, CB-7)."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ledger.conftest import Open, Read
from tests.ledger.test_ledger import intact

WRITER = """
import sys
from riskplugin.ledger import open_ledger
from tests.ledger.samples import metrics, peak
ledger = open_ledger(sys.argv[1], bot="bot", base_dir=".")
state = ledger.load()
while True:
    state.trips += 1
    ledger.append([peak(float(state.trips)), peak(0.0)], state)
    print(state.trips, flush=True)
    ledger.sample(metrics(), {"trips": state.trips})
"""


def run_and_kill(url: str, seconds: float) -> int:
    """The last append that the writer acknowledged before it was killed, 0 when none."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(seconds)
        writer.kill()
        lines = [first, *writer.stdout.read().splitlines(keepends=True)]
    whole = [line for line in lines if line.endswith("\n")]
    return int(whole[-1]) if whole else 0


@pytest.mark.slow
@pytest.mark.spec("RE-1", "CB-7", "AU-1")
def test_whatever_was_acknowledged_survives_being_killed(
    url: str, open_: Open, read_: Read
) -> None:
    random.seed(7)
    rounds = 20 if url.startswith("sqlite") else 6
    for _ in range(rounds):
        acknowledged = run_and_kill(url, random.uniform(0.0, 0.08))
        ledger = open_(url)
        state = ledger.load()
        ledger.close()
        assert state.trips >= acknowledged > 0
        events = read_(url).events("bot", limit=10**6)
        assert len(events) == 2 * state.trips
        assert intact(read_(url))
