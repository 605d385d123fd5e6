"""Whose money ``limits explain`` speaks of: a sum given, what the bot said last, or its play money.

The only place here that reads a freqtrade configuration beside the section "risk".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplugin.cli.console import UsageError
from riskplugin.cli.desk import desk
from riskplugin.core.policy import Policy
from riskplugin.core.units import is_number

#: What freqtrade gives a dry run that names no wallet.
_USUAL_WALLET = 1000.0


@dataclass(frozen=True, slots=True)
class Means:
    """An account: its equity, where that figure comes from, and what the bot does with it."""

    equity: float
    source: str
    currency: str
    futures: bool
    slots: object = None
    changed: bool = False
    """People have changed limits while the bot ran."""

    def policy(self, limits: Policy) -> Policy:
        """``limits`` as this bot has them: freqtrade's max_open_trades counts where none is set."""
        from riskplugin.adapter.botconfig import frozen_slots

        return frozen_slots(limits, self.slots)


def means_of(
    settings: Mapping[str, Any],
    equity: float | None,
    status: Mapping[str, Any] | None,
) -> Means:
    """The account of a bot with these ``settings``, and with this ``status`` if it has run."""
    amount, source = _equity(settings, equity, status)
    return Means(
        equity=amount,
        source=source,
        currency=str(settings.get("stake_currency") or ""),
        futures=settings.get("trading_mode") == "futures",
        slots=settings.get("max_open_trades"),
        changed=_changed(status),
    )


def said_last(
    config: list[Path] | None, userdir: Path, bot: str | None, ledger: str | None
) -> dict[str, Any] | None:
    """What the bot said last of itself; None where no bot has run, unless one was asked for."""
    try:
        with desk(config, userdir, ledger=ledger, bot=bot) as at:
            told = at.status()
            return None if told is None else {**told, "bot": at.bot}
    except UsageError:
        if bot is not None or ledger is not None:
            raise
        return None


def _changed(status: Mapping[str, Any] | None) -> bool:
    told = (status or {}).get("limits") or {}
    return bool(told.get("version") != told.get("file_version"))


def _equity(
    settings: Mapping[str, Any], given: float | None, status: Mapping[str, Any] | None
) -> tuple[float, str]:
    if given is not None:
        return given, "as given"
    if status is not None and is_number(status.get("equity")) and status["equity"] > 0:
        doubt = "" if status.get("trusted", True) else ", which is not trusted now"
        return float(status["equity"]), f"what {status['bot']} said last{doubt}"
    wallet = settings.get("dry_run_wallet")
    if isinstance(wallet, Mapping):
        wallet = wallet.get(settings.get("stake_currency"))
    if is_number(wallet) and wallet > 0:  # type: ignore[operator]
        return float(wallet), "dry_run_wallet"  # type: ignore[arg-type]
    return _USUAL_WALLET, "an example: no bot has run, no dry_run_wallet; --equity names another"
