"""The drill itself: each step is ordered, waited for, measured, and shown by what is on record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from riskplugin.cli.demo.processes import DemoError, Processes, Running
from riskplugin.cli.drill.catcher import Catcher
from riskplugin.cli.drill.report import Step
from riskplugin.cli.drill.stage import DrillBot
from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.sandbox import ControlClient, ControlError
from riskplugin.watchdog import chain_of

T = TypeVar("T")
#: People have to know within this long (AL-3).
FIRST_DELIVERY_S = 5.0
_LOOK_AGAIN_S = 0.15


class MissedError(RuntimeError):
    """A step did not happen in time."""


class Play:
    """What the steps share: the exchange, the channel, the processes, and the steps so far."""

    def __init__(
        self,
        control: ControlClient,
        catcher: Catcher,
        processes: Processes,
        by: str,
        say: Callable[[Step], None],
    ) -> None:
        self.control, self.catcher, self.processes = control, catcher, processes
        self.by = by
        self.steps: list[Step] = []
        self.chains: list[dict[str, Any]] = []
        self.say = say
        self._readers: dict[str, LedgerReader] = {}

    @contextmanager
    def step(self, part: str, name: str, bound_s: float | None = None) -> Iterator[Step]:
        """Measure a step; one that is missed is told and ends its part."""
        step = Step(part, name, bound_s=bound_s, text="")
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
            step.seconds = time.monotonic() - began if step.seconds is None else step.seconds
            step.passed = step.bound_s is None or step.seconds < step.bound_s
        except (MissedError, DemoError) as missed:
            step.seconds = time.monotonic() - began
            step.text = str(missed)
            raise
        finally:
            if step.seconds is not None:
                step.seconds = round(step.seconds, 2)
            self.say(step)

    def until(self, what: str, found: Callable[[], T | None], seconds: float) -> T:
        """The first answer that is true. Raises MissedError."""
        end = time.monotonic() + seconds
        while True:
            self.processes.check()
            try:
                answer = found()
            except (LedgerError, ControlError, OSError, KeyError):
                answer = None  # not there yet, or busy
            if answer:
                return answer
            if time.monotonic() >= end:
                raise MissedError(f"{what}: not within {seconds:.0f} s")
            time.sleep(_LOOK_AGAIN_S)

    def reader(self, bot: DrillBot) -> LedgerReader:
        """The bot's ledger. Raises LedgerError before there is one."""
        if bot.name not in self._readers:
            url = f"sqlite:///{bot.userdir / 'risk.sqlite'}"
            self._readers[bot.name] = open_reader(url, base_dir=bot.userdir)
        return self._readers[bot.name]

    def status(self, bot: DrillBot) -> dict[str, Any]:
        """What the bot said last."""
        return self.reader(bot).status(bot.name) or {}

    def last(self, bot: DrillBot, kind: type[ev.Event]) -> tuple[int, Any] | None:
        """Number and event of the latest record of a kind."""
        found = self.reader(bot).records(bot.name, kinds=[kind], limit=1, newest_first=True)
        return (found[0].seq, found[0].event) if found else None

    def order(self, bot: DrillBot, command: str, **args: Any) -> str:
        """Leave a command as a person does, and wait for the outcome. Raises MissedError."""
        reader = self.reader(bot)
        number = reader.post_control(bot.name, command, self.by, "drill", args=args or None)
        outcome = self.until(f"{command}: an answer", lambda: reader.control_outcome(number), 30)
        if outcome != "done":
            raise MissedError(f"{command}: {outcome}")
        return outcome

    def held(self, bot: DrillBot) -> dict[str, float]:
        """What the account holds at the exchange, in USDT where that matters: dust is nothing."""
        account = self.control.accounts()[bot.name]
        if bot.futures:
            held = account["futures"]["positions"]
            return {s: float(p["notional"]) for s, p in held.items() if float(p["quantity"])}
        prices = {
            name.removesuffix("USDT"): float(each["last"] if isinstance(each, dict) else each)
            for name, each in self.control.state()["prices"].items()
        }
        found = {
            coin: (float(b["free"]) + float(b["locked"])) * prices.get(coin, 0.0)
            for coin, b in account["spot"]["balances"].items()
            if coin != "USDT"
        }
        return {coin: worth for coin, worth in found.items() if worth > 1.0}

    def working(self, bot: DrillBot) -> list[int]:
        """Numbers of the orders that still work at the exchange."""
        orders = self.control.orders(bot.name)
        return [o["id"] for o in orders if o["status"] in ("NEW", "PARTIALLY_FILLED")]

    def exits(self, bot: DrillBot) -> list[int]:
        """Numbers of the orders that made something smaller."""
        orders = self.control.orders(bot.name)
        return [
            o["id"]
            for o in orders
            if float(o["filled"]) > 0 and (o["reduce_only"] or o["side"] == "SELL")
        ]

    def prove(self, bot: DrillBot, chain: str) -> None:
        """Verify a chain and note how it ends."""
        reader = self.reader(bot)
        told = verify(reader, chain)
        last = reader.records(chain, limit=1, newest_first=True)
        self.chains.append(
            {
                "bot": chain,
                "records": told.records,
                "verdict": "verified" if told.sound else told.findings[0].text,
                "head": last[0].hash.hex() if last else "",
            }
        )

    def close(self) -> None:
        """Release the ledgers."""
        for reader in self._readers.values():
            reader.close()


def opened(play: Play, part: str, bot: DrillBot) -> None:
    """Both parts begin with positions at the exchange, and an entry that waits."""
    with play.step(part, "positions open at the exchange") as step:

        def found() -> dict[str, Any] | None:
            told = play.status(bot)
            ready = told.get("positions") and told.get("working_entries") and play.held(bot)
            return told if ready else None

        told = play.until("positions and a waiting entry", found, 75)
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


def log_of(folder: Path, name: str) -> Path:
    """Where a process of the drill writes."""
    return folder / f"{name}.log"
