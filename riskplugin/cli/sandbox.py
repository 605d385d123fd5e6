"""`riskplugin sandbox`: the paper exchange on loopback."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer


def sandbox(
    port: Annotated[int, typer.Option(metavar="N", help="0 takes a free one.")] = 0,
    scenario: Annotated[str, typer.Option(metavar="NAME", help="See --list-scenarios.")] = "calm",
    speed: Annotated[float, typer.Option(metavar="N", help="Scenario seconds per second.")] = 1.0,
    after_seconds: Annotated[
        float, typer.Option(metavar="SECONDS", help="Calm before the scenario.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same market.")] = 42,
    tls: Annotated[
        bool, typer.Option("--tls", help="https, with a self-signed certificate.")
    ] = False,
    pairs: Annotated[
        str, typer.Option(metavar="PAIRS", help="BTC/USDT,ETH/USDT; all by default.")
    ] = "",
    balance: Annotated[
        str, typer.Option(metavar="USDT", help="In each wallet of each account.")
    ] = "10000",
    candles: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Replay its candle files (feather, csv)."),
    ] = None,
    candles_offset: Annotated[
        int | None,
        typer.Option(metavar="ROW", help="The first row to play; those before are history."),
    ] = None,
    list_scenarios: Annotated[
        bool, typer.Option("--list-scenarios", help="Name them and stop.")
    ] = False,
    print_config: Annotated[
        str,
        typer.Option(metavar="MODE", help="spot or futures: print a configuration for freqtrade."),
    ] = "",
) -> None:
    """Run a paper exchange on 127.0.0.1 that speaks Binance's REST protocol."""
    # Imported here: the exchange's server and candles take as long as all other commands together.
    from riskplugin.sandbox import DEFAULT_INSTRUMENTS, SandboxSettings, select
    from riskplugin.sandbox.command import run, scenario_list

    if list_scenarios:
        typer.echo(scenario_list())
        return
    try:
        settings = SandboxSettings(
            instruments=select(pairs.split(",")) if pairs else DEFAULT_INSTRUMENTS,
            seed=seed,
            scenario=scenario,
            speed=speed,
            after_seconds=after_seconds,
            balance=Decimal(balance),
            candles=candles,
            candles_offset=candles_offset,
            tls=tls,
            port=port,
        )
    except (ValueError, ArithmeticError) as mistake:
        raise typer.BadParameter(str(mistake)) from mistake
    if print_config not in {"", "spot", "futures"}:
        raise typer.BadParameter("--print-config is spot or futures")
    run(settings, print_config=print_config)
