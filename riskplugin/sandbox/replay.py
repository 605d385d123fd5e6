"""Recorded candles as a source of movement: freqtrade's feather files, or csv.

A candle is played as open → low → high → close (falling: open → high → low → close) in quarters, so
that candles built from the path show the recorded highs and lows. Before and after the recording
the price stands still at its ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from riskplugin.sandbox.noise import Floats

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_HISTORY_ROWS = 1000


class CandleReplay:
    """Log-price of a recording; scenario second `origin_s` falls on candle number `offset`."""

    def __init__(self, frame: pd.DataFrame, origin_s: float, offset: int | None = None) -> None:
        if len(frame) < 2:
            raise ValueError("a recording needs at least two candles")
        seconds = _epoch_seconds(frame["date"])
        width = float(np.median(np.diff(seconds)))
        knots = seconds[:, None] + width * np.array([0.0, 0.25, 0.5, 0.75])
        start = min(DEFAULT_HISTORY_ROWS, len(frame) // 2) if offset is None else offset
        self._knots = knots.ravel() - seconds[start] + origin_s
        self._logs = np.log(_legs(frame)).ravel()
        self.start_price = float(frame["open"].iloc[start])

    def value(self, seconds: Floats) -> Floats:
        """The recorded log-price at these scenario times."""
        return np.asarray(np.interp(seconds, self._knots, self._logs), dtype=np.float64)


def _epoch_seconds(dates: pd.Series) -> Floats:
    import pandas as pd  # heavy, and needed for recordings only

    stamps = pd.to_datetime(dates, utc=True).dt.tz_localize(None).dt.as_unit("ms")
    return np.asarray(stamps.to_numpy().astype(np.int64) / 1000.0, dtype=np.float64)


def _legs(frame: pd.DataFrame) -> Floats:
    """Per candle: open, first extreme, second extreme, close."""
    columns = [frame[name].to_numpy(dtype=np.float64) for name in ("open", "high", "low", "close")]
    opened, high, low, close = columns
    rising = close >= opened
    return np.stack(
        [opened, np.where(rising, low, high), np.where(rising, high, low), close], axis=1
    )


def load_candles(folder: Path, base: str, quote: str = "USDT") -> pd.DataFrame:
    """The recording of a market in this folder: the first of its feather or csv files by name.

    Looks for `BASE_QUOTE-<tf>.feather`, `BASE_QUOTE_QUOTE-<tf>-futures.feather` (also in
    `futures/`) and the same with `.csv`. Raises FileNotFoundError when there is none.
    """
    patterns = [f"{base}_{quote}-*", f"{base}_{quote}_{quote}-*-futures*"]
    places = [folder, folder / "futures"]
    found = sorted(
        path
        for place in places
        for pattern in patterns
        for path in place.glob(pattern)
        if path.suffix in (".feather", ".csv")
    )
    if not found:
        raise FileNotFoundError(f"no candles of {base}/{quote} in {folder}")
    import pandas as pd  # heavy, and needed for recordings only

    path = found[0]
    return pd.read_feather(path) if path.suffix == ".feather" else pd.read_csv(path)
