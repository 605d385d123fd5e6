"""riskplugin dashboard: the page and the REST interface for every bot of a ledger."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    ConfigOption,
    UsageError,
    UserdirOption,
    config_files,
    out,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, LedgerOption, person
from riskplugin.config import RiskConfig, parse
from riskplugin.redaction import NOBODYS, Redactor, redactor_for

if TYPE_CHECKING:
    import uvicorn


@plain_errors
def dashboard(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    listen: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="The port.", min=1, max=65_535)] = 8087,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A proxy on this machine stands in front: believe it who calls "
            "(X-Forwarded-For, X-Forwarded-Proto).",
        ),
    ] = False,
) -> None:
    """Serve the page /risk and the REST interface for the bots of a ledger, until Ctrl-C."""
    from riskplugin.bootstrap import ledger_url
    from riskplugin.control.people import open_people
    from riskplugin.dashboard.server import LedgerOffice, dashboard_app, is_loopback
    from riskplugin.ledger import open_reader
    from riskplugin.ports import LedgerError

    risk, user_data, redactor = _settings(config, userdir, ledger)
    try:
        reader = open_reader(ledger_url(risk, user_data), base_dir=user_data, redactor=redactor)
        people = open_people(risk, user_data, redactor)
        registered = people.anybody()
    except LedgerError as error:
        raise UsageError(str(error)) from error
    try:
        if not (registered or is_loopback(listen)):
            raise UsageError(
                f"nobody is registered, so anybody who reaches {listen} could stop the bot: add "
                "people with: riskplugin users add, or listen on 127.0.0.1"
            )
        if behind_proxy and not registered:
            raise UsageError(
                "nobody is registered, and whoever the proxy lets through would act as you: add "
                "people with: riskplugin users add"
            )
        office = LedgerOffice(reader, people, shell=person(), only=bot)
        _say(listen, port, office.bots(), registered=registered)
        alone = is_loopback(listen) and not behind_proxy
        app = partial(dashboard_app, office, loopback=alone)
        _serve(app, listen, port, behind_proxy=behind_proxy)
    finally:
        reader.close()


def _settings(
    config: list[Path] | None, userdir: Path, ledger: str | None
) -> tuple[RiskConfig, Path, Redactor]:
    """The section "risk", the user_data folder, and what knows the secrets."""
    if ledger is not None:
        return parse({"ledger": {"url": ledger}}), userdir.resolve(), NOBODYS
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
        return parse({}), userdir.resolve(), NOBODYS
    loaded = load_config(files, userdir)
    risk = parse(loaded.get("risk") or {})
    return risk, Path(loaded["user_data_dir"]), redactor_for(loaded)


def _say(listen: str, port: int, bots: list[str], *, registered: bool) -> None:
    host = f"[{listen}]" if ":" in listen else listen
    console = out()
    console.print(f"riskplugin dashboard: [bold]http://{escape(host)}:{port}/risk[/]")
    console.print(f"  bots: {escape(', '.join(bots)) or 'none has written to this ledger yet'}")
    if registered:
        console.print("  sign in as a person: riskplugin users list")
    else:
        console.print(
            f"  nobody is registered: whoever uses this machine acts as {escape(person())}. "
            "Add people with: riskplugin users add"
        )
    console.print("  Ctrl-C ends it")


def _serve(app: Callable[..., Any], listen: str, port: int, *, behind_proxy: bool) -> None:
    import uvicorn

    servers: list[uvicorn.Server] = []
    made = app(leaving=lambda: servers[0].should_exit)
    servers.append(uvicorn.Server(settings_of(made, listen, port, behind_proxy=behind_proxy)))
    servers[0].run()


def settings_of(app: Any, listen: str, port: int, *, behind_proxy: bool) -> uvicorn.Config:
    """How it is served. Without a proxy nobody's headers count: whoever guesses at passwords could
    come from as many addresses as they like.
    """
    import uvicorn

    return uvicorn.Config(
        app,
        host=listen,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=behind_proxy,
        timeout_graceful_shutdown=3,
    )
