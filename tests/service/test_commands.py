"""Commands from people: who may, what they are given besides, and threads that cannot wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.commands import COMMANDS, Order
from riskplugin.core.policy import Policy
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger import MemoryLedger
from riskplugin.ports import Control
from riskplugin.service import RiskService

AT = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
BOOK = Book(at=AT, wallet=Quote(10_000.0), result=Quote(0.0))


@dataclass
class Waiting(MemoryLedger):
    """A memory ledger in which commands wait."""

    left: list[Control] = field(default_factory=list)
    settled: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def controls(self) -> list[Control]:
        """Those that nobody settled."""
        return [control for control in self.left if control.id not in self.settled]

    def settle(self, control_id: int, outcome: str) -> None:
        """Remember the outcome."""
        self.settled[control_id] = outcome


def control(command: str, number: int = 1, **more: Any) -> Control:
    """Ann's command."""
    return Control(id=number, command=command, by="ann", reason="news", at=AT, **more)


def service(ledger: MemoryLedger, **changes: Any) -> RiskService:
    """A live service that has looked at the account once."""
    options: dict[str, Any] = {"policy": Policy(), "bot": "b", "version": "v", "live": True}
    made = RiskService(ledger=ledger, **options | changes)
    made.start(AT, "live")
    made.tick(BOOK)
    return made


def handled(ledger: MemoryLedger) -> list[ev.ControlHandled]:
    """What the records say of commands."""
    return [event for event in ledger.events if isinstance(event, ev.ControlHandled)]


@pytest.mark.spec("AU-1", "AU-5")
def test_where_a_command_was_given_and_with_what_is_recorded() -> None:
    ledger = Waiting(left=[control("trip", args='{"alert": 3}', via="telegram")])
    service(ledger)
    (record,) = handled(ledger)
    assert (record.command, record.by, record.reason) == ("trip", "ann", "news")
    assert (record.args, record.via) == ('{"alert": 3}', "telegram")
    assert ledger.settled == {1: "done"}


@pytest.mark.spec("AU-5")
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_who_may_not_is_refused_recorded_and_changes_nothing(command: str) -> None:
    ledger = Waiting(left=[control(command)])
    risk = service(ledger, authority=lambda asked: f"{asked.by} is a viewer")
    assert risk.state.breaker is BreakerState.CLOSED
    assert not risk.state.emergency
    (record,) = handled(ledger)
    assert record.outcome == "refused: ann is a viewer" == ledger.settled[1]


@pytest.mark.spec("EM-2")
@pytest.mark.parametrize("given", ["[1]", "3", "{", '"text"'])
def test_what_a_command_is_given_has_to_be_a_json_object(given: str) -> None:
    ledger = Waiting(left=[control("trip", args=given)])
    risk = service(ledger)
    assert "JSON" in ledger.settled[1]
    assert ledger.settled[1].startswith("refused: ")
    assert risk.state.breaker is BreakerState.CLOSED


@pytest.mark.spec("EM-2")
def test_another_thread_may_let_the_bot_obey_before_its_next_loop() -> None:
    ledger = Waiting()
    risk = service(ledger)
    ledger.left.append(control("trip", number=7))
    risk.obey(BOOK)
    assert risk.state.breaker is BreakerState.LATCHED
    assert ledger.settled == {7: "done"}
    risk.obey(BOOK)
    assert len(handled(ledger)) == 1


def test_commands_that_need_more_than_the_core_are_given_their_arguments() -> None:
    seen: list[Order] = []

    def acknowledge(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
        seen.append(order)
        yield ev.BreakerLatched(at=book.at, by=order.by, reason=order.reason)

    ledger = Waiting()
    risk = service(ledger)
    risk.commands["more"] = acknowledge
    ledger.left.append(control("more", args='{"proposal": 3}'))
    risk.tick(BOOK)
    assert [order.args for order in seen] == [{"proposal": 3}]
    assert ledger.settled == {1: "done"}
    assert risk.state.latched_by == "ann"
