"""What the steps of a drill share: ordering, waiting, measuring, looking at exchange and ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from riskplugin.cli.drill.catcher import Catcher
from riskplugin.cli.drill.report import Step
from riskplugin.cli.drill.stage import DrillBot
from riskplugin.cli.processes import ProcessError, Processes
from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.sandbox import ControlClient, ControlError

T = TypeVar("T")
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
        except (MissedError, ProcessError) as missed:
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
