"""riskplugin audit rotate-key: another key for what is encrypted; no record is touched."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from riskplugin.cli.audit.words import counted, plainly
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import LedgerOption, place
from riskplugin.ledger.privacy.encryption import rotate
from riskplugin.ports import LedgerError


@plain_errors
def rotate_key(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Wrap the data keys with the first key in RISKPLUGIN_ENCRYPTION_KEY (NEW,OLD)."""
    try:
        done = rotate(place(config, userdir, ledger).url, base_dir=userdir.resolve())
    except LedgerError as error:
        raise UsageError(str(error)) from error
    if as_json:
        print_json(done)
        return
    console = out()
    if not done:
        console.print("nothing is encrypted in this ledger: there was no key to wrap")
        return
    for bot, count in done.items():
        name = escape(plainly(bot))
        console.print(f"[green]{name}[/]: {counted(count, 'data key')} wrapped with the new key")
    console.print(
        "The old keys can be taken out of RISKPLUGIN_ENCRYPTION_KEY now. Restart the bots: they "
        "seal with a fresh data key from then on. Backups from before still need the old ones.",
        soft_wrap=True,
    )
