"""How the bot runs: entries by hand, where it keeps what it knows, how often it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from riskplugin.bootstrap import checkpoint_plan
from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import IN_MEMORY, Setup, number
from riskplugin.ledger.proof.signing import load_signing_key
from riskplugin.ports import LedgerError

#: A loop may take this long (seconds) before a fall is seen late; freqtrade's own pause is 5.
SLOW_LOOP_S = 30.0

FORCE_ENTRY = kind(
    "force-entry",
    WARNING,
    where="force_entry_enable",
    why="Entries by hand ignore freqtrade's locks and protections.",
    does="caps them like any other entry",
    mend='unless you need it:\n"force_entry_enable": false',
)
DB_IN_MEMORY = kind(
    "db-in-memory",
    CRITICAL,
    where="db_url",
    why="Live, and trades are kept in memory: a restart forgets open positions.",
    does="sees positions that nobody manages, and refuses entries",
    mend='\n"db_url": "sqlite:///user_data/tradesv3.sqlite"',
)
LEDGER_IN_MEMORY = kind(
    "ledger-in-memory",
    WARNING,
    where="risk.ledger.url",
    also=(CRITICAL,),
    when="critical live",
    why="Records are kept in memory: a restart forgets breaker, peak and emergency.",
    does="begins at every start as if nothing had happened",
    mend='in risk:\n"ledger": {"url": "sqlite:///user_data/risk.sqlite"}',
    see="ledger.md",
)
SIGNING_KEY = kind(
    "signing-key",
    INFO,
    where="risk.ledger.checkpoints.key_file",
    also=(WARNING,),
    when="warning when there is one that cannot be used",
    why="There is no signing key: whoever can write the ledger can rewrite it unseen.",
    does="chains its records; nobody signs where the chain ends",
    mend="\nriskplugin audit keygen",
    see="ledger.md",
)
INITIAL_STOPPED = kind(
    "initial-stopped",
    WARNING,
    where="initial_state",
    why="After a restart open positions have no exits until someone starts the bot.",
    does="looks at nothing while the bot is stopped",
    mend='no entries but exits:\n"initial_state": "paused"',
)
SLOW_LOOP = kind(
    "slow-loop",
    WARNING,
    where="internals.process_throttle_secs",
    also=(CRITICAL,),
    when="critical when prices are always older than risk.breaker.system.max_price_age",
    why="The bot looks at prices once per loop, and the loop is slow.",
    does="decides once per loop: stops and breaker act that much later",
    mend='in internals:\n"process_throttle_secs": 5',
)
LEFT_ENTRIES = kind(
    "orders-left",
    INFO,
    where="cancel_open_orders_on_exit",
    why="Live: working entries stay in the book when the bot ends, and fill while nobody looks.",
    does="looks at them again when the bot is back",
    mend='\n"cancel_open_orders_on_exit": true',
)


def force_entry(setup: Setup) -> Iterator[Finding]:
    """Entries by hand pass locks and protections."""
    if setup.config.get("force_entry_enable"):
        yield FORCE_ENTRY.found()


def databases(setup: Setup) -> Iterator[Finding]:
    """What is in memory is lost with the process."""
    if setup.live and setup.config.get("db_url") in IN_MEMORY:
        yield DB_IN_MEMORY.found()
    if setup.risk is not None and setup.risk.ledger_url in IN_MEMORY:
        yield LEDGER_IN_MEMORY.found(severity=CRITICAL if setup.live else WARNING)


def signing_key(setup: Setup) -> Iterator[Finding]:
    """Without a key the records are chained, and nobody signs where the chain ends."""
    if setup.risk is None:
        return
    user_data = Path(setup.config.get("user_data_dir") or "user_data").resolve()
    try:
        key = load_signing_key(checkpoint_plan(setup.risk, user_data).key_file)
    except LedgerError as error:
        yield SIGNING_KEY.found(
            f"Nothing is signed: {error}", mend="as it says; or make a new key", severity=WARNING
        )
        return
    if key is None:
        yield SIGNING_KEY.found()


def initial_state(setup: Setup) -> Iterator[Finding]:
    """A stopped bot watches nothing."""
    if str(setup.config.get("initial_state", "running")) == "stopped":
        yield INITIAL_STOPPED.found()


def loop(setup: Setup) -> Iterator[Finding]:
    """riskplugin decides once per loop, on the prices that the loop has fetched."""
    pause = number(setup.group("internals").get("process_throttle_secs", 5)) or 0.0
    if pause <= SLOW_LOOP_S:
        return
    oldest = None if setup.risk is None else setup.risk.policy.breaker.max_price_age
    if oldest is not None and pause >= oldest.total_seconds():
        yield SLOW_LOOP.found(
            f"One look every {pause:g} seconds, and prices count as stale after "
            f"{oldest.total_seconds():g}: they nearly always are.",
            does="refuses entries on stale prices, and sees a fall only once per loop",
            severity=CRITICAL,
        )
    else:
        yield SLOW_LOOP.found(f"The bot looks at prices every {pause:g} seconds.")


def left_orders(setup: Setup) -> Iterator[Finding]:
    """Orders in the book outlive the bot."""
    entries = setup.group("order_types").get("entry", "limit")
    if setup.live and entries == "limit" and not setup.config.get("cancel_open_orders_on_exit"):
        yield LEFT_ENTRIES.found()
