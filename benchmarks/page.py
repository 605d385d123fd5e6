"""``python -m benchmarks.page``: how long the page waits for each answer over 10⁶ decisions.

Asked over HTTP of `riskplugin dashboard` as it is served, in this process. The bound is the one of
the page: every answer in under 200 ms. A search that finds little answers in time with how far it
came; how long the whole chain takes stands in a line of its own.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from benchmarks.figures import Line, Spread, Target
from benchmarks.page_ledger import BOT, PAIRS, RARE, page_ledger
from benchmarks.report import as_json, show
from benchmarks.samples import NOW
from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.dashboard.server import LedgerOffice, dashboard_app
from riskplugin.ledger import open_reader

RECORDS = 1_000_000
_BOUND = Target(limit=200.0, on="figure")
_API = "/api/v1/risk"


def main() -> None:
    """Measure and print; ends with 1 when an answer took too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as folder:
        path = page_ledger(Path(folder) / "risk.sqlite", options.records)
        found = lines(path, options.records, options.rounds)
    facts = {"records": options.records, "rounds": options.rounds}
    if options.json:
        sys.stdout.write(as_json(found, facts) + "\n")
    else:
        show(found, facts)
    sys.exit(int(any(line.met is False for line in found)))


def lines(path: Path, records: int, rounds: int) -> list[Line]:
    """One line for each question of the page."""
    with _served(path) as client:
        found = [_line(client, *question, rounds) for question in _questions(records)]
        found.append(_whole_search(client))
    return found


def _questions(records: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    week, day = (NOW.timestamp() - days * 86_400 for days in (7, 1))
    yield "all of the first view", "overview", {}
    yield "all bots at a glance", "bots", {}
    yield "decisions, newest", "decisions", {"limit": 25}
    yield "decisions, from the middle", "decisions", {"limit": 25, "before": records // 2}
    yield "decisions, one pair of 40", "decisions", {"limit": 25, "pair": PAIRS[7]}
    yield "decisions, refused", "decisions", {"limit": 25, "verdict": "refused"}
    by_rule = {"limit": 25, "rule": "leverage", "pair": PAIRS[7]}
    yield "decisions, one rule and pair", "decisions", by_rule
    yield "decisions, a pair asked once", "decisions", {"limit": 25, "pair": RARE}
    yield "one decision, whole", f"decisions/{records // 3}", {}
    yield "chart, 24 hours", "chart", {"points": 400, "since": day}
    yield "chart, 7 days", "chart", {"points": 400, "since": week}
    yield "chart, a year", "chart", {"points": 400}
    yield "breaker periods", "breaker", {}


def _line(client: httpx.Client, what: str, path: str, asked: dict[str, Any], rounds: int) -> Line:
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        answer = client.get(f"{_API}/{path}", params=asked | {"bot": BOT})
        taken.append(1000 * (time.perf_counter() - begin))
        answer.raise_for_status()
    spread = Spread.of(taken)
    return Line(
        id="page",
        what=f"{what} (quartiles {spread.low:.0f} to {spread.high:.0f} ms)",
        figure=spread.median,
        unit="ms",
        baseline=None,
        against="",
        target=_BOUND,
        rounds=rounds,
    )


def _whole_search(client: httpx.Client) -> Line:
    """What the page does when a filter finds little: it asks on until the chain's beginning."""
    begin, asked = time.perf_counter(), 0
    params: dict[str, Any] = {"bot": BOT, "pair": RARE}
    while params.get("before", 0) is not None:
        told = client.get(f"{_API}/decisions", params=params).json()
        asked, params["before"] = asked + 1, told["next"]
    taken = 1000 * (time.perf_counter() - begin)
    return Line(
        id="page",
        what=f"the whole chain searched for a pair asked once, in {asked} answers",
        figure=taken,
        unit="ms",
        baseline=None,
        against="",
        target=None,
        rounds=1,
    )


@contextmanager
def _served(path: Path) -> Iterator[httpx.Client]:
    reader = open_reader(f"sqlite:///{path}", base_dir=path.parent)
    risk = parse({"ledger": {"url": f"sqlite:///{path}"}})
    office = LedgerOffice(reader, open_people(risk, path.parent), shell=BOT)
    listener = socket.create_server(("127.0.0.1", 0))
    app = dashboard_app(office, loopback=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=host, timeout=60) as client:
            client.get(f"{_API}/session").raise_for_status()
            yield client
    finally:
        server.should_exit = True
        thread.join()
        reader.close()


if __name__ == "__main__":
    main()
