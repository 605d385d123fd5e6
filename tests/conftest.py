"""What every test may use: market data, a free port, hypothesis profiles, checked markers."""

from __future__ import annotations

import os
import re
import signal
import socket
from functools import cache
from pathlib import Path

import hypothesis
import pytest
import typer.testing

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell: the bots that tests stop with SIGINT would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
SPEC_ID = re.compile(r"[A-Z]{1,2}-\d+")

# The default finds the same examples each time, so that a red run can be run again.
# To go looking for new ones: HYPOTHESIS_PROFILE=search make fast
hypothesis.settings.register_profile("ci", derandomize=True, max_examples=60, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2000, deadline=None)
# For daily work (make fast): the first of those that make test looks at.
hypothesis.settings.register_profile("quick", derandomize=True, max_examples=12, deadline=None)
# Against thousands of changed programs (make mutants): a few examples, and no shrinking.
hypothesis.settings.register_profile(
    "mutants",
    derandomize=True,
    max_examples=8,
    deadline=None,
    database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# The command line is built once for each app, as in a process of its own, not once for each call:
# that took the tests of the commands two thirds of their time.
typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse ids that cannot be rows of spec.md, and count every end-to-end test as slow."""
    for item in items:
        for mark in item.iter_markers("spec"):
            wrong = [row for row in mark.args if not SPEC_ID.fullmatch(str(row))]
            if wrong or not mark.args:
                raise pytest.UsageError(f"{item.nodeid}: spec needs ids like 'SZ-1', not {wrong}")
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of recorded candles; skip where it is not beside the clone."""
    named = os.environ.get("RISKPLUGIN_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no recorded market data at {folder}; name it in RISKPLUGIN_SHARED_DATA")
    return folder


@pytest.fixture
def free_port() -> int:
    """Give a port on the loopback device that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
