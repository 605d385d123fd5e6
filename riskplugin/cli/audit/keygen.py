"""riskplugin audit keygen: the key that signs checkpoints, or one that encrypts fields."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.audit.settings import settings
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    err,
    out,
    plain_errors,
    print_json,
)
from riskplugin.ledger.proof.signing import generate
from riskplugin.ports import LedgerError


@plain_errors
def keygen(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", "-o", metavar="FILE", help="Where to write it, if not the configured place."
        ),
    ] = None,
    encryption: Annotated[
        bool, typer.Option("--encryption", help="Print a key for RISKPLUGIN_ENCRYPTION_KEY.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the key that signs checkpoints (never over an existing one), or an encryption key."""
    if encryption:
        _encryption(as_json=as_json)
        return
    path = file or settings(config, userdir).key_file
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}")
    try:
        key = generate(path)
    except LedgerError as error:
        hint = f" (its public half as {path.name}.old.pub here: verify goes on trusting it)"
        raise UsageError(f"{error}{hint if path.exists() else ''}") from error
    public = path.with_name(f"{path.name}.pub")
    if as_json:
        told = {"id": key.id, "public_key": key.public.text}
        print_json({**told, "file": str(path), "public_file": str(public)})
        return
    console = out()
    console.print(f"[green]signing key {key.id} written[/]", soft_wrap=True)
    console.print(f"  private: {escape(str(path))} (only you can read it)", soft_wrap=True)
    console.print(f"  public:  {escape(str(public))}\n           {key.public.text}", soft_wrap=True)
    console.print(
        "The bot signs with it from its next checkpoint on. Keep the public key somewhere else, "
        "too: whoever can write here can replace both. Verify with it:\n"
        f"  riskplugin audit verify --public-key {key.public.text}",
        soft_wrap=True,
    )


def _encryption(*, as_json: bool) -> None:
    """The key alone on standard output, what to do with it on standard error."""
    from riskplugin.ledger.privacy.encryption import new_key

    key = new_key()
    if as_json:
        print_json({"key": key})
        return
    typer.echo(key)
    err().print(
        "Put it into the bot's environment as RISKPLUGIN_ENCRYPTION_KEY and keep a copy: without "
        "it what is sealed cannot be read again. For another key, put the new one before the old: "
        "NEW,OLD - then: riskplugin audit rotate-key",
        soft_wrap=True,
    )
