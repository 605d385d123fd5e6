"""Carries out one job: configuration, guard, backtest, and what it was as plain records."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import freqtrade
import numpy as np
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.configuration import configuration as reading
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.backtests import extract, guarding
from riskplugin.adapter.backtests.replay import Progress, Replay
from riskplugin.adapter.backtests.witness import Witness
from riskplugin.adapter.mixin import RiskMixin
from riskplugin.adapter.registry import session_of
from riskplugin.reports.compare.equity import marked
from riskplugin.reports.compare.job import Job, laid_over
from riskplugin.reports.compare.run import Cost, Effects, Facts, Figures, Run, Seconds, States
from riskplugin.version import __version__

#: Whatever the configuration says: nothing is kept, nothing of an earlier run is taken.
_LEAVES_NOTHING = {"export": "none", "backtest_cache": "none"}
#: Where a configuration says what is logged into which file.
_LOGS = ("log_config", "logfile")


def carry_out(job: Job, say: Progress) -> Run:
    """Run the backtest that ``job`` describes. Raises what freqtrade raises."""
    began = time.monotonic()
    config = configuration(job)
    if job.guarded:
        guarding.put_on()
    else:
        guarding.take_off()
    witness = Witness() if job.guarded else None
    testing = Replay(config, witness, say)
    try:
        strategy = testing.run()
        say("equity", 1.0)
        return _run(job, testing, strategy, witness, began)
    finally:
        testing.exchange.close()
        Backtesting.cleanup()


def configuration(job: Job) -> dict[str, Any]:
    """As ``freqtrade backtesting`` reads it, with the job's settings over the section "risk"."""
    given = {"verbosity": 0, **job.given, **_LEAVES_NOTHING}
    with _no_logs_of_the_bot():
        config = _read(given)
    config.update(_LEAVES_NOTHING)
    config.pop("strategy_list", None)
    section = config.get("risk", {})
    if isinstance(section, dict):
        config["risk"] = laid_over(section, {**job.settings, "ledger.keep_backtests": False})
    return config


def _read(given: dict[str, Any]) -> dict[str, Any]:
    """freqtrade's reading of ``given``, beside others who read in the same folder.

    It looks twice at each folder of a user and makes it a moment later. Where another process made
    one in between, freqtrade stumbles over it, and passes it when it reads again. What is said
    twice is meant.
    """
    said = set[str]()
    while True:
        try:
            config: dict[str, Any] = setup_optimize_configuration(given, RunMode.BACKTEST)
        except (FileExistsError, OperationalException) as error:
            if str(error) in said:
                raise
            said.add(str(error))
        else:
            return config


@contextmanager
def _no_logs_of_the_bot() -> Iterator[None]:
    """A live bot may write to the files that the configuration names: two would ruin them."""
    own = reading.setup_logging
    reading.setup_logging = lambda config: own(
        {key: value for key, value in config.items() if key not in _LOGS}
    )
    try:
        yield
    finally:
        reading.setup_logging = own


def _run(
    job: Job, testing: Replay, strategy: IStrategy, witness: Witness | None, began: float
) -> Run:
    closed = list(LocalTrade.bt_trades)
    trades = extract.trades_of(closed)
    prices = extract.prices_of(testing, {trade.pair for trade in trades})
    facts = _facts(testing, strategy)
    times = np.arange(facts.begin, facts.end + 1, facts.candle, dtype=np.int64)
    own, states = _seen(times, witness)
    session = session_of(strategy) if witness is not None else None
    return Run(
        name=job.name,
        guarded=job.guarded,
        limits=session.service.version if session is not None else "",
        settings=job.settings,
        facts=facts,
        trades=trades,
        times=times,
        equity=marked(trades, prices, times, facts.balance),
        own=own,
        states=states,
        asked=() if witness is None else tuple(witness.asked),
        trips=() if witness is None else tuple(witness.trips),
        effects=Effects() if witness is None else _effects(witness, strategy, closed),
        cost=Cost(round(time.monotonic() - began, 2), _memory_mb()),
        was_guarded=not job.guarded and isinstance(strategy, RiskMixin),
    )


def _facts(testing: Replay, strategy: IStrategy) -> Facts:
    begin, end = testing.span
    return Facts(
        strategy=strategy.get_strategy_name(),
        currency=str(testing.config["stake_currency"]),
        balance=float(extract.starting_balance(testing)),
        timeframe=testing.timeframe,
        candle=testing.timeframe_secs,
        pairs=tuple(testing.pairlists.whitelist),
        futures=str(getattr(testing.trading_mode, "value", testing.trading_mode)) == "futures",
        fee=float(testing.fee),
        begin=int(begin.timestamp()) + testing.timeframe_secs,
        end=int(end.timestamp()) + testing.timeframe_secs,
        freqtrade=freqtrade.__version__,
        riskplugin=__version__,
    )


def _seen(times: Seconds, witness: Witness | None) -> tuple[Figures, States]:
    """The witness's figures at ``times``; a state holds until another one is seen."""
    if witness is None:
        return np.zeros(0), np.zeros(0, dtype=np.int8)
    own = np.full(len(times), np.nan)
    states = np.zeros(len(times), dtype=np.int8)
    at = np.array(witness.at, dtype=np.int64)
    place = np.searchsorted(times, at)
    fits = (place < len(times)) & (times[np.minimum(place, len(times) - 1)] == at)
    own[place[fits]] = np.array(witness.equity)[fits]
    latest = np.searchsorted(at, times, side="right") - 1
    if len(at):
        states = np.array(witness.states, dtype=np.int8)[np.maximum(latest, 0)]
    return own, states


def _effects(witness: Witness, strategy: IStrategy, closed: list[LocalTrade]) -> Effects:
    session = session_of(strategy)
    stops = 0
    if session is not None and session.policy.enforced("stop"):
        distances = (session.policy.stop, session.policy.emergency.stop)
        stops = extract.plugin_stops(closed, distances, strategy.stoploss)
    reasons = (str(trade.exit_reason) for trade in closed)
    closings = Counter(reason for reason in reasons if reason.startswith("risk_"))
    return replace(witness.effects(), stops=stops, closings=dict(closings))


def _memory_mb() -> float:
    """The process's memory at its highest; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(highest / (2**20 if sys.platform == "darwin" else 2**10), 1)
