"""The hooks make freqtrade copy no trade: what nobody overrides is not called with a copy."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import LocalTrade

from benchmarks.candles import stock
from benchmarks.testing import Bench

pytestmark = [pytest.mark.slow, pytest.mark.spec("PF-1")]


class Copies:
    """Counts how often a trade is copied deeply, by whomever, and copies it as ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
        self.count, self.bench = 0, bench

        def counted(trade: LocalTrade, memo: dict[int, Any]) -> Any:
            self.count += 1
            reconstruct = copy._reconstruct  # type: ignore[attr-defined]
            return reconstruct(trade, memo, *trade.__reduce_ex__(4))

        monkeypatch.setattr(LocalTrade, "__deepcopy__", counted, raising=False)

    def of(self, strategy: str) -> int:
        """Copies of one backtest, which makes the same trades as every other one."""
        self.count = 0
        self.bench.run(strategy, self.bench.config(strategy))
        return self.count


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copies]:
    for host in ("freqtrade", "urllib3", "ccxt", "pandas"):
        warnings.filterwarnings("ignore", module=rf"{host}\.")
    bench = Bench(tmp_path, stock(tmp_path / "candles", 3, 600))
    yield Copies(monkeypatch, bench)
    bench.close()


def test_a_strategy_without_callbacks_has_as_many_copies_guarded_as_plain(copies: Copies) -> None:
    plain, guarded = copies.of("Trend"), copies.of("TrendGuarded")
    assert copies.bench.trades > 0
    assert guarded == plain


def test_a_callback_of_the_strategy_gets_its_copies_and_no_more(copies: Copies) -> None:
    plain, guarded = copies.of("TrendDca"), copies.of("TrendDcaGuarded")
    assert plain > copies.bench.trades
    assert guarded == plain
