"""riskplugin compare: the same backtest with and without the plugin, side by side (DB-4)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UserdirOption,
    YesOption,
    config_files,
    confirmed,
    plain_errors,
)

FolderOption = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Another folder, as in freqtrade.")
]


@plain_errors
def compare(  # what freqtrade backtesting takes, it takes
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", "-s", metavar="NAME", help="Class name; guarded or not."),
    ] = None,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    timerange: Annotated[
        str | None,
        typer.Option(
            "--timerange", "-i", metavar="RANGE", help="As in freqtrade: 20240101-20240701."
        ),
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=V,V…",
            help="A limit and its values: sizing.base_pct.low=0.5,1; several times.",
        ),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="What each limit that acted cost and avoided.")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="An HTML file with charts."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the runs in this folder.")
    ] = None,
    show: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Show what --keep kept; run nothing.")
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", metavar="N", min=0, help="Backtests at a time; 0: one a processor."
        ),
    ] = 0,
    strategy_path: FolderOption = None,
    datadir: FolderOption = None,
    timeframe: Annotated[str | None, typer.Option(metavar="1h", help="Another timeframe.")] = None,
    timeframe_detail: Annotated[
        str | None, typer.Option(metavar="5m", help="As in freqtrade.")
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--pair", "-p", metavar="PAIR", help="Only these; several times."),
    ] = None,
    fee: Annotated[float | None, typer.Option(metavar="RATIO", help="Fee per side: 0.001.")] = None,
    enable_protections: Annotated[
        bool, typer.Option("--enable-protections", help="As in freqtrade.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the HTML file.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """What the limits would have done to a strategy: backtests with and without, side by side."""
    from riskplugin.cli.compare import carrying, variants
    from riskplugin.cli.compare.making import Order

    carrying.possible(page, keep, force=force)
    if show is not None:
        carrying.tell(carrying.kept(show), page, as_plain=as_json, force=force)
        return
    named = {
        "strategy": strategy,
        "timerange": timerange,
        "timeframe": timeframe,
        "timeframe_detail": timeframe_detail,
        "strategy_path": None if strategy_path is None else str(strategy_path),
        "datadir": None if datadir is None else str(datadir),
        "pairs": pairs or None,
        "fee": fee,
        "enable_protections": enable_protections or None,
    }
    order = Order(
        files=config_files(config, userdir),
        userdir=userdir,
        given={name: value for name, value in named.items() if value is not None},
        grid=variants.grid_of(grid or []),
        calibrate=calibrate,
        at_once=jobs or carrying.processors(),
        agrees=lambda question: confirmed(question, yes=yes),
    )
    found = carrying.made(order)
    carrying.told_and_kept(found, page, keep, as_plain=as_json, force=force)
