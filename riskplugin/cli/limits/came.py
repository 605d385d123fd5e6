"""What came of an order about limits: what the bot recorded of it, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable

from riskplugin.cli.audit.telling import told
from riskplugin.cli.desk import Desk
from riskplugin.cli.limits.in_force import KINDS
from riskplugin.cli.orders import Came
from riskplugin.control.permissions import may
from riskplugin.core.events import LimitsAdopted
from riskplugin.core.events.limits import LimitsProposed
from riskplugin.ports import LedgerError

#: More than one order ever leaves.
MANY = 100


def came_of(at: Desk) -> Callable[[], Came]:
    """To be called before the order is given; the answer tells what was recorded since then."""
    before = at.reader.height(at.bot)

    def came() -> Came:
        found = at.reader.records(at.bot, kinds=KINDS, limit=MANY, newest_first=True)[::-1]
        fresh = [record for record in found if record.seq > before]
        texts = [told(r.event) for r in fresh if not isinstance(r.event, LimitsAdopted)]
        proposed = [r.event for r in fresh if isinstance(r.event, LimitsProposed)]
        number = proposed[-1].number if proposed else None
        notes = [] if number is None else [_waits(number), *_lonely(at)]
        return {"came": texts, "proposal": number, "notes": notes}

    return came


def _waits(number: int) -> str:
    return (
        "Nothing is looser yet: another risk manager has to agree, with "
        f"riskplugin limits approve {number} --reason …"
    )


def _lonely(at: Desk) -> list[str]:
    """Two-person commands take two persons."""
    people = at.people
    try:
        everybody = [] if people is None else people.everybody()
    except LedgerError:
        return []
    managers = [p.name for p in everybody if not p.disabled and may(p.role, "approve")]
    if len(managers) > 1:
        return []
    who = f"only {managers[0]} is" if managers else "none is"
    return [f"That takes two, and {who} registered: riskplugin users add NAME --role risk_manager"]
