"""riskplugin metrics: the figures of a ledger's bots for Prometheus, on a port of their own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.console import ConfigOption, UsageError, UserdirOption, out, plain_errors
from riskplugin.cli.desk import BotOption, LedgerOption, person, place, reading


@plain_errors
def metrics(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    listen: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="The port.", min=1, max=65_535)] = 9847,
    once: Annotated[
        bool, typer.Option("--once", help="Print them and end: for a textfile collector.")
    ] = False,
) -> None:
    """Serve /metrics for Prometheus until Ctrl-C: figures of every bot of a ledger, no orders.

    Whoever reaches the address can read them. A bot with an API server serves
    the same behind its login, at /api/v1/risk/prometheus.
    """
    from prometheus_client import generate_latest, start_http_server

    from riskplugin.dashboard.prometheus.exposition import registry_of
    from riskplugin.dashboard.server import LedgerOffice

    at = place(config, userdir, ledger)
    with reading(at, userdir) as reader:
        office = LedgerOffice(reader, at.people(userdir), shell=person(), only=bot)
        if bot is not None and bot not in reader.bots():
            raise UsageError(f"the ledger knows no bot {bot!r}: {', '.join(reader.bots())}")
        registry = registry_of(office)
        if once:
            typer.echo(generate_latest(registry).decode(), nl=False)
            return
        try:
            server, thread = start_http_server(port, listen, registry)
        except OSError as error:
            raise UsageError(f"cannot listen on {listen}:{port}: {error.strerror}") from error
        _say(listen, port, office.bots())
        _until_told(server.shutdown, thread)


def _say(listen: str, port: int, bots: list[str]) -> None:
    host = f"[{listen}]" if ":" in listen else listen
    console = out()
    console.print(f"riskplugin metrics: [bold]http://{escape(host)}:{port}/metrics[/]")
    console.print(f"  bots: {escape(', '.join(bots)) or 'none has written to this ledger yet'}")
    console.print("  Ctrl-C ends it")


def _until_told(stop: Callable[[], None], thread: threading.Thread) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with suppress(KeyboardInterrupt):
        ended.wait()
    stop()
    thread.join()
