"""The commands by which people change limits: one may tighten, two may loosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from riskplugin.config.direction import compare
from riskplugin.control.limits.asked import Wish, pair_of, tradable, wish
from riskplugin.control.limits.effect import change, effect, override, wish_of
from riskplugin.control.limits.force import settings_of, written
from riskplugin.control.limits.holding import InForce
from riskplugin.control.limits.later import looser_later, looser_without
from riskplugin.control.person import normalised
from riskplugin.core.book import Book
from riskplugin.core.commands import Command, Order, Refused
from riskplugin.core.events import Event
from riskplugin.core.events.limits import (
    LimitsApproved,
    LimitsDropped,
    LimitsFiled,
    LimitsProposed,
    OverrideEnded,
)
from riskplugin.core.limits import Override, Proposal
from riskplugin.core.state import RiskState

Events = Iterator[Event]

#: More proposals than people read do not wait: each stands in the state and in every status.
OPEN = 50


def commands(limits: InForce) -> dict[str, Command]:
    """The commands by name."""
    return {name: partial(command, limits) for name, command in _COMMANDS.items()}


def _propose(limits: InForce, state: RiskState, book: Book, order: Order) -> Events:
    at, runtime, by = book.at, state.runtime, (order.by,)
    pair = pair_of(order.args)
    tradable(pair, limits.markets())
    held = limits.holding(runtime).of(pair)
    wanted = wish(order.args, held, limits.file, at, limits.longest)
    number = runtime.number + 1
    loosens = _loosens(limits, state, wanted)
    if loosens and len(runtime.proposals) >= OPEN:
        raise Refused(f"{OPEN} proposals are open: approve or reject some of them first")
    if loosens:
        yield LimitsProposed(
            at=at,
            number=number,
            settings=settings_of(wanted.limits.flat, wanted.keys),
            was=settings_of(held.flat, wanted.keys),
            loosens=loosens,
            by=by,
            reason=order.reason,
            expires=at + limits.patience,
            pair=wanted.pair,
            until=wanted.until,
            once=wanted.once,
        )
    elif wanted.pair:
        yield override(limits, wanted, number, by=by, reason=order.reason, at=at)
    else:
        yield from change(limits, runtime, wanted, by=by, reason=order.reason, at=at)


def _approve(limits: InForce, state: RiskState, book: Book, order: Order) -> Events:
    at, proposal = book.at, _open(state, order)
    if proposal.effective is not None:
        raise Refused(f"proposal {proposal.number} is approved already")
    if at >= proposal.expires:
        raise Refused(f"proposal {proposal.number} has expired: propose it again")
    if normalised(order.by) in map(normalised, proposal.by):
        raise Refused("you proposed it: a second person has to approve")
    for name in (*proposal.by, order.by):
        if not limits.registered(name, at):
            raise Refused(
                f"{name} is not registered: loosening takes two registered people "
                "(riskplugin users add)"
            )
    for name in proposal.by:
        if not limits.registered(name, proposal.since):
            raise Refused(
                f"{name} was registered, or changed by an administrator, after it was proposed: "
                "propose it again"
            )
    wish_of(limits, state.runtime, proposal, at)
    effective = at + limits.delay
    yield LimitsApproved(
        at=at, number=proposal.number, by=(order.by,), reason=order.reason, effective=effective
    )
    agreed = state.runtime.proposal(proposal.number)
    if agreed is not None and at >= effective:
        yield from effect(limits, state.runtime, agreed, at)


def _reject(limits: InForce, state: RiskState, book: Book, order: Order) -> Events:
    proposal = _open(state, order)
    yield LimitsDropped(at=book.at, number=proposal.number, by=(order.by,), reason=order.reason)


def _end_override(limits: InForce, state: RiskState, book: Book, order: Order) -> Events:
    number = _number(order.args, "override")
    found = state.runtime.override(number)
    if found is None:
        raise Refused(f"there is no override {number}")
    ended = OverrideEnded(at=book.at, number=number, by=(order.by,), reason=order.reason)
    before = limits.holding(state.runtime).of(found.pair)
    after = limits.worked_out(state.runtime.after(ended)).of(found.pair)
    others, base = _of_pair(state, found.pair), limits.holding(state.runtime).base.flat
    beneath = others[: others.index(found)]
    looser = {*compare(before.flat, after.flat).loosened, *looser_without(found, base, beneath)}
    if looser:
        raise Refused(
            f"without override {number}, {', '.join(sorted(looser))} would be looser: it ends by "
            f"itself at {found.until:%Y-%m-%d %H:%M} UTC, or propose other limits for {found.pair}"
        )
    yield ended


def _acknowledge(limits: InForce, state: RiskState, book: Book, order: Order) -> Events:
    if state.runtime.waiting is None:
        raise Refused("the file's limits are acknowledged already")
    if order.args.get("version", limits.file.name) != limits.file.name:
        raise Refused("the bot runs with another file by now than the one that you saw: look again")
    yield LimitsFiled(
        at=book.at,
        section=written(limits.file.flat),
        version=limits.file.version,
        by=(order.by,),
        reason=order.reason,
    )


_COMMANDS: Mapping[str, Callable[[InForce, RiskState, Book, Order], Events]] = {
    "propose": _propose,
    "approve": _approve,
    "reject": _reject,
    "end-override": _end_override,
    "acknowledge-limits": _acknowledge,
}


def _loosens(limits: InForce, state: RiskState, wanted: Wish) -> tuple[str, ...]:
    """The keys that take a second person. For one pair, also those that are tighter today, and
    looser than what holds there once another override has ended: nobody makes that last longer.
    """
    looser = set(wanted.compared.loosened)
    if wanted.pair:
        settings = settings_of(wanted.limits.flat, wanted.keys)
        base = limits.holding(state.runtime).base.flat
        looser |= set(looser_later(settings, base, _of_pair(state, wanted.pair)))
    return tuple(key for key in wanted.keys if key in looser)


def _of_pair(state: RiskState, pair: str) -> tuple[Override, ...]:
    """The pair's overrides, the one that counts last at the end."""
    return tuple(each for each in state.runtime.overrides if each.pair == pair)


def _open(state: RiskState, order: Order) -> Proposal:
    number = _number(order.args, "proposal")
    proposal = state.runtime.proposal(number)
    if proposal is None:
        raise Refused(f"there is no open proposal {number}")
    return proposal


def _number(args: Mapping[str, Any], name: str) -> int:
    number = args.get(name)
    if type(number) is not int:
        raise Refused(f'say which {name}, by its number: {{"{name}": 3}}')
    return number
