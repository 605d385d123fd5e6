"""What the protections share: parameters read once, one boundary, a lock that begins now.

An exception that left a protection would end the bot or leave no lock (freqtradebot.py): here it
locks, loudly.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.exceptions import ConfigurationError
from freqtrade.plugins.protections import IProtection, ProtectionReturn

from riskplugin.adapter import internals
from riskplugin.adapter.locks import PREFIX
from riskplugin.adapter.protections.parameters import Timing, plain, read
from riskplugin.adapter.registry import may_be_guarded
from riskplugin.adapter.trades import aware
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

#: freqtrade's table of locks keeps 255 characters.
_REASON_LENGTH = 250
_NEEDS_MIXIN = "needs a strategy that is guarded by RiskMixin: put it first among the bases"
_NEEDS_BALANCE = (
    "is told no balance by this freqtrade: set available_capital, guard the strategy by RiskMixin, "
    "or use freqtrade 2026.2 or newer"
)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why entries are locked, and the earliest end of it beside the stop duration."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    """A time in the shape in which freqtrade reckons the end of a lock: that of a closed trade."""

    close_date: datetime


class RiskProtection(IProtection):
    """A global protection on the account's figures."""

    has_global_stop = True
    has_local_stop = False
    #: What its dictionary may hold.
    takes: ClassVar[type[Timing]] = Timing
    #: It looks at the plugin's own state, which only a guarded strategy has.
    needs_mixin: ClassVar[bool] = False

    def __init__(self, config: Any, protection_config: dict[str, Any]) -> None:
        given = plain(protection_config)
        self.parameters: Any = read(self.takes, given, type(self).__name__)
        super().__init__(config, given)
        if self.needs_mixin and _settled(config) and not may_be_guarded(config):
            raise ConfigurationError(f"{self.name} {_NEEDS_MIXIN}")
        if _settled(config) and not may_be_guarded(config) and not _balance_known(config):
            raise ConfigurationError(f"{self.name} {_NEEDS_BALANCE}")

    @abstractmethod
    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """Why no entry may pass, None when entries may. ``now`` is aware. May raise anything."""

    @property
    @abstractmethod
    def limit_text(self) -> str:
        """The limit in words, for the start-up message."""

    def short_desc(self) -> str:
        """One line for the start-up message."""
        return f"{self.name} - {self.limit_text}, locks {self.unlock_reason_time_element}."

    def global_stop(
        self, date_now: datetime, side: str, starting_balance: float | None = None
    ) -> ProtectionReturn | None:
        """Ask :meth:`judge`; whatever fails inside locks."""
        try:
            now = aware(date_now)
            balance: Any = starting_balance
            if not internals.TELLS_BALANCE:
                balance = internals.named_capital(self._config)
            stop = self.judge(now, balance)
            if stop is None:
                return None
            until = self._end(now)
            if stop.until is not None:
                until = max(until, stop.until)
        except Exception as error:
            logger.exception("riskplugin: %s cannot be judged; entries are locked", self.name)
            stop = Stop(f"cannot be judged ({type(error).__name__}: {error})")
            until = date_now + timedelta(minutes=self._stop_duration or 60)
        reason = self._reason(stop)
        self.log_once(f"Entries locked: {reason}", logger.info)
        return ProtectionReturn(lock=True, until=until, reason=reason)

    def stop_per_pair(
        self, pair: str, date_now: datetime, side: str, starting_balance: float | None = None
    ) -> ProtectionReturn | None:
        """The account is one: no pair is locked alone."""
        return None

    def unguarded(self) -> Stop:
        """For a protection that needs the mixin, where nothing said so at the start."""
        return Stop(_NEEDS_MIXIN)

    def _reason(self, stop: Stop) -> str:
        """What mirrors the plugin's state begins as its own locks do: live, it goes with them."""
        lead = PREFIX if self.needs_mixin else ""
        return f"{lead}{self.name}: {stop.reason}, locking {self.unlock_reason_time_element}"[
            :_REASON_LENGTH
        ]

    def _end(self, now: datetime) -> datetime:
        """The stop duration, or the time of unlock_at, reckoned by freqtrade from now."""
        return self.calculate_lock_end([_Moment(now)])


def _balance_known(config: Any) -> bool:
    return internals.TELLS_BALANCE or internals.named_capital(config) is not None


def _settled(config: Any) -> bool:
    """Sessions exist before protections do, except in hyperopt's workers."""
    mode = RunMode(config.get("runmode", RunMode.OTHER))
    return mode in TRADE_MODES or mode is RunMode.BACKTEST
