"""The course of a fight: a hostile strategy runs, limits are asked for, exits are ordered."""

from __future__ import annotations

from typing import Any

import pytest
from freqtrade.enums import SignalDirection, State
from freqtrade.exceptions import DependencyException, OperationalException, TemporaryError
from freqtrade.rpc.rpc import RPCException
from sqlalchemy.exc import SQLAlchemyError

from riskplugin.adapter.session import RiskSession
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, SOL, Bot
from tests.hostile.arena import Arena, unharmed
from tests.hostile.attacks import Attack

#: Loops after which a close-all has to have ended flat.
PATIENCE = 4
#: What ends a bot and cannot be told from what has to: Ctrl-C, and freqtrade's own database.
ENDS = (KeyboardInterrupt, SQLAlchemyError)


def fight(arena: Arena, attack: Attack) -> None:
    """Run ``attack`` on the arena's account and judge it by what it claims to be."""
    arena.position()
    match attack.outcome:
        case "held":
            _held(arena, attack)
        case "found out":
            _found_out(arena, attack)
        case "refused":
            with (
                unharmed(),
                pytest.raises(OperationalException, match="cannot guard"),
                arena.bot(attack.strategy),
            ):
                pass
            _goes_on(arena)
        case "ends":
            with pytest.raises(ENDS):
                _held(arena, attack)
            arena.assert_within_limits()
            _goes_on(arena)
        case "not held":
            with unharmed(), arena.bot(attack.strategy) as bot:
                turn(bot, 2)
                with pytest.raises(AssertionError):
                    arena.assert_within_limits()


def _held(arena: Arena, attack: Attack) -> None:
    with unharmed(), arena.bot(attack.strategy) as bot:
        blows, session = bot.strategy.blows, bot.session
        for _ in range(2):
            turn(bot)
            arena.assert_within_limits()
        _force(bot, arena)
        arena.assert_within_limits()
        _no_entry_while_open(bot, session, arena)
        _ends_flat(bot, session, arena)
        assert blows, "the attack never struck"
        assert bot.freqtrade.state is State.RUNNING


def _found_out(arena: Arena, attack: Attack) -> None:
    with unharmed(), arena.bot(attack.strategy) as bot:
        blows, session = bot.strategy.blows, bot.session
        turn(bot, 2)
        assert blows, "the attack never struck"
        bot.strategy.spent = True
        before = arena.entries()
        turn(bot, 2)
        _force(bot, arena)
        assert arena.entries() == before, "an entry passed after the attack was to be seen"
        book = session.look(session.now())
        assert session.halted or book.unknown or book.untrusted, "nothing says what happened"


def _goes_on(arena: Arena) -> None:
    """A bot that is started again has its position, and closes it."""
    with arena.bot("TameGuarded") as bot:
        turn(bot)
        _ends_flat(bot, bot.session, arena)


def _no_entry_while_open(bot: Bot, session: RiskSession, arena: Arena) -> None:
    if session.service.state.breaker is not BreakerState.LATCHED:  # an attack that was seen is
        command(session, "trip")
    before = arena.entries()
    turn(bot)
    _force(bot, arena)
    assert arena.entries() == before, "an entry passed while the breaker was open"
    state = session.service.state
    assert state.breaker is BreakerState.LATCHED, (state.breaker, state.last_fault)


def _ends_flat(bot: Bot, session: RiskSession, arena: Arena) -> None:
    command(session, "close-all")
    for _ in range(PATIENCE):
        turn(bot)
        if not arena.held():
            break
    assert not arena.held(), "a close-all has to end flat"
    before = arena.entries()
    turn(bot)
    _force(bot, arena)
    assert not [o for o in arena.working() if not o["algo"]], "nothing works after a close-all"
    assert arena.entries() == before
    assert not arena.held()


def _force(bot: Bot, arena: Arena) -> None:
    """Forced entries as a REST client asks for them: too much, too high, in every direction."""
    short = SignalDirection.SHORT if arena.futures else SignalDirection.LONG
    for pair, how in (
        (BTC, {"stake_amount": 9_000.0}),
        (ETH, {"stake_amount": 9_000.0, "leverage": 40.0 if arena.futures else None}),
        (SOL, {"stake_amount": 9_000.0, "order_side": short}),
    ):
        _forced(bot, pair if arena.futures else pair.partition(":")[0], how)


def _forced(bot: Bot, pair: str, how: dict[str, Any]) -> None:
    try:
        bot.freqtrade.rpc._rpc._rpc_force_entry(pair, None, **how)
    except (RPCException, DependencyException):  # the REST server answers both
        return


def turn(bot: Bot, times: int = 1) -> None:
    """Loops as freqtrade's worker makes them: it waits when the exchange has a moment."""
    for _ in range(times):
        try:
            bot.loop()
        except TemporaryError:
            continue


def command(session: RiskSession, name: str) -> None:
    """A person's command."""
    book = session.look(session.now())
    outcome = session.service.command(name, by="tester", reason="test", book=book)
    assert outcome == "done", (outcome, session.service.state.last_fault)
