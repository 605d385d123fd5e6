"""How the bot is set up: its orders, its interfaces, where it keeps what it knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from riskplugin.bootstrap import checkpoint_plan
from riskplugin.cli.findings.setup import IN_MEMORY, Finding, Setup, critical, info, warning
from riskplugin.ledger.proof.signing import load_signing_key
from riskplugin.ports import LedgerError


def market_exits(setup: Setup) -> Iterator[Finding]:
    """Orders that must fill are market orders."""
    types = setup.group("order_types")
    if not types:
        return
    if types.get("emergency_exit", "market") != "market":
        yield critical(
            "order_types.emergency_exit",
            "an emergency close that waits for a price may never fill",
            'write "emergency_exit": "market"',
        )
    for name, what in (("exit", "an exit"), ("stoploss", "a stop")):
        if types.get(name, "market") != "market":
            yield warning(
                f"order_types.{name}",
                f"{what} as limit order may stay unfilled in a fast market",
                f'write "{name}": "market"',
            )


def market_prices(setup: Setup) -> Iterator[Finding]:
    """A market order is priced at the side of the book that it takes."""
    types = setup.group("order_types")
    for name, taking in (("entry", ("ask", "other")), ("exit", ("bid", "other"))):
        side = setup.group(f"{name}_pricing").get("price_side", "same")
        if types.get(name) == "market" and side not in taking:
            yield critical(
                f"{name}_pricing.price_side",
                f'"{side}" with market orders: freqtrade refuses to start',
                'write "price_side": "other"',
            )


def stop_on_exchange(setup: Setup) -> Iterator[Finding]:
    """A stop on the exchange holds while the bot is down."""
    types = setup.group("order_types")
    if setup.live and types and not types.get("stoploss_on_exchange", False):
        yield warning(
            "order_types.stoploss_on_exchange",
            "off: while the bot or its network is down no stop exists",
            'write "stoploss_on_exchange": true where the exchange can do it',
        )


def force_entry(setup: Setup) -> Iterator[Finding]:
    """Entries by hand pass locks and protections."""
    if setup.config.get("force_entry_enable"):
        yield warning(
            "force_entry_enable",
            "entries by hand ignore freqtrade's locks and protections; riskplugin still caps them",
            "take it out unless you need it",
        )


def api_server(setup: Setup) -> Iterator[Finding]:
    """The API can trade: it needs a password."""
    api = setup.group("api_server")
    if not api.get("enabled"):
        return
    if not api.get("password") or not api.get("username"):
        yield critical("api_server.password", "whoever reaches the API can trade", "set one")
    elif str(api["password"]).lower() in {"password", "superdupersecretpassword", "freqtrader"}:
        yield critical("api_server.password", "it is the one of an example", "choose your own")
    if str(api.get("jwt_secret_key") or "").lower() in {"", "super-secret", "somethingrandom"}:
        yield warning(
            "api_server.jwt_secret_key",
            "missing or from an example: logins can be forged",
            "python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    if api.get("listen_ip_address") in {"0.0.0.0", "::"}:  # noqa: S104  # it is what is looked for
        reason = "the API listens to the whole network"
        yield warning("api_server.listen_ip_address", reason, 'write "127.0.0.1" and use a tunnel')


def databases(setup: Setup) -> Iterator[Finding]:
    """What is in memory is lost with the process."""
    if setup.live and setup.config.get("db_url") in IN_MEMORY:
        yield critical(
            "db_url", "trades in memory: a restart forgets open positions", "name a file"
        )
    if setup.risk is not None and setup.risk.ledger_url in IN_MEMORY:
        finding = critical if setup.live else warning
        reason = "records in memory: a restart forgets breaker, peak and emergency"
        yield finding("risk.ledger.url", reason, 'write "sqlite:///user_data/risk.sqlite"')


def signing_key(setup: Setup) -> Iterator[Finding]:
    """Without a key the records are chained, and nobody signs where the chain ends."""
    if setup.risk is None:
        return
    user_data = Path(setup.config.get("user_data_dir") or "user_data").resolve()
    where = "risk.ledger.checkpoints.key_file"
    try:
        key = load_signing_key(checkpoint_plan(setup.risk, user_data).key_file)
    except LedgerError as error:
        yield warning(where, f"nothing is signed: {error}", "as it says; or make a new key")
        return
    if key is None:
        reason = "there is no signing key: whoever can write the ledger can rewrite it unseen"
        yield info(where, reason, "riskplugin audit keygen")


def initial_state(setup: Setup) -> Iterator[Finding]:
    """A stopped bot watches nothing."""
    if str(setup.config.get("initial_state", "running")) == "stopped":
        yield warning(
            "initial_state",
            "stopped: after a restart open positions have no exits until someone starts the bot",
            'write "running", or "paused" for no entries',
        )
