"""B-6, what is imported when: heavy libraries against the moments at which they may come in.

Every moment is a process of its own, and beside each stands the same without riskplugin: what
freqtrade brings by itself is not riskplugin's doing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.candles import market
from benchmarks.figures import Sheet
from benchmarks.host import arguments, pairs, sandbox, write_config

#: What is heavy, or is only for some of the users.
LIBRARIES = (
    "riskplugin",
    "pydantic",
    "talib",
    "scipy",
    "scipy.signal",
    "sqlalchemy",
    "sqlalchemy.dialects.postgresql",
    "alembic",
    "psycopg",
    "cryptography",
    "aiohttp",
    "sklearn",
    "arch",
    "statsmodels",
    "apprise",
    "argon2",
    "jwt",
    "pyotp",
    "segno",
    "fastapi",
    "uvicorn",
    "jinja2",
    "prometheus_client",
    "plotly",
    "pyarrow",
    "rich",
    "typer",
)
#: Moments in their columns, each with the one that shows what freqtrade brings by itself.
MOMENTS = {
    "from riskplugin import RiskMixin": ("mixin", "freqtrade"),
    "guarded backtest": ("backtest", "backtest, plain"),
    "guarded bot": ("bot", "bot, plain"),
    "page opened": ("page", ""),
}
_PLAIN = ("backtest, plain", "bot, plain")
_CANDLES = 300


def lines(rounds: int) -> list[Sheet]:
    """The table; there is nothing to repeat."""
    del rounds
    loaded = seen()
    rows = tuple((name, *_words(name, loaded)) for name in LIBRARIES)
    return [Sheet(part="imports", columns=("library", *MOMENTS), rows=rows)]


def seen(*moments: str) -> dict[str, set[str]]:
    """The modules that are loaded after each moment; after all of them, when none is named."""
    wanted = moments or {name for moment in MOMENTS.values() for name in moment if name}
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name, sandbox() as exchange:
        return {
            moment: _loaded(moment, _given(moment, Path(name), exchange.port))
            for moment in sorted(wanted)
        }


def _words(name: str, loaded: dict[str, set[str]]) -> Iterator[str]:
    """Of each moment whether the library is there by then, and whose doing it is."""
    for ours, without in MOMENTS.values():
        if name not in loaded[ours]:
            yield "–"
        else:
            yield "freqtrade's" if name in loaded.get(without, ()) else "riskplugin's"


def _given(moment: str, folder: Path, port: int) -> dict[str, Any]:
    home = folder / moment.replace(", ", "-")
    home.mkdir()
    if moment.startswith("backtest"):
        traded = market(home, _CANDLES)
        file = write_config(home, port, traded.pairs, max_open_trades=5, timeframe="1h")
        more = {
            "datadir": str(traded.folder),
            "timerange": traded.timerange,
            "backtest_cache": "none",
            "export": "none",
        }
        return arguments(file, "Keep" if moment in _PLAIN else "KeepGuarded") | more
    database = f"sqlite:///{home / 'trades.sqlite'}"
    file = write_config(home, port, pairs(3), timeframe="1d", max_open_trades=3, db_url=database)
    return arguments(file, "Hold" if moment in _PLAIN else "HoldGuarded")


def _loaded(moment: str, given: dict[str, Any]) -> set[str]:
    done = subprocess.run(  # noqa: S603  # our own module, and nothing of a stranger's
        [sys.executable, "-m", "benchmarks.imports_worker", moment, json.dumps(given)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    if done.returncode != 0:
        raise RuntimeError(f"{moment} failed:\n{done.stderr[-2000:]}")
    return set(json.loads(done.stdout.splitlines()[-1]))
