"""Real bots, dry-run and live, spot and futures: the first orders, and what watching costs."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Bot, Exchange

pytestmark = pytest.mark.e2e


@pytest.mark.spec("SZ-1", "SZ-2", "LV-1", "LV-2", "MO-1", "CF-2")
@pytest.mark.parametrize("mode", ["futures", "spot"])
def test_the_first_entries_are_within_the_limits_live_and_dry(
    exchange: Exchange, tmp_path: Path, mode: str
) -> None:
    strategy = "EagerGuarded" if mode == "futures" else "EagerSpot"
    bots = [
        Bot(exchange, tmp_path, strategy, name=f"{mode}-{kind}", mode=mode, dry_run=kind == "dry")
        for kind in ("live", "dry")
    ]
    with bots[0] as live, bots[1] as dry:
        for bot in (live, dry):
            bot.wait("an entry", bot.trades)
            bot.next_loops(4)
            trades = bot.trades()
            assert len(trades) >= 2
            for trade in trades:
                assert trade["leverage"] <= (20 if mode == "futures" else 1)
                assert 0 < trade["stake_amount"] <= 200 * 1.01
            notional = sum(t["amount"] * t["open_rate"] for t in trades)
            assert notional <= 4_500 * 1.01
            status = bot.told("positions", lambda status: status["positions"])
            assert status["breaker"]["state"] == "closed"
            assert status["exposure_pct"] == pytest.approx(notional / 100, rel=0.05)
            assert status["equity"] == pytest.approx(10_000, rel=0.01)
            assert status["trusted"]
        assert len(exchange.entries(live.name)) == len(live.trades())
        exchange.assert_within_limits(live.name)
        assert not exchange.control.orders(dry.name)


@pytest.mark.spec("MO-3")
def test_watching_asks_the_exchange_nothing(exchange: Exchange, tmp_path: Path) -> None:
    bots = [
        Bot(exchange, tmp_path, name, name=name, stake_amount=100)
        for name in ("Modest", "ModestGuarded")
    ]
    with bots[0] as alone, bots[1] as guarded:
        costs = [bot.wait("eighteen loops", partial(cost, bot)) for bot in (alone, guarded)]
        assert len(alone.trades()) == len(guarded.trades()) == 3
        assert costs[0] == costs[1]
        assert costs[0]["GET /fapi/v1/depth"] >= 3 * 12


def cost(bot: Bot) -> dict[str, Any] | None:
    """Requests in twelve loops with three positions; candles come with the minute, not a loop."""
    counts = []
    for loop in (6, 18):
        file = bot.userdir / f"requests{loop}.json"
        if not file.exists():
            return None
        counts.append(json.loads(file.read_text()))
    before, after = counts
    spent = {path: number - before.get(path, 0) for path, number in after.items()}
    return {path: n for path, n in spent.items() if n and "lines" not in path}
