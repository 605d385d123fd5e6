"""What a watchdog needs to know, taken from the bot's own configuration. Keys come by name only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from riskplugin.bootstrap import checkpoint_plan, ledger_url, resolve
from riskplugin.config import RiskConfig
from riskplugin.config.schema.watchdog import Watchdog as Settings
from riskplugin.ledger.proof.signing import VARIABLE, PublicKey
from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor
from riskplugin.watchdog.judge import Bounds
from riskplugin.watchdog.rest import BotRest
from riskplugin.watchdog.venue import CcxtVenue, VenueError, open_venue


class PlanError(ValueError):
    """What was configured cannot be done; the message says how to mend it."""


@dataclass(frozen=True, kw_only=True)
class WatchPlan:
    """One bot and how it is watched. ``config`` is freqtrade's, with the bot's own secrets."""

    bot: str
    risk: RiskConfig
    config: Mapping[str, Any] = field(repr=False)
    user_data: Path
    redactor: Redactor
    interval: timedelta
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def settings(self) -> Settings:
        """The group "watchdog" of the section."""
        return self.risk.watchdog

    def with_redactor(self, redactor: Redactor) -> WatchPlan:
        """The same with a redactor that knows more."""
        return replace(self, redactor=redactor)

    @property
    def url(self) -> str:
        """The ledger's address."""
        return ledger_url(self.risk, self.user_data)

    @property
    def bounds(self) -> Bounds:
        """What is still well."""
        checkpoints = checkpoint_plan(self.risk, self.user_data)
        return Bounds(
            silent_after=self.settings.silent_after,
            max_price_age=self.risk.policy.breaker.max_price_age,
            checkpoint_every=checkpoints.every,
            min_free_mb=self.settings.min_free_mb,
            signs=checkpoints.key_file.exists() or VARIABLE in self.environ,
        )

    @property
    def futures(self) -> bool:
        """The bot trades futures, else spot."""
        return str(self.config.get("trading_mode") or "spot") == "futures"

    def trusted(self) -> tuple[PublicKey, ...]:
        """The public half of the bot's signing key, if it lies where the private one does."""
        key = checkpoint_plan(self.risk, self.user_data).key_file
        try:
            text = key.with_name(f"{key.name}.pub").read_text(encoding="ascii")
            return (PublicKey.parse(text.strip()),)
        except (OSError, ValueError, LedgerError):
            return ()

    def rest(self) -> BotRest | None:
        """The bot's REST, if it is named. Raises PlanError."""
        named = self.settings
        if named.bot_url is None or named.action == "alert":
            return None
        username = self.secret(named.bot_username, "bot_username") or ""
        return BotRest(
            named.bot_url, username, self.secret(named.bot_password, "bot_password") or ""
        )

    def keys(self) -> dict[str, str] | None:
        """The keys for the exchange; None when the action needs none. Raises PlanError."""
        named = self.settings.exchange
        if self.settings.action != "exchange" or self.config.get("dry_run", True):
            return None
        if named.use_bot_keys:
            exchange = self.config.get("exchange") or {}
            pairs = (("apiKey", "key"), ("secret", "secret"), ("password", "password"))
            return {to: str(exchange[name]) for to, name in pairs if exchange.get(name)}
        if named.key is None or named.secret is None:
            raise PlanError(
                'the action "exchange" needs keys of the watchdog\'s own: name the variables that '
                "hold them in risk.watchdog.exchange.key and .secret (env:NAME), or write "
                '"use_bot_keys": true there'
            )
        made = {"apiKey": self.secret(named.key, "exchange.key") or ""}
        made["secret"] = self.secret(named.secret, "exchange.secret") or ""
        password = self.secret(named.password, "exchange.password")
        return made | ({"password": password} if password else {})

    def venue(self) -> CcxtVenue:
        """The account at the exchange. Raises VenueError."""
        try:
            keys = self.keys()
        except PlanError as error:
            raise VenueError(str(error)) from error
        return open_venue(self.config.get("exchange") or {}, keys or {}, futures=self.futures)

    def secret(self, named: str | None, where: str) -> str | None:
        """What the variable holds that is named env:NAME. Raises PlanError when it is not set."""
        if named is None:
            return None
        variable = named.removeprefix("env:")
        value = self.environ.get(variable, "").strip()
        if not value:
            raise PlanError(f"risk.watchdog.{where} names {variable}, which is not set here")
        return value

    def secrets(self) -> list[str]:
        """All that must not be told. Raises PlanError."""
        rest, keys = self.rest(), self.keys()
        return [*((keys or {}).values()), *([rest.password] if rest else [])]

    def free_mb(self) -> tuple[tuple[str, float], ...]:
        """Free space where the bot writes; a place that cannot be looked at is left out."""
        places = {"bot's files": self.user_data}
        scheme, found, path = self.url.partition(":///")
        if found and scheme.startswith("sqlite") and path:
            places["ledger"] = resolve(Path(path), self.user_data).parent
        free = []
        for name, place in places.items():
            try:
                free.append((name, shutil.disk_usage(place).free / 1e6))
            except OSError:
                continue
        return tuple(free)
