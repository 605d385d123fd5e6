"""One process of the table of imports: goes through a moment, then prints what is imported.

Started as ``python -m benchmarks.imports_worker MOMENT ARGUMENTS``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def main() -> None:
    """Do what the moment says."""
    moment, given = sys.argv[1], json.loads(sys.argv[2])
    _MOMENTS[moment](given)
    sys.stdout.write("\n" + json.dumps(sorted(sys.modules)) + "\n")


def _freqtrade(given: dict[str, Any]) -> None:
    """What every strategy imports, and the bot around it."""
    import_module("freqtrade.strategy")
    import_module("freqtrade.freqtradebot")


def _mixin(given: dict[str, Any]) -> None:
    """The first line of a guarded strategy."""
    import_module("freqtrade.strategy")
    from riskplugin import RiskMixin  # noqa: F401


def _backtest(given: dict[str, Any]) -> None:
    """A backtest by the command's own way."""
    from freqtrade.commands.optimize_commands import setup_optimize_configuration
    from freqtrade.enums import RunMode
    from freqtrade.optimize.backtesting import Backtesting

    config = setup_optimize_configuration(given, RunMode.BACKTEST)
    testing = Backtesting(config)
    testing.start()
    testing.exchange.close()


def _bot(given: dict[str, Any]) -> None:
    """A bot in dry-run that has looped a few times."""
    from benchmarks.bot import start

    bot = start(given)
    for _ in range(3):
        bot.process()


def _page(given: dict[str, Any]) -> None:
    """The page of its own, asked for by a browser."""
    from pathlib import Path

    from fastapi.testclient import TestClient

    from benchmarks.aged import BOT
    from riskplugin.config import parse
    from riskplugin.control.people import open_people
    from riskplugin.dashboard.server import LedgerOffice, dashboard_app
    from riskplugin.ledger import open_reader

    place = Path(given["user_data_dir"])
    url = f"sqlite:///{place / 'risk.sqlite'}"
    people = open_people(parse({"ledger": {"url": url}}), place)
    reader = open_reader(url, base_dir=place, create=True)
    office = LedgerOffice(reader, people, shell=BOT)
    app = dashboard_app(office, loopback=True)
    TestClient(app, base_url="http://127.0.0.1").get("/").raise_for_status()


_MOMENTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "freqtrade": _freqtrade,
    "mixin": _mixin,
    "backtest": _backtest,
    "backtest, plain": _backtest,
    "bot": _bot,
    "bot, plain": _bot,
    "page": _page,
}

if __name__ == "__main__":
    main()
