"""Why some cells are not applicable in dry-run: what the notes say is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskplugin.sandbox import Sandbox
from tests.matrix.around import KEYLESS
from tests.matrix.limits import WIDE
from tests.matrix.paths import Path as Way
from tests.matrix.stage import stage
from tests.matrix.strangers import DeletedTrade, OrphanOrder
from tests.matrix.table import LIMITS, MARKETS, ONE_MARKET, Market
from tests.matrix.walks import PATHS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::freqtrade|urllib3|ccxt")]

AROUND = [path for path in PATHS if path.not_in_dry_run == KEYLESS]


@pytest.mark.spec("CF-3")
@pytest.mark.parametrize("strategy", ["Naked", "Walker"])
@pytest.mark.parametrize("market", ONE_MARKET)
def test_what_goes_around_freqtrade_in_dry_run_reaches_no_exchange(
    exchange: Sandbox, tmp_path: Path, market: Market, strategy: str
) -> None:
    with stage(exchange, tmp_path, market, "dry-run") as simulated:
        for path in AROUND:
            if all(path.not_applicable(market, "live", limit) for limit in LIMITS):
                continue
            simulated.clean(strategy, WIDE)
            simulated.spoiled = True  # what is refused counts as a fault, and faults add up
            path.arrange(simulated)
            before = simulated.arrived()
            path.go(simulated)
            assert not simulated.view(before).entries
            assert not simulated.bot.orders()
            assert simulated.key not in simulated.bot.control.accounts()


@pytest.mark.spec("MO-4")
@pytest.mark.parametrize("path", [DeletedTrade(), OrphanOrder()], ids=lambda path: path.name)
@pytest.mark.parametrize("market", MARKETS)
def test_what_a_dry_run_has_not_in_its_records_binds_nothing(
    exchange: Sandbox, tmp_path: Path, market: Market, path: Way
) -> None:
    with stage(exchange, tmp_path, market, "dry-run") as simulated:
        simulated.clean("Naked", WIDE)
        path.arrange(simulated)
        if isinstance(path, OrphanOrder):
            path.go(simulated)
        else:
            simulated.bot.freqtrade.rpc._rpc._rpc_delete(simulated.trade().id)
        wallets = simulated.bot.freqtrade.wallets
        wallets.update()
        assert not simulated.bot.trades
        assert wallets.get_free("USDT") == wallets.get_total("USDT") == 10_000
