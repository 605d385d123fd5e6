"""The group "ledger": where the records are kept, and how. No limit is here."""

from __future__ import annotations

from typing import Literal

from riskplugin.config.fields import Duration, FileName, LedgerUrl, PlaceOrOff, Switch, Whole, key
from riskplugin.config.schema.keys import Keys


class Checkpoints(Keys):
    """Signed statements of how long the chain of records is, and how it ends."""

    key_file: FileName = key(
        "user_data/risk_signing.key",
        "private key that signs; without one nothing is signed",
        "path, without ~",
    )
    every_records: Whole = key(1000, "records between two checkpoints", "records", at_least=1)
    every: Duration = key(
        "15m", "time between two checkpoints, if anything was recorded", validate_default=True
    )
    copy_to: PlaceOrOff = key(
        None,
        "a second place for checkpoints, out of reach of whoever can write the ledger",
        "path, or http(s):// to post them to",
        example="/mnt/elsewhere/checkpoints.jsonl",
    )


class Keep(Keys):
    """How long the metrics stay as fine as they were taken; records are kept for ever."""

    raw: Duration = key("2d", "rows as they were taken", validate_default=True)
    minutes: Duration = key("90d", "one row a minute; hours stay for ever", validate_default=True)


class Ledger(Keys):
    """Where decisions and states are recorded."""

    url: LedgerUrl = key(
        "sqlite:///user_data/risk.sqlite",
        "data base of the records",
        "sqlite:///… or postgresql://…",
    )
    durability: Literal["full", "normal"] = key(
        "full", "normal is faster; a power cut may then take the latest records"
    )
    metrics_interval: Duration = key(
        "5s", "time between two rows of the metrics", validate_default=True
    )
    keep: Keep = Keep()
    checkpoints: Checkpoints = Checkpoints()
    encrypt: Switch = key(
        default=False,
        about="true: names, reasons, tags are encrypted with the key in RISKPLUGIN_ENCRYPTION_KEY",
    )
    keep_backtests: Switch = key(
        default=False,
        about="true: a backtest leaves a ledger of its own beside its results",
    )
