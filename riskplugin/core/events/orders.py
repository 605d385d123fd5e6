"""The way of an order: decided, sent, answered, booked, filled, of unknown fate."""

from __future__ import annotations

from dataclasses import dataclass

from riskplugin.core.basis import Basis
from riskplugin.core.events.base import Event
from riskplugin.core.levels import EntryKind
from riskplugin.core.made import made_quickly
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Decision


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDecided(Event):
    """The gate's answer to one proposed entry, and the callback point it was asked at.

    ``basis`` is what the answer rests on, ``limits`` the version of the limits that it was given
    under; None and "" in records of riskplugin 0.1's first schema.
    """

    point: str
    decision: Decision
    basis: Basis | None = None
    limits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSent(Event):
    """An order is about to leave for the exchange (written before it does)."""

    intent: str
    pair: str
    order_side: str
    kind: EntryKind | None
    reduces: bool
    amount: float
    price: float
    leverage: float
    notional: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswered(Event):
    """The exchange accepted the order."""

    intent: str
    order_id: str | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBooked(Event):
    """An accepted entry is in the bot's own records by now."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFailed(Event):
    """The order was refused, or (``uncertain``) nobody knows whether it was accepted."""

    intent: str
    pair: str
    error: str
    uncertain: bool
    reduces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentResolved(Event):
    """An order of unknown fate is settled: seen in the bot's book, or ruled out."""

    intent: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillChecked(Event):
    """An order was filled, compared with what was approved (MO-4).

    ``approved_*`` are None for an order that nobody approved here. ``slippage`` is the share of
    the approved price that the fill is worse by (< 0: better). ``findings`` say what went beyond
    the approval; without any, all is well.
    """

    order_id: str
    pair: str
    reduces: bool
    amount: float
    price: float
    leverage: float
    approved_amount: float | None
    approved_price: float | None
    approved_leverage: float | None
    slippage: Ratio | None
    slipped: bool
    findings: tuple[str, ...]
