"""Two bots that share what one bot must have alone: an account, a database, a ledger's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, group_of

SHARED_ACCOUNT = kind(
    "shared-wallet",
    WARNING,
    where="exchange.key",
    also=(CRITICAL, INFO),
    when="critical live, info when both only simulate",
    why="Another configuration trades with the same keys: each bot takes the whole wallet for its "
    "own, and the other's losses and orders for riddles.",
    does="guards each bot's limits, not the sum of both; positions it does not know stop entries",
    mend="give each bot a sub-account and keys of its own",
    see="many.md",
)
SHARED_DB = kind(
    "shared-database",
    CRITICAL,
    where="db_url",
    why="Another configuration keeps its trades in the same database: each bot closes the other's.",
    does="sees trades that it has not approved",
    mend='a database for each:\n"db_url": "sqlite:///user_data/NAME.sqlite"',
    see="many.md",
)
SHARED_NAME = kind(
    "shared-name",
    CRITICAL,
    where="bot_name",
    why="Another configuration has the same name in the same ledger: both bots write one state, "
    "breaker and peak included.",
    does="keeps one state for each name",
    mend='a name for each:\n"bot_name": "NAME"',
    see="many.md",
)
#: What tells one bot from another: without a difference here a file is a copy, not a second bot.
_TELLING = ("bot_name", "strategy", "db_url", "trading_mode", "stake_currency")
_DEFAULTS = {"bot_name": "freqtrade", "db_url": "freqtrade's default", "trading_mode": "spot"}


def shared(setup: Setup) -> Iterator[Finding]:
    """What this bot and another configuration of its folder both use."""
    for file, other in sorted(setup.others.items()):
        if not _another_bot(_as_written(setup), other):
            continue
        if _same_account(setup.config, other):
            both_dry = not setup.live and _dry(other)
            severity = CRITICAL if setup.live and not _dry(other) else INFO if both_dry else WARNING
            yield SHARED_ACCOUNT.found(
                f"{file.name}: {_small(SHARED_ACCOUNT.why)}", severity=severity
            )
        if _dry(other) != (not setup.live):
            continue  # freqtrade and riskplugin keep what is simulated apart
        if _database(setup.config) == _database(other):
            yield SHARED_DB.found(f"{file.name}: {_small(SHARED_DB.why)}")
        if _ledger(setup.config) == _ledger(other) and _name(setup.config) == _name(other):
            yield SHARED_NAME.found(f"{file.name}: {_small(SHARED_NAME.why)}")


def _as_written(setup: Setup) -> dict[str, Any]:
    """This bot's files alone: what the environment adds, the other files lack."""
    written: dict[str, Any] = {}
    for content in setup.own.values():
        for key, value in content.items():
            inner = isinstance(value, dict)
            written[key] = {**group_of(written, key), **value} if inner else value
    return written or dict(setup.config)


def _another_bot(config: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """``other`` is the whole configuration of a bot, and not of this one under another name."""
    if not group_of(other, "exchange").get("name") or "stake_currency" not in other:
        return False
    differ = {name for name in _TELLING if _differ(config, other, name)}
    if differ:
        return differ != {"strategy"} or not _guarded_twin(config, other)
    ports = [group_of(each, "api_server").get("listen_port") for each in (config, other)]
    pairs = [group_of(each, "exchange").get("pair_whitelist") for each in (config, other)]
    return ports[0] != ports[1] or pairs[0] != pairs[1]


def _differ(config: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """What may come from the command line is no difference where a file does not say it."""
    ours, theirs = (each.get(name) or _DEFAULTS.get(name) for each in (config, other))
    return None not in {ours, theirs} and ours != theirs


def _guarded_twin(config: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """X and XGuarded: the same bot before and after riskplugin init."""
    names = [str(each["strategy"]).removesuffix("Guarded") for each in (config, other)]
    return names[0] == names[1]


def _same_account(config: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    ours, theirs = group_of(config, "exchange"), group_of(other, "exchange")
    keys = [str(each.get("key") or each.get("api_key") or "") for each in (ours, theirs)]
    return keys[0] == keys[1] != "" and ours.get("name") == theirs.get("name")


def _dry(config: Mapping[str, Any]) -> bool:
    return bool(config.get("dry_run", True))


def _database(config: Mapping[str, Any]) -> str:
    return str(config.get("db_url") or _DEFAULTS["db_url"])


def _ledger(config: Mapping[str, Any]) -> str:
    ledger = group_of(group_of(config, "risk"), "ledger")
    return str(ledger.get("url") or "sqlite:///user_data/risk.sqlite")


def _name(config: Mapping[str, Any]) -> str:
    return str(config.get("bot_name") or _DEFAULTS["bot_name"])


def others_in(folder: Path, files: set[Path]) -> list[Path]:
    """Files of ``folder`` that may be another bot's configuration."""
    found = [path.resolve() for path in sorted(folder.glob("*.json"))]
    return [path for path in found if path not in files and path.stat().st_size < 1_000_000]


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
