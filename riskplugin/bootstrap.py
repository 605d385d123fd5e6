"""Composition root: a configuration in, a ready service out. The one place that picks
implementations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from riskplugin.alerts.desk import desks_of
from riskplugin.alerts.digest import digest_of
from riskplugin.alerts.sink import Sink
from riskplugin.config import RiskConfig
from riskplugin.config.places import ledger_url, resolve
from riskplugin.control.authority import authority
from riskplugin.control.limits import RunningLimits
from riskplugin.control.limits.neighbours import neighbours
from riskplugin.control.limits.persons import registered
from riskplugin.control.people import open_people
from riskplugin.control.people_chain import PeopleChain, Place
from riskplugin.control.people_news import PeopleNews
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.core.policy import Policy
from riskplugin.kill_file import KillFile
from riskplugin.latch_note import LatchNote
from riskplugin.ledger import (
    Keep,
    KeptLedger,
    MemoryLedger,
    UnavailableLedger,
    open_ledger,
    open_reader,
)
from riskplugin.ledger.day import DayReader
from riskplugin.ledger.proof.plan import checkpoint_plan
from riskplugin.ports import Ledger, LedgerError
from riskplugin.redaction import NOBODYS, Redactor
from riskplugin.service import RiskService

__all__ = ["checkpoint_plan", "ledger_url", "live_service", "memory_service", "resolve"]


def live_service(
    config: RiskConfig,
    policy: Policy,
    *,
    bot: str,
    user_data: Path,
    must_run: bool = False,
    redactor: Redactor = NOBODYS,
    futures: bool = False,
    markets: Callable[[], Collection[str]] = tuple,
) -> RiskService:
    """A service that persists: dry-run and live. Raises LedgerError when no ledger can be opened.

    ``must_run``: positions are open, so there has to be a service. Without a ledger it is one
    that refuses every entry and lets exits pass.

    Relative paths beginning with ``user_data`` lie in freqtrade's user_data folder ``user_data``,
    other relative paths beside it. ``redactor`` knows the secrets that no text may hold,
    ``markets`` the pairs that the bot could trade.
    """
    if bot == PEOPLE_CHAIN:
        raise LedgerError(
            f"no bot may be called {bot!r}: the ledger keeps its people under that name. Give the "
            "bot another bot_name"
        )
    kill_file = resolve(config.kill_file, user_data)
    before = desks_of(bot)  # of a bot that is being reloaded: two would write the same chain
    for desk in before:
        desk.pause()
    try:
        ledger = _ledger(config, user_data, bot, redactor, must_run=must_run)
    except LedgerError:
        for desk in before:
            desk.resume()
        raise
    people = open_people(config, user_data, redactor)
    reader = partial(open_reader, ledger_url(config, user_data), base_dir=user_data)
    return RiskService(
        policy=policy,
        ledger=ledger,
        bot=bot,
        version=config.version,
        live=True,
        alert_plan=config.alert_plan,
        limits=config.limits,
        kill_switch=KillFile(kill_file),
        latch_note=LatchNote(kill_file.with_name(f"{kill_file.name}.{bot}.latched")),
        metrics_interval=config.metrics_interval,
        redactor=redactor,
        authority=authority(people),
        running=RunningLimits(
            config,
            slots=None if config.policy.max_positions is not None else policy.max_positions,
            registered=registered(people),
            markets=markets,
            neighbours=partial(neighbours, people, reader, bot),
        ),
        futures=futures,
    )


def open_alerts(
    service: RiskService, config: RiskConfig, user_data: Path, sinks: Mapping[str, Sink]
) -> None:
    """Let the service deliver its alerts on ``sinks``; the digest of a day and what becomes of
    people are read from the ledger, in a thread of the desk's.
    """
    url = ledger_url(config, user_data)

    def digest(begun: datetime, until: datetime) -> str:
        reader = open_reader(url, base_dir=user_data)
        try:
            return digest_of(DayReader(reader, service.bot), begun, until)
        finally:
            reader.close()

    news = PeopleNews(
        PeopleChain(Place(url=url, base_dir=user_data)),
        partial(open_reader, url, base_dir=user_data),
        bot=service.bot,
    )
    service.open_alerts(config.alert_plan, sinks, digest=digest, news=news)


def _ledger(
    config: RiskConfig, user_data: Path, bot: str, redactor: Redactor, *, must_run: bool
) -> Ledger:
    try:
        return open_ledger(
            ledger_url(config, user_data),
            bot=bot,
            base_dir=user_data,
            durability=config.ledger.durability,
            keep=Keep(raw=config.ledger.keep.raw, minutes=config.ledger.keep.minutes),
            checkpoints=checkpoint_plan(config, user_data),
            redactor=redactor,
            encrypt=config.ledger.encrypt,
        )
    except LedgerError as error:
        if not must_run:
            raise
        return UnavailableLedger(error)


def memory_service(
    config: RiskConfig,
    policy: Policy,
    *,
    bot: str,
    keep_at: Path | None = None,
    redactor: Redactor = NOBODYS,
) -> RiskService:
    """A service without a past: backtesting and hyperopt.

    It writes no file, unless ``keep_at`` names one for the records of a backtest, in which no
    text may hold what ``redactor`` knows.
    """
    return RiskService(
        policy=policy,
        ledger=MemoryLedger() if keep_at is None else KeptLedger(keep_at, bot, redactor),
        bot=bot,
        version=config.version,
        live=False,
        limits=config.limits,
    )
