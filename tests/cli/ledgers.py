"""A short life of a bot as its ledger has it: made by the real service, on a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.ledger import CheckpointPlan, open_ledger
from riskplugin.ledger.sql import SqlLedger
from riskplugin.service import RiskService
from tests.ledger.tampering import Attacker
from tests.orders import entry_sent

AT = datetime(2026, 3, 12, 12, 0, 0, 250, tzinfo=UTC)
BOT = "freqtrade.dry"
#: Where checkpoints are copied to.
COPIES = "elsewhere.jsonl"
#: The command, its author and its reason, as a person may write them.
REASON = "=2+5 [bold]news[/] \x1b[31m"


def url_of(home: Path) -> str:
    """The address of the ledger that config.example.json names."""
    return f"sqlite:///{home}/user_data/risk.sqlite"


@contextmanager
def service(
    home: Path,
    bot: str = BOT,
    section: dict[str, Any] | None = None,
    *,
    signed: bool = False,
    encrypt: bool = False,
) -> Iterator[RiskService]:
    config = parse(section or {})
    plan = CheckpointPlan(home / "user_data/risk_signing.key", copy_to=home / COPIES)
    risk = RiskService(
        policy=config.policy,
        ledger=open_ledger(
            url_of(home),
            bot=bot,
            base_dir=home,
            checkpoints=plan if signed else None,
            encrypt=encrypt,
        ),
        bot=bot,
        version=config.version,
        limits=config.limits,
        live=True,
    )
    yield risk
    risk.close()


def book(at: datetime = AT, equity: float = 1000.0) -> Book:
    return Book(at=at, wallet=Quote(equity), result=Quote(equity - 1000))


def request(at: datetime = AT, **changes: Any) -> EntryRequest:
    usual: dict[str, Any] = {
        "at": at,
        "pair": "BTC/USDT:USDT",
        "side": Side.LONG,
        "stake": Quote(10.0),
        "price": 64_000.5,
        "market_price": 64_000.5,
        "leverage": 2.0,
        "volatility": Ratio(0.01),
        "stoploss": Ratio(0.05),
    }
    return EntryRequest(**usual | changes)


def live_through(risk: RiskService, begin: datetime = AT) -> None:
    """Start, entries allowed, capped and refused, an order, a trip by hand, a fault."""
    at = begin
    risk.start(at, "dry_run")
    risk.tick(book(at))
    later = (begin + timedelta(minutes=minute) for minute in range(1, 60))
    at = next(later)
    assert risk.decide(request(at), book(at), "stake").stake == 10.0
    risk.order_sent(order(at))
    risk.order_ended(ev.OrderAnswered(at=at, intent="1" * 32, order_id="77", status="closed"))
    at = next(later)
    assert (
        0
        < risk.decide(request(at, pair="ETH/USDT:USDT", stake=500.0), book(at), "stake").stake
        < 500
    )
    at = next(later)
    assert not risk.decide(
        request(at, pair="SOL/USDT:USDT", leverage=50.0), book(at), "stake"
    ).allowed
    at = next(later)
    risk.command("trip", by="anna", reason=REASON, book=book(at))
    assert not risk.decide(request(at), book(at), "order").allowed
    risk.fault("loop", "the exchange does not answer", at)


def order(at: datetime) -> ev.OrderSent:
    return entry_sent(
        at=at,
        intent="1" * 32,
        pair="BTC/USDT:USDT",
        kind=EntryKind.OPEN,
        amount=0.0003,
        price=64_000.5,
        leverage=2.0,
        notional=Quote(19.2),
    )


def story(
    home: Path,
    bot: str = BOT,
    section: dict[str, Any] | None = None,
    *,
    signed: bool = False,
    encrypt: bool = False,
    begin: datetime = AT,
) -> None:
    """Write the life of ``bot`` into the ledger of ``home``."""
    with service(home, bot, section, signed=signed, encrypt=encrypt) as risk:
        live_through(risk, begin)


def tamper(home: Path, *statements: str) -> None:
    """Change the file as somebody would who can write it."""
    attacker = Attacker(url_of(home))
    for statement in statements:
        attacker.run(statement.replace(":", "\\:"))
    attacker.close()


def appended(home: Path, *events: ev.Event, bot: str = BOT) -> None:
    """Add events as they are to a bot's chain, which leaves its state alone."""
    ledger: SqlLedger = open_ledger(url_of(home), bot=bot, base_dir=home)
    state = ledger.load()
    ledger.append(events, state)
    ledger.close()
