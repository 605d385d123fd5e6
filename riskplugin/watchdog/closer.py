"""One try to make the book flat at the exchange: cancel, close, look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass

from riskplugin.watchdog.closing import (
    Aim,
    Close,
    Working,
    left_to_sell,
    to_cancel,
    to_close,
    to_sell,
)
from riskplugin.watchdog.venue import Answer, Venue, VenueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step and what came of it; ``amount`` in the exchange's unit."""

    step: str
    outcome: str
    pair: str = ""
    order_id: str = ""
    amount: float = 0.0


class Closer:
    """Tries as often as it is asked to. ``left`` says what was not flat after the last try."""

    def __init__(self, connect: Callable[[], Venue]) -> None:
        self._connect = connect
        self._venue: Venue | None = None
        self._orders: list[str] = []
        self._doubts: list[str] = []
        self.left = "not looked at yet"

    @property
    def summary(self) -> str:
        """What was sent, for people."""
        sent = ", ".join(self._orders) or "nothing was held any more"
        doubts = f"; LOOK AT {', '.join(self._doubts)}: no answer came" if self._doubts else ""
        return f"{sent}{doubts}"

    @property
    def venue(self) -> Venue:
        """The account. Raises VenueError when it cannot be had."""
        if self._venue is None:
            self._venue = self._connect()
        return self._venue

    def attempt(
        self, aim: Aim, sold: MutableMapping[str, float], ahead: Callable[[Done], bool]
    ) -> Iterator[Done]:
        """One try. ``ahead`` writes down what is about to be sent: where that fails, nothing is
        sold on a spot account, because a second time must not sell again.

        ``sold`` is what was sold for this silence by pair, and grows. Raises VenueError when the
        exchange cannot even be looked at.
        """
        venue = self.venue
        self.left = "not looked at since"
        for order in to_cancel(aim, venue.working(aim.pairs), futures=venue.futures):
            yield _cancelled(venue, order)
        refused: list[str] = []
        for close in self._wanted(aim, sold):
            yield from self._sent(venue, close, sold, ahead, refused)
        yield from self._verified(aim, sold, refused)

    def _wanted(self, aim: Aim, sold: MutableMapping[str, float]) -> list[Close]:
        venue = self.venue
        if venue.futures:
            return to_close(aim, venue.held(aim.pairs))
        if not left_to_sell(aim, sold):
            return []
        wanted = to_sell(aim, venue.free(), sold)
        return [each for each in wanted if not venue.too_small(each.pair, each.amount)]

    def _sent(
        self,
        venue: Venue,
        close: Close,
        sold: MutableMapping[str, float],
        ahead: Callable[[Done], bool],
        refused: list[str],
    ) -> Iterator[Done]:
        pair, amount = close.pair, close.amount
        only = "reduce-only" if close.reduce_only else "no more than was listed"
        intent = Done(step="send", pair=pair, amount=amount, outcome=f"market {close.side}, {only}")
        if not ahead(intent) and not close.reduce_only:
            refused.append(f"{pair}: the ledger takes no record")
            return
        try:
            answer = venue.close(close)
        except VenueError as error:
            refused.append(f"{pair}: {error}")
            gone = amount if error.uncertain else 0.0
            sold[pair] = sold.get(pair, 0.0) + gone
            if error.uncertain and not close.reduce_only:
                self._doubts.append(pair)
            yield Done(step="close", pair=pair, amount=gone, outcome=str(error))
            return
        filled = _filled(answer, amount)
        sold[pair] = sold.get(pair, 0.0) + filled
        self._orders.append(f"{close.side} {filled:g} {pair} (order {answer.order_id})")
        yield Done(
            step="close", pair=pair, order_id=answer.order_id, amount=filled, outcome="accepted"
        )

    def _verified(
        self, aim: Aim, sold: MutableMapping[str, float], refused: list[str]
    ) -> Iterator[Done]:
        """Look again; what protected the position has nothing left to protect."""
        venue = self.venue
        rest = [f"{each.amount:g} {each.pair}" for each in self._wanted(aim, sold)]
        entries = to_cancel(aim, venue.working(aim.pairs), futures=venue.futures)
        rest += [f"order {each.id} on {each.pair}" for each in entries]
        self.left = "; ".join([*rest, *refused] if rest else [])
        if rest:
            return
        for order in venue.working(aim.pairs):
            yield _cancelled(venue, order)


def _cancelled(venue: Venue, order: Working) -> Done:
    try:
        venue.cancel(order)
    except VenueError as error:
        return Done(step="cancel", pair=order.pair, order_id=order.id, outcome=str(error))
    return Done(step="cancel", pair=order.pair, order_id=order.id, outcome="cancelled")


def _filled(answer: Answer, amount: float) -> float:
    """What did not say how much it filled is taken to have filled all."""
    return amount if answer.filled is None else min(max(answer.filled, 0.0), amount)
