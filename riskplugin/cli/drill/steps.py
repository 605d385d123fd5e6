"""The steps of a drill, part by part: each is ordered, waited for, and shown by the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from riskplugin.cli.drill.play import MissedError, Play
from riskplugin.cli.drill.stage import DrillBot
from riskplugin.cli.processes import Running
from riskplugin.core import events as ev
from riskplugin.core.verdict import Deny
from riskplugin.ports import LedgerError
from riskplugin.watchdog import chain_of

#: People have to know within this long (AL-3).
FIRST_DELIVERY_S = 5.0
#: A bot has to hold something after so long.
OPENED_S = 75.0


def opened(play: Play, part: str, bot: DrillBot) -> None:
    """Both parts begin with positions at the exchange, and an entry that waits."""
    with play.step(part, "positions open at the exchange") as step:

        def found() -> dict[str, Any] | None:
            told = play.status(bot)
            waits = told.get("working_entries") or not bot.waits
            return told if told.get("positions") and waits and play.held(bot) else None

        try:
            told = play.until(f"positions{' and a waiting entry' * bot.waits}", found, OPENED_S)
        except MissedError as missed:
            raise MissedError(f"{missed}; {_refusal(play, bot)}") from None
        pairs = [each["pair"] for each in told["positions"]]
        step.text = f"{len(pairs)} positions, {told['working_entries']} entries waiting"
        step.evidence = {"pairs": pairs, "equity": told["equity"], "orders": play.working(bot)}


def kill_path(play: Play, bot: DrillBot) -> None:
    """Alert, acknowledge, trip, cancel, close, verify flat, re-arm."""
    part = "kill path"
    opened(play, part, bot)
    with play.step(part, "trip: the alert arrives", FIRST_DELIVERY_S) as step:
        play.order(bot, "trip")
        caught = play.until(
            "the alert", lambda: play.catcher.first(bot.name, "breaker_latched"), 30
        )
        number, latched = _recorded(play, bot, ev.BreakerLatched)
        step.seconds = _between(latched.at, caught.at)
        step.text = f"record {number} to delivery; {caught.text[:100]}"
        step.evidence = {"record": number, "title": caught.title, "text": caught.text}
    with play.step(part, "acknowledge") as step:
        play.order(bot, "ack", all=True)
        number, taken = _recorded(play, bot, ev.AlertAcknowledged)
        step.text = f"record {number}: alerts {', '.join(map(str, taken.alerts))} by {taken.by}"
        step.evidence = {"record": number, "alerts": list(taken.alerts), "by": taken.by}
    with play.step(part, "waiting entries are cancelled at the exchange") as step:
        play.until("no working order", lambda: not play.working(bot), 30)
        cancelled = [o for o in play.control.orders(bot.name) if o["status"] == "CANCELED"]
        step.text = f"orders {', '.join(str(o['id']) for o in cancelled) or 'none'}"
        step.evidence = {"orders": [o["id"] for o in cancelled]}
    with play.step(part, "close all") as step:
        play.order(bot, "close-all")
        number, flat = play.until(
            "verified flat by the bot", lambda: play.last(bot, ev.FlattenVerified), 60
        )
        step.text = f"record {number}: {len(flat.outcomes)} positions in {flat.attempts} orders"
        step.evidence = {"record": number, "orders": play.exits(bot)}
    with play.step(part, "flat at the exchange") as step:
        play.until("a flat account", lambda: not (play.held(bot) or play.working(bot)), 20)
        step.text = f"no position, no order; closed by orders {_listed(play.exits(bot))}"
    with play.step(part, "re-arm: probes only") as step:
        play.order(bot, "rearm")
        number, half = _recorded(play, bot, ev.BreakerHalfOpened)
        step.text = f"record {number}: half-open by {half.by}"
        step.evidence = {"record": number}


def dead_man(play: Play, bot: DrillBot, process: Running, bound_s: float) -> None:
    """The bot is killed with positions open; its watchdog tells, and closes the book."""
    part = "dead man"
    opened(play, part, bot)
    watch = chain_of(bot.name)
    with play.step(part, "the watchdog looks") as step:
        told = play.until("its first look", lambda: play.reader(bot).status(watch), 30)
        step.text = f"every {told['interval_s']:g} s, action {told['action']}"
    with play.step(part, "kill -9: the alert arrives", bound_s) as step:
        play.processes.running.remove(process)
        process.process.kill()
        process.process.wait()
        caught = play.until("the alert", lambda: play.catcher.first(watch, "bot_exposed"), 60)
        step.text = caught.text[:140]
        step.evidence = {"pid": process.process.pid, "title": caught.title, "text": caught.text}
    with play.step(part, "the book is closed at the exchange") as step:
        play.until("a flat account", lambda: not (play.held(bot) or play.working(bot)), 60)
        steps = play.until("its record of the end", lambda: _ended(play, bot), 20)
        sent = [each.order_id for each in steps if each.step == "close" and each.order_id]
        step.text = f"orders {_listed(sent)}; {steps[-1].outcome[:80]}"
        step.evidence = {"orders": sent, "records": [f"{e.step} {e.pair}".strip() for e in steps]}
    with play.step(part, "the latch waits for the bot") as step:
        controls = [e for e in _acted(play, bot) if e.step == "latch"]
        step.text = controls[0].outcome if controls else ""
        if not controls:
            raise MissedError("no command waits for the bot")


def _refusal(play: Play, bot: DrillBot) -> str:
    """What the limits said last against an entry."""
    try:
        decided = play.reader(bot).events(
            bot.name, kinds=[ev.EntryDecided], limit=100, newest_first=True
        )
    except LedgerError as error:
        return str(error)
    for event in decided:
        if isinstance(event, ev.EntryDecided) and isinstance(event.decision.binding, Deny):
            said = event.decision.binding.reason.text
            return f"your limits refused {event.decision.request.pair}: {said}"
    return "your limits refused nothing"


def _ended(play: Play, bot: DrillBot) -> list[ev.WatchActed] | None:
    acted = _acted(play, bot)
    return acted if any(each.step == "end" for each in acted) else None


def _acted(play: Play, bot: DrillBot) -> list[ev.WatchActed]:
    found = play.reader(bot).events(chain_of(bot.name), kinds=[ev.WatchActed])
    return [each for each in found if isinstance(each, ev.WatchActed)]


def _recorded(play: Play, bot: DrillBot, kind: type[ev.Event]) -> tuple[int, Any]:
    return play.until(f"a record {kind.__name__}", lambda: play.last(bot, kind), 10)


def _between(began: datetime, ended: datetime) -> float:
    return max((ended - began).total_seconds(), 0.0)


def _listed(orders: list[Any]) -> str:
    return ", ".join(map(str, orders)) or "none"
