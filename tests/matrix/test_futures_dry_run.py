"""The matrix: futures, dry-run."""

from __future__ import annotations

import pytest

from tests.matrix.table import Limit, Market, Mode
from tests.matrix.walks import Walks

MARKET: Market = "futures"
MODE: Mode = "dry-run"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.exhaustive,
    pytest.mark.filterwarnings("ignore:::freqtrade|urllib3|ccxt"),
]


@pytest.mark.spec("LV-2", "SZ-5", "SZ-8", "SZ-10", "CB-5", "EM-1", "CF-3", "CF-4")
def test_nothing_beyond_the_limit_comes_this_way(walks: Walks, limit: Limit) -> None:
    walks.cell(limit)
