"""Everything one sandbox consists of, handed to the endpoints. Composition only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from riskplugin.sandbox.accounts import Accounts
from riskplugin.sandbox.candles import CandleSeries
from riskplugin.sandbox.exchange import Exchange
from riskplugin.sandbox.faults import Faults
from riskplugin.sandbox.funding import Funding
from riskplugin.sandbox.instruments import DEFAULT_INSTRUMENTS, Instrument
from riskplugin.sandbox.market import Market
from riskplugin.sandbox.path import Source
from riskplugin.sandbox.replay import CandleReplay, load_candles
from riskplugin.sandbox.scenarios import find_scenario
from riskplugin.sandbox.traffic import Traffic


def wall_clock_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How a sandbox is set up.

    `secrets` maps API keys to secrets; with `auto_accounts` any other key opens an account whose
    secret equals the key. `balance` is paid into the spot and into the futures wallet of each.
    `candles` is a folder of recordings to replay, from row `candles_offset` on; `speed` is
    scenario (or recorded) seconds per second.
    """

    instruments: tuple[Instrument, ...] = DEFAULT_INSTRUMENTS
    seed: int = 42
    scenario: str = "calm"
    speed: float = 1.0
    after_seconds: float = 0.0
    balance: Decimal = Decimal(10_000)
    secrets: dict[str, str] = field(default_factory=dict)
    auto_accounts: bool = True
    candles: Path | None = None
    candles_offset: int | None = None
    funding: Funding = field(default_factory=Funding)
    tls: bool = False
    port: int = 0

    def __post_init__(self) -> None:
        find_scenario(self.scenario)
        if not self.speed > 0.0:
            raise ValueError("the speed must be above 0")


class World:
    """The market, the exchange, and what is in the way: faults and counters."""

    def __init__(self, settings: SandboxSettings, clock: Callable[[], int] = wall_clock_ms) -> None:
        self.settings = settings
        self.clock = clock
        self.start_ms = clock()
        self.market = _market(settings, self.start_ms)
        accounts = Accounts(settings.secrets, settings.balance, auto=settings.auto_accounts)
        self.exchange = Exchange(self.market, accounts, settings.funding, self.start_ms)
        self.candles = {
            symbol: CandleSeries(
                self.market.paths[symbol], instrument, self.market.origin_ms, settings.seed + number
            )
            for number, (symbol, instrument) in enumerate(self.market.instruments.items())
        }
        self.faults = Faults()
        self.traffic = Traffic()
        self.play(settings.scenario, settings.speed, settings.after_seconds)

    def play(self, name: str, speed: float, after_seconds: float = 0.0) -> None:
        """Start a scenario, lifting a hold. Raises ValueError for a wrong name or speed."""
        scenario, now_ms = find_scenario(name), self.clock()
        self.market.resume(now_ms)
        self.market.play(scenario, speed, now_ms + round(after_seconds * 1000.0))


def _market(settings: SandboxSettings, start_ms: int) -> Market:
    """The market, replaying recordings if a folder is given."""
    if settings.candles is None:
        return Market(settings.instruments, settings.seed, start_ms)
    sources: dict[str, Source] = {}
    instruments: list[Instrument] = []
    for instrument in settings.instruments:
        frame = load_candles(settings.candles, instrument.base, instrument.quote)
        origin_s = start_ms // 60_000 * 60.0
        replay = CandleReplay(frame, origin_s, settings.candles_offset)
        sources[instrument.symbol] = replay
        instruments.append(instrument.at_price(replay.start_price))
    return Market(instruments, settings.seed, start_ms, speed=settings.speed, sources=sources)
