"""Composition root: a configuration in, a ready service out. The one place that picks
implementations.
"""

from __future__ import annotations

from pathlib import Path

from riskplugin.config import RiskConfig
from riskplugin.core.policy import Policy
from riskplugin.kill_file import KillFile
from riskplugin.latch_note import LatchNote
from riskplugin.ledger import (
    CheckpointPlan,
    Keep,
    KeptLedger,
    MemoryLedger,
    UnavailableLedger,
    open_ledger,
)
from riskplugin.ports import Ledger, LedgerError
from riskplugin.redaction import NOBODYS, Redactor
from riskplugin.service import RiskService


def live_service(
    config: RiskConfig,
    policy: Policy,
    *,
    bot: str,
    user_data: Path,
    must_run: bool = False,
    redactor: Redactor = NOBODYS,
) -> RiskService:
    """A service that persists: dry-run and live. Raises LedgerError when no ledger can be opened.

    ``must_run``: positions are open, so there has to be a service. Without a ledger it is one
    that refuses every entry and lets exits pass.

    Relative paths beginning with ``user_data`` lie in freqtrade's user_data folder ``user_data``,
    other relative paths beside it. ``redactor`` knows the secrets that no text may hold.
    """
    kill_file = resolve(config.kill_file, user_data)
    return RiskService(
        policy=policy,
        ledger=_ledger(config, user_data, bot, redactor, must_run=must_run),
        bot=bot,
        version=config.version,
        live=True,
        limits=config.limits,
        kill_switch=KillFile(kill_file),
        latch_note=LatchNote(kill_file.with_name(f"{kill_file.name}.{bot}.latched")),
        metrics_interval=config.metrics_interval,
        redactor=redactor,
    )


def _ledger(
    config: RiskConfig, user_data: Path, bot: str, redactor: Redactor, *, must_run: bool
) -> Ledger:
    try:
        return open_ledger(
            ledger_url(config, user_data),
            bot=bot,
            base_dir=user_data,
            durability=config.ledger.durability,
            keep=Keep(raw=config.ledger.keep.raw, minutes=config.ledger.keep.minutes),
            checkpoints=checkpoint_plan(config, user_data),
            redactor=redactor,
            encrypt=config.ledger.encrypt,
        )
    except LedgerError as error:
        if not must_run:
            raise
        return UnavailableLedger(error)


def memory_service(
    config: RiskConfig,
    policy: Policy,
    *,
    bot: str,
    keep_at: Path | None = None,
    redactor: Redactor = NOBODYS,
) -> RiskService:
    """A service without a past: backtesting and hyperopt.

    It writes no file, unless ``keep_at`` names one for the records of a backtest, in which no
    text may hold what ``redactor`` knows.
    """
    return RiskService(
        policy=policy,
        ledger=MemoryLedger() if keep_at is None else KeptLedger(keep_at, bot, redactor),
        bot=bot,
        version=config.version,
        live=False,
        limits=config.limits,
    )


def checkpoint_plan(config: RiskConfig, user_data: Path) -> CheckpointPlan:
    """When the records are signed, with paths as they lie on this machine."""
    keys = config.ledger.checkpoints
    to = keys.copy_to
    return CheckpointPlan(
        key_file=resolve(Path(keys.key_file), user_data),
        every_records=keys.every_records,
        every=keys.every,
        copy_to=to if to is None or "://" in to else resolve(Path(to), user_data),
    )


def ledger_url(config: RiskConfig, user_data: Path) -> str:
    """The ledger's address with a relative SQLite path made absolute."""
    scheme, separator, path = config.ledger_url.partition(":///")
    if not separator or not scheme.startswith("sqlite") or not path:
        return config.ledger_url
    return f"{scheme}:///{resolve(Path(path), user_data)}"


def resolve(path: Path, user_data: Path) -> Path:
    """Where ``path`` of the configuration lies on this machine."""
    if path.is_absolute():
        return path
    if path.parts[:1] == ("user_data",):
        return user_data.joinpath(*path.parts[1:])
    return user_data.parent / path
