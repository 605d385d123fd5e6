"""What a thread knows of the order under way in it: each callback learns, the next one needs it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.levels import EntryKind, Side


@dataclass(slots=True)
class Proposal:
    """The entry under way in this thread: what one callback learns and the next needs."""

    pair: str
    side: Side
    leverage: float
    price: float
    tag: str | None = None
    kind: EntryKind = EntryKind.OPEN
    exchange_max_leverage: float | None = None
    approved_notional: float | None = None
    entries_before: int = 0
    """How many entries had left when this one was approved."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An order that passed L3, as it was judged: amount in base currency."""

    pair: str
    side: str
    amount: float
    reduces: bool
    leverage: float


class ThreadState(threading.local):
    """``active`` names the guards that are running; ``refusal`` says why this entry must end in
    no; ``leaving`` is the order that passed L3 and is on its way, ``most`` the amount (in
    contracts) that passed the door behind it, ``geared`` says that leverage passed it.
    """

    def __init__(self) -> None:
        self.proposal: Proposal | None = None
        self.refusal: str | None = None
        self.active: set[str] = set()
        self.at: datetime | None = None
        self.leaving: Leaving | None = None
        self.most: float | None = None
        self.geared = False
