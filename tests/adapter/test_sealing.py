"""However a strategy overrides its hooks, it is still asked, and its limits hold (CF-2, CF-3)."""

from __future__ import annotations

from inspect import getfullargspec
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode, TradingMode
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin
from riskplugin.adapter import hooks
from riskplugin.adapter.guards import OrderGuard, StakeGuard
from tests.adapter.bots import BTC, ETH, STRATEGIES
from tests.adapter.conftest import Start
from tests.adapter.user_strategies import sealed

pytestmark = pytest.mark.spec("CF-2", "CF-3")

ASKED = [
    "Inherits", "WithoutSuper", "WithSuper", "Grandchild", "MixinLast", "SwallowsFirst",
    "SwallowsLast", "OwnWallets", "OwnInit", "Static", "TakesGuardsAway", "OnTheInstance",
    "OnTheClass",
]  # fmt: skip


def load(name: str, tmp_path: Path, **config: Any) -> Any:
    """The strategy as freqtrade's own resolver loads and checks it."""
    return StrategyResolver.load_strategy(
        {
            "strategy": name,
            "strategy_path": str(STRATEGIES),
            "user_data_dir": tmp_path,
            "runmode": RunMode.UTIL_NO_EXCHANGE,
            "trading_mode": TradingMode.FUTURES,
            **config,
        }
    )


@pytest.mark.spec("LV-2", "SZ-8")
@pytest.mark.parametrize("name", ASKED)
def test_a_greedy_strategy_is_held_however_it_is_put_together(start: Start, name: str) -> None:
    bot = start(name)
    bot.loop()
    wallets, exchange = bot.freqtrade.wallets, bot.freqtrade.exchange
    assert (
        isinstance(wallets.__dict__.get("validate_stake_amount"), StakeGuard)
        or name == "TakesGuardsAway"
    )
    for pair, is_short in ((BTC, False), (ETH, True)):
        bot.enter(pair, 9_000, is_short=is_short)
        bot.assert_within_limits()
    assert len(bot.trades) == 2
    bot.loop()
    assert (
        isinstance(exchange.__dict__.get("create_order"), OrderGuard) or name == "TakesGuardsAway"
    )


@pytest.mark.parametrize(
    "name", ["Inherits", "WithoutSuper", "WithSuper", "Grandchild", "MixinLast"]
)
def test_the_strategy_is_asked_once_a_hook(start: Start, name: str) -> None:
    bot = start(name)
    bot.loop()
    assert bot.enter(BTC, 500)
    assert bot.strategy.asked == 2


def test_only_the_outermost_hook_of_a_chain_of_supers_is_limited(start: Start) -> None:
    """WithSuper doubles what Greedy asks: had Greedy been capped, twice the cap would come."""
    bot = start("WithSuper")
    bot.loop()
    assert bot.enter(BTC, 500)
    [order] = [o for o in bot.orders() if not o["reduce_only"]]
    assert order["leverage"] <= 20


@pytest.mark.parametrize("name", [*ASKED, "SplitsLater", "Vetoes", "BrokenExit"])
def test_every_guarded_class_has_every_hook_sealed(name: str, tmp_path: Path) -> None:
    strategy = load(name, tmp_path)
    strategy.wallets = None  # freqtrade sets it before anything can trade
    for hook in hooks.ALWAYS:
        assert getattr(getattr(type(strategy), hook), "__riskplugin_sealed__", False), hook


def test_hooks_that_are_not_overridden_keep_their_names_so_that_nothing_is_copied() -> None:
    """freqtrade copies the trade for every hook that is not IStrategy's own, by qualified name."""
    for hook in hooks.ALWAYS:
        own = getattr(sealed.Unguarded, hook).__qualname__
        guarded: Any = type("Guarded", (RiskMixin, sealed.Unguarded), {})
        assert getattr(guarded, hook).__qualname__ == own
        assert own.startswith("IStrategy.")


@pytest.mark.parametrize(
    ("name", "after_fill"),
    [("Inherits", False), ("StopAfterFill", True), ("StopWithoutFill", False)],
)
def test_freqtrade_reads_the_arguments_of_custom_stoploss_as_without_us(
    name: str, after_fill: bool, tmp_path: Path
) -> None:
    strategy = load(name, tmp_path)
    assert strategy._ft_stop_uses_after_fill is after_fill
    written = (
        getattr(sealed, name).custom_stoploss.__wrapped__
        if name != "Inherits"
        else IStrategy.custom_stoploss
    )
    assert getfullargspec(strategy.custom_stoploss).args == getfullargspec(written).args


@pytest.mark.parametrize(
    ("name", "sealed_as"),
    [
        ("WholeOrderPrice", {"adjust_order_price"}),
        ("EntryPriceOnly", {"adjust_entry_price"}),
        ("ExitPriceOnly", {"adjust_entry_price", "adjust_exit_price"}),
        ("SplitsLater", {"adjust_entry_price"}),
        ("Inherits", {"adjust_order_price"}),
    ],
)
def test_freqtrade_accepts_each_way_to_adjust_order_prices(
    name: str, sealed_as: set[str], tmp_path: Path
) -> None:
    kind = type(load(name, tmp_path))  # validate_strategy refuses a strategy that mixes them
    family = ("adjust_order_price", "adjust_entry_price", "adjust_exit_price")
    assert {n for n in family if hasattr(getattr(kind, n), "__riskplugin_sealed__")} == sealed_as


def test_hooks_with_numpy_numbers_are_understood(start: Start) -> None:
    import numpy as np

    bot = start()
    bot.loop()
    bot.strategy.answers = {
        "leverage": np.int64(3),
        "custom_stake_amount": np.float32(50),
        "custom_entry_price": np.float64(64_900),
    }
    assert bot.enter(BTC, 500)
    [trade] = bot.trades
    assert trade.leverage == 3
    assert trade.stake_amount == pytest.approx(50, rel=0.05)
