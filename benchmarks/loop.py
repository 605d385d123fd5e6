"""B-5: what riskplugin adds to the loop of a bot with 5 and with 50 open positions.

Two bots stand in this process over one database with the same trades: one runs ``Hold``, the other
the same behind riskplugin. The exchange answers from memory at once, so that nothing but work is
measured, and its questions are counted. riskplugin writes its metrics in every loop, as it would at
freqtrade's usual pace of one loop in five seconds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from freqtrade.freqtradebot import FreqtradeBot

from benchmarks.bot import buy, cut_off, open_trades, start
from benchmarks.figures import Line, Spread, Target
from benchmarks.host import arguments, pairs, sandbox, write_config
from benchmarks.rounds import Arm, Samples, compared, measure, timed
from riskplugin.adapter.registry import session_of
from riskplugin.adapter.session import RiskSession
from riskplugin.core.breaker import BreakerState

#: Open positions, and the pairs that the bot watches with them.
SIZES = {5: 10, 50: 60}
#: So many rounds of single loops for each that was asked for: short ones, close together, so that
#: what else happens on the machine meets all arms alike.
_FINER = {5: 8, 50: 2}


def lines(rounds: int) -> list[Line]:
    """B-5, whole."""
    found: list[Line] = []
    samples: list[Samples] = []
    for size, watched in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
            desk = Desk(Path(name), watched)
            try:
                desk.hold(size)
                samples.append(measure(_arms(desk), rounds * _FINER[size]))
                found += [*_times(size, samples[-1]), *_calls(size, desk)]
            finally:
                desk.close()
    return [*found, _growth(*samples)]


class Desk:
    """The two bots."""

    def __init__(self, folder: Path, watched: int) -> None:
        with sandbox(watched) as exchange:
            file = write_config(
                folder,
                exchange.port,
                pairs(watched),
                max_open_trades=watched,
                timeframe="1d",
                db_url=f"sqlite:///{folder / 'trades.sqlite'}",
            )
            self.guarded = start(arguments(file, "HoldGuarded"))
            self.plain = start(arguments(file, "Hold"))
        self._asked = {
            id(self.plain): cut_off(self.plain),
            id(self.guarded): cut_off(self.guarded),
        }
        session = session_of(self.guarded.strategy)
        if session is None:
            raise RuntimeError("the strategy is not guarded")
        self.session: RiskSession = session
        session.service.samples.interval = timedelta(0)

    def hold(self, count: int) -> None:
        """Have the plain bot buy until ``count`` trades are open; the guarded one sees them too."""
        open_trades(self.plain, count)
        self.guarded.wallets.update()
        self.guarded.process()
        self.check()

    def check(self) -> None:
        """Raise RuntimeError when the guarded loop went another way than it should."""
        state = self.session.service.state
        if self.session.halted or state.breaker is not BreakerState.CLOSED:
            raise RuntimeError(f"the breaker is not closed: {state}")
        if state.consecutive_errors:
            raise RuntimeError(f"faults: {state.last_fault}")

    def tick(self) -> None:
        """The plugin's own look at the account: all that it does before the loop itself begins."""
        self.guarded.strategy.bot_loop_start(current_time=datetime.now(UTC))

    def calls(self, bot: FreqtradeBot, work: Callable[[], object]) -> int:
        """How often ``bot`` asks its exchange while ``work`` is done."""
        asked = self._asked[id(bot)]
        asked.clear()
        work()
        return asked.total()

    def close(self) -> None:
        """Release exchange and database."""
        for bot in (self.guarded, self.plain):
            bot.cleanup()
        self.session.service.close()


def _arms(desk: Desk) -> dict[str, Arm]:
    work: dict[str, Callable[[], object]] = {
        "plain": desk.plain.process,
        "plain, again": desk.plain.process,
        "guarded": desk.guarded.process,
        "tick": desk.tick,
    }
    return {name: lambda each=each: timed(each) for name, each in work.items()}  # type: ignore[misc]


def _times(size: int, samples: Samples) -> list[Line]:
    def line(arm: str, what: str, against: str, target: Target | None = None) -> Line:
        return compared(
            samples,
            arm,
            "plain",
            id="B-5",
            what=f"{what}, {size} positions",
            against=against,
            unit="ms",
            scale=1e3,
            target=target,
            note=f"{SIZES[size]} pairs with {size} positions",
        )

    return [
        line("guarded", "bot loop", "without the plugin", Target(limit=1.05)),
        line("tick", "the plugin's tick alone", "the loop without it"),
        line("plain, again", "A/A control", "itself"),
    ]


def _calls(size: int, desk: Desk) -> list[Line]:
    """The exchange calls of a loop, and of a market entry: the pairs differ, the way does not."""
    bots = (desk.plain, desk.guarded)
    loops = [desk.calls(bot, bot.process) for bot in bots]
    free = desk.plain.active_pair_whitelist[size : size + 2]
    entries = [
        desk.calls(bot, lambda bot=bot, pair=pair: buy(bot, pair))  # type: ignore[misc]
        for bot, pair in zip(bots, free, strict=True)
    ]
    desk.check()
    return [
        _call_line(f"exchange calls of a loop, {size} positions", *loops),
        _call_line(f"exchange calls of an entry, {size} positions", *entries),
    ]


def _growth(few: Samples, many: Samples) -> Line:
    """How the plugin's tick grows with the book beside how the loop does; of medians."""
    tick = median(many["tick"]) / median(few["tick"])
    loop = median(many["plain"]) / median(few["plain"])
    return Line(
        id="B-5",
        what="growth of the tick, 5 to 50 positions",
        figure=tick,
        unit="x",
        rounds=len(many["tick"]),
        baseline=loop,
        against="growth of the loop",
        ratio=Spread.of([tick / loop]),
    )


def _call_line(what: str, plain: int, guarded: int) -> Line:
    return Line(
        id="B-5",
        what=what,
        figure=float(guarded - plain),
        unit="more",
        rounds=1,
        baseline=float(plain),
        against="calls without the plugin",
        target=Target(limit=0.0, on="figure"),
    )
