"""Runs a sandbox in the foreground and says how to connect: what both command lines share."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TextIO

from riskplugin.sandbox.freqtrade_config import freqtrade_exchange_config
from riskplugin.sandbox.scenarios import SCENARIOS
from riskplugin.sandbox.server import serving, url_of
from riskplugin.sandbox.world import SandboxSettings, World


def scenario_list() -> str:
    """One line per scenario."""
    return "\n".join(f"{s.name:<20} {s.summary}" for s in SCENARIOS.values())


def run(settings: SandboxSettings, *, print_config: str = "", out: TextIO = sys.stdout) -> None:
    """Serve until interrupted or terminated; the first line written is JSON with port and url."""
    asyncio.run(_run(settings, print_config, out))


async def _run(settings: SandboxSettings, print_config: str, out: TextIO) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving(World(settings)) as port:
        _announce(settings, port, print_config, out)
        await stop.wait()


def _announce(settings: SandboxSettings, port: int, print_config: str, out: TextIO) -> None:
    url = url_of(settings, port)
    print(json.dumps({"port": port, "url": url}), file=out)
    if print_config:
        pairs = [instrument.pair for instrument in settings.instruments]
        config = freqtrade_exchange_config(
            port, trading_mode=print_config, tls=settings.tls, pairs=pairs
        )
        print(json.dumps(config, indent=2), file=out)
    else:
        print(
            f"Paper exchange at {url}: Binance's REST protocol, spot and USDT futures.\n"
            "Any API key opens an account; its secret is the key itself.\n"
            f"Steer it at {url}/control/state; a freqtrade configuration comes with\n"
            "--print-config spot (or futures). Stop with Ctrl-C.",
            file=out,
        )
    out.flush()
