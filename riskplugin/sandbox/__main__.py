"""`python -m riskplugin.sandbox`: the paper exchange without the rest of the command line."""

from __future__ import annotations

import argparse
import sys
from decimal import Decimal
from pathlib import Path

from riskplugin.sandbox.command import run, scenario_list
from riskplugin.sandbox.instruments import DEFAULT_INSTRUMENTS, select
from riskplugin.sandbox.world import SandboxSettings


def main() -> None:
    """Read the arguments and serve."""
    options = _parser().parse_args()
    if options.list_scenarios:
        sys.stdout.write(scenario_list() + "\n")
        return
    run(_settings(options), print_config=options.print_config)


def _settings(options: argparse.Namespace) -> SandboxSettings:
    return SandboxSettings(
        instruments=select(options.pairs.split(",")) if options.pairs else DEFAULT_INSTRUMENTS,
        seed=options.seed,
        scenario=options.scenario,
        speed=options.speed,
        after_seconds=options.after_seconds,
        balance=Decimal(options.balance),
        candles=Path(options.candles) if options.candles else None,
        candles_offset=options.candles_offset,
        tls=options.tls,
        port=options.port,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m riskplugin.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--scenario", default="calm")
    parser.add_argument("--speed", type=float, default=1.0, help="scenario seconds per second")
    parser.add_argument("--after-seconds", type=float, default=0.0, help="calm before it")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--tls", action="store_true", help="https with a self-signed certificate")
    parser.add_argument("--pairs", default="", help="BTC/USDT,ETH/USDT,… (all by default)")
    parser.add_argument("--balance", default="10000", help="USDT in each wallet")
    parser.add_argument("--candles", default="", help="folder of candle files to replay")
    parser.add_argument("--candles-offset", type=int, default=None, help="first row to play")
    parser.add_argument("--list-scenarios", action="store_true")
    parser.add_argument("--print-config", choices=["", "spot", "futures"], default="")
    return parser


if __name__ == "__main__":
    main()
