"""People stop a bot from a second process, whatever its strategy does to go on (EM-2, EM-3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.spec("EM-2", "EM-3", "CF-3")]


@pytest.mark.parametrize(
    ("mode", "strategy"),
    [
        ("futures", "Stubborn"),
        pytest.param("spot", "StubbornSpot", marks=pytest.mark.exhaustive),
    ],
)
def test_emergency_close_all_and_kill_file_are_obeyed_in_the_next_loop(
    exchange: Exchange, tmp_path: Path, mode: str, strategy: str
) -> None:
    with Bot(exchange, tmp_path, strategy, name=f"people-{mode}", mode=mode) as bot:
        bot.wait("three positions", lambda: len(bot.trades()) >= 2)
        bot.next_loops(6)
        assert len(bot.trades()) >= 2, "nothing of this strategy closes them"

        before = bot.loops
        done = bot.risk("emergency", "on")
        assert done.returncode == 0, done.stdout + done.stderr
        assert bot.loops >= before
        status = bot.told("emergency", lambda status: status["emergency"]["active"])
        assert status["emergency"]["by"] == "alice"
        bot.wait("positions inside the emergency's limits", lambda: inside(bot))
        assert bot.risk("emergency", "off").returncode == 0
        bot.told("no emergency", lambda status: not status["emergency"]["active"])
        assert bot.risk("emergency", "off").returncode == 1, "a refusal is an error"

        bot.kill_file.write_text("the building is on fire")
        loops = bot.loops
        bot.wait("latched", lambda: bot.state() == "latched")
        assert bot.loops - loops <= 4, "status is written once a second, two loops"
        bot.wait("flat", lambda: not bot.trades() and not bot.status()["closing"]["active"])
        status = bot.status()
        assert status["breaker"]["latched_by"] == "kill file"
        assert "fire" in " ".join(status["breaker"]["reasons"])
        assert_flat(exchange, bot, mode)
        orders = len(exchange.entries(bot.name))
        bot.next_loops()
        assert len(exchange.entries(bot.name)) == orders

        bot.kill_file.unlink()
        assert bot.risk("breaker", "rearm").returncode == 0
        assert bot.risk("emergency", "off").returncode == 0
        bot.wait("half-open", lambda: bot.state() == "half_open")
        bot.post("forceenter", pair=bot.pair("BTC/USDT"), side="long", stakeamount=30)
        bot.wait("a probe", bot.trades)
        done = bot.risk("emergency", "close-all")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "verified flat" in done.stdout
        assert_flat(exchange, bot, mode)
        assert bot.state() == "latched"
        assert {t["exit_reason"] for t in bot.trades(is_open=False)} <= {
            "risk_close_all",
            "risk_emergency",
        }


def inside(bot: Bot) -> bool:
    trades = bot.trades()
    return len(trades) <= 3 and all(
        t["leverage"] <= 5 and t["stake_amount"] <= 50.5 for t in trades
    )


def assert_flat(exchange: Exchange, bot: Bot, mode: str) -> None:
    if mode == "futures":
        assert not exchange.positions(bot.name)
        return
    spot = exchange.control.accounts()[bot.name]["spot"]
    dust = float(spot["equity"]) - float(spot["balances"]["USDT"]["free"])
    assert 0 <= dust < 3
