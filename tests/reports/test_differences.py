"""Small differences between wallet and records: a record says all of them, a report those that
came.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.reports import lives
from tests.reports.conftest import report_on

pytestmark = pytest.mark.spec("DB-3")


def test_each_small_difference_counts_once(tmp_path: Path) -> None:
    risk = lives.service(tmp_path)
    trader = lives.Trader(risk)
    for hour in range(6):
        trader.now += lives.HOUR
        trader.deposited += 0.5 * (hour > 0)  # dust, too little for a deposit
        risk.tick(trader.book())
    risk.close()
    parts = report_on(tmp_path).contribution
    assert parts is not None
    assert parts.result == pytest.approx(2.5)
    assert parts.differences == pytest.approx(2.5)
    assert parts.rest == pytest.approx(0, abs=1e-6)
    later = report_on(tmp_path, begin=lives.BEGIN + 3 * lives.HOUR + timedelta(minutes=30))
    assert later.contribution is not None
    assert later.contribution.differences == pytest.approx(1.5)
    assert later.contribution.rest == pytest.approx(0, abs=1e-6)
