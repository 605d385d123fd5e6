"""Recorded candles are played back as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskplugin.sandbox import SandboxSettings, select
from riskplugin.sandbox.replay import CandleReplay, load_candles
from riskplugin.sandbox.world import World
from tests.sandbox.conftest import START_MS, Clock

_MINUTE = 60_000
_ROWS = 400


def recording(price: float = 9000.0) -> pd.DataFrame:
    random = np.random.default_rng(1)
    closes = np.round(price * np.exp(np.cumsum(random.normal(0, 0.01, _ROWS))), 0)
    opens = np.concatenate([[price], closes[:-1]])
    return pd.DataFrame(
        {
            "date": pd.date_range("2020-03-01", periods=_ROWS, freq="h", tz="UTC"),
            "open": opens,
            "high": np.maximum(opens, closes) + 7,
            "low": np.minimum(opens, closes) - 5,
            "close": closes,
            "volume": 100.0,
        }
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    recording().to_feather(tmp_path / "BTC_USDT-1h.feather")
    return tmp_path


def test_at_sixty_times_the_speed_a_minute_shows_a_recorded_hour(
    folder: Path, clock: Clock
) -> None:
    settings = SandboxSettings(
        instruments=select(["BTC"]), candles=folder, candles_offset=100, speed=60.0
    )
    world = World(settings, clock)
    now = clock.forward(30 * 60)
    shown = world.candles["BTCUSDT"].between(START_MS - 50 * _MINUTE, now, _MINUTE, 80)
    recorded = recording().iloc[50:130]
    for name in ("open", "high", "low", "close"):
        assert getattr(shown, name) == pytest.approx(recorded[name].to_numpy(), abs=0.51)


def test_a_cheap_price_gets_a_fine_tick(tmp_path: Path, clock: Clock) -> None:
    recording(9.0).assign(high=12.0, low=5.0).to_feather(tmp_path / "BTC_USDT-1h.feather")
    world = World(SandboxSettings(instruments=select(["BTC"]), candles=tmp_path), clock)
    instrument = world.market.instruments["BTCUSDT"]
    assert float(instrument.tick) / instrument.price < 1e-3
    assert instrument.tick * instrument.step * 10_000 == 1


def test_csv_and_futures_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "futures").mkdir()
    recording().to_csv(tmp_path / "futures" / "ETH_USDT_USDT-1h-futures.csv", index=False)
    frame = load_candles(tmp_path, "ETH")
    assert CandleReplay(frame, 0.0, 3).start_price == recording()["open"].iloc[3]
    with pytest.raises(FileNotFoundError, match="BTC/USDT"):
        load_candles(tmp_path, "BTC")


def test_real_candles_can_be_played(shared_data: Path, clock: Clock) -> None:
    folder = shared_data / "binance"
    dates = load_candles(folder, "BTC")["date"]
    row = int(dates.searchsorted(pd.Timestamp("2020-03-12", tz="UTC")))
    settings = SandboxSettings(
        instruments=select(["BTC", "DOGE"]), candles=folder, candles_offset=row
    )
    quote = World(settings, clock).market.quote("BTCUSDT", clock())
    assert float(quote.last) == pytest.approx(7934.58, abs=1.0)
