"""What must hold after every fault, asked of the ledger and of the exchange's own order log.

No limit broken: every entry had an approval, none left while the breaker forbade it, sizes and
exposure are inside. Nothing lost: the chain is whole, what was acknowledged is in it, and the saved
state is what its events give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.chain import genesis, verify
from riskplugin.ledger.proof.checkpoints import Checkpoint
from riskplugin.ledger.proof.replay import replay
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ledger.proof.verify import verify as verify_ledger
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record

#: Default limits, as shares of the 10 000 that each account begins with, and room for rounding.
EQUITY, SIZE, EXPOSURE, ROUNDING = 10_000.0, 0.02, 0.45, 1.01
LEVERAGE = 20
#: Times are cut to milliseconds by the exchange.
_ROUNDED = timedelta(milliseconds=5)
_FORBIDDEN = (BreakerState.OPEN, BreakerState.LATCHED)


@dataclass
class Findings:
    """What an audit found; both lists are empty when all is well."""

    limits: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    state: RiskState = field(default_factory=RiskState)
    events: list[ev.Event] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.limits or self.records)

    def __str__(self) -> str:
        return "; ".join([*self.limits, *self.records])


@dataclass(frozen=True)
class Proof:
    """The keys that checkpoints may be signed with, and the copies of them that left the ledger."""

    trusted: tuple[PublicKey, ...] = ()
    copies: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True)
class _Sent:
    """An entry that was written ahead, and the state it was written in."""

    order: ev.OrderSent
    breaker: BreakerState
    flattening: bool
    number: str | None = None


def audit(
    url: str,
    bot: str,
    orders: Iterable[dict[str, Any]],
    positions: dict[str, Any],
    *,
    acknowledged: Sequence[tuple[str, str]] = (),
    ahead: timedelta = timedelta(0),
    proof: Proof = Proof(),
) -> Findings:
    """Hold the ledger at ``url`` against the exchange, and against its ``proof``.

    ``acknowledged`` are kind and time of the events whose append had returned; ``ahead`` is how far
    the bot's clock was ahead of the exchange's at most.
    """
    found = Findings()
    reader = open_reader(url, base_dir=Path.cwd())
    try:
        records, saved = _at_one_moment(reader, bot)
        _proven(found, reader, bot, proof)
    finally:
        reader.close()
    found.events = [record.event for record in records]
    _chain(found, records, bot)
    sent = _replay(found, saved)
    _acknowledged(found, acknowledged)
    _written_ahead(found, sent, orders, ahead)
    _inside(found, positions)
    return found


def _at_one_moment(reader: LedgerReader, bot: str) -> tuple[list[Record], RiskState | None]:
    """Records and the state they left: a bot that lives appends to both, from several threads."""
    while True:
        records = list(reader.chain(bot))
        saved = reader.state(bot)
        if reader.height(bot) == (records[-1].seq if records else 0):
            return records, saved


def _proven(found: Findings, reader: LedgerReader, bot: str, proof: Proof) -> None:
    """What riskplugin audit verify and audit replay say of it."""
    if bot not in reader.bots():
        return
    report = verify_ledger(reader, bot, trusted=proof.trusted, copies=proof.copies)
    found.records += [f"verify: {finding.text}" for finding in report.findings]
    found.records += [
        f"replay: decision {each.seq} is another one now: {each.why_not or each.now}"
        for each in replay(reader, bot)
        if not each.same
    ]


def _chain(found: Findings, records: Sequence[Record], bot: str) -> None:
    broken = verify(((r.payload, r.hash) for r in records), genesis(bot))
    if broken is not None:
        found.records.append(f"the chain breaks at record {broken}")
    if [r.seq for r in records] != list(range(1, len(records) + 1)):
        found.records.append("the chain has gaps")


def _replay(found: Findings, saved: RiskState | None) -> list[_Sent]:
    """Fold all events afresh; the entries that were written ahead, each with its moment's state."""
    state, sent = found.state, []
    numbers = {e.intent: e.order_id for e in found.events if isinstance(e, ev.OrderAnswered)}
    for event in found.events:
        if isinstance(event, ev.OrderSent) and not event.reduces:
            number = numbers.get(event.intent)
            sent.append(_Sent(event, state.breaker, state.flattening, number))
        state.observe(event)
    if saved is None and found.events:
        found.records.append("there are events and no state")
    elif saved is not None and saved != state:
        found.records.append("the saved state is not what the events give")
    return sent


def _acknowledged(found: Findings, acknowledged: Sequence[tuple[str, str]]) -> None:
    kept = Counter((type(e).__name__, e.at.isoformat()) for e in found.events)
    for gone, times in (Counter(acknowledged) - kept).items():
        found.records.append(f"{times} acknowledged {gone[0]} of {gone[1]} lost")


def _written_ahead(
    found: Findings, sent: list[_Sent], orders: Iterable[dict[str, Any]], ahead: timedelta
) -> None:
    """Each entry at the exchange has a record of its own from before, made while entries passed."""
    waiting = list(sent)
    for order in filter(is_entry, orders):
        fitting = [s for s in waiting if _explains(s, order, ahead)]
        if not fitting:
            found.records.append(f"no record of entry {order['id']} on {order['symbol']}")
            continue
        record = fitting[-1]
        waiting.remove(record)
        if record.breaker in _FORBIDDEN or record.flattening:
            found.limits.append(f"entry {order['id']} left while the breaker was {record.breaker}")
        margin = record.order.notional / record.order.leverage
        if not margin <= EQUITY * SIZE * ROUNDING:
            found.limits.append(f"entry {order['id']} has a margin of {margin:.2f}")
        if not (order["leverage"] or 1) <= LEVERAGE:
            found.limits.append(f"entry {order['id']} has a leverage of {order['leverage']}")


def is_entry(order: dict[str, Any]) -> bool:
    """True for an order that opens or enlarges a position."""
    return not order["reduce_only"] and (order["market"] != "spot" or order["side"] == "BUY")


def _explains(sent: _Sent, order: dict[str, Any], ahead: timedelta) -> bool:
    """By its number where the answer came; else same market and side, the amount but for rounding
    down to the exchange's step, and written before the order arrived.
    """
    if sent.number is not None:
        return sent.number == str(order["id"])
    symbol = sent.order.pair.partition(":")[0].replace("/", "")
    arrived = datetime.fromtimestamp(order["created_ms"] / 1000, UTC)
    before = sent.order.at - ahead <= arrived + _ROUNDED
    rounded = sent.order.amount * 0.8 <= float(order["quantity"]) <= sent.order.amount * 1.000001
    side = order["side"].lower() == sent.order.order_side
    return symbol == order["symbol"] and side and before and rounded


def _inside(found: Findings, positions: dict[str, Any]) -> None:
    """What the exchange holds in futures, at present prices."""
    exposed = 0.0
    for symbol, position in positions.items():
        notional, leverage = abs(float(position["notional"])), float(position["leverage"])
        exposed += notional
        if not notional / leverage <= EQUITY * SIZE * ROUNDING:
            found.limits.append(f"{symbol} binds {notional / leverage:.2f}")
        if not leverage <= LEVERAGE:
            found.limits.append(f"{symbol} has a leverage of {leverage}")
    if not exposed <= EQUITY * EXPOSURE * ROUNDING:
        found.limits.append(f"the exposure is {exposed:.2f}")
