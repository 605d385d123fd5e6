"""Hyperopt pickles strategies by value: a guarded one comes back guarded.

That it does so in another process is shown by tests/backtest/test_hyperopt.py.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from freqtrade.optimize.hyperopt.hyperopt_optimizer import cloudpickle

from riskplugin.adapter import hooks
from riskplugin.adapter.registry import session_of
from tests.adapter.test_sealing import load

pytestmark = pytest.mark.spec("CF-3")


@pytest.mark.parametrize("name", ["Inherits", "Grandchild", "MixinLast", "Puppet"])
def test_a_pickled_strategy_wakes_up_sealed(name: str, tmp_path: Path) -> None:
    strategy = load(name, tmp_path)
    by_value = registered_by_value(type(strategy))
    try:
        copy = pickle.loads(cloudpickle.dumps(strategy))
    finally:
        for module in by_value:
            cloudpickle.unregister_pickle_by_value(module)
    assert copy is not strategy
    assert type(copy).__name__ == name
    for hook in hooks.ALWAYS:
        assert hasattr(getattr(type(copy), hook), "__riskplugin_sealed__")
    assert session_of(copy) is None
    assert copy.leverage("BTC/USDT:USDT") >= 50, "without a session the strategy speaks for itself"
    copy.wallets = None
    assert "wallets" not in vars(copy)


def registered_by_value(kind: type) -> list[Any]:
    """What hyperopt does for its workers, by the very function that it uses."""
    hyperopt = pytest.importorskip("freqtrade.optimize.hyperopt.hyperopt_optimizer")
    before = set(cloudpickle.cloudpickle._PICKLE_BY_VALUE_MODULES)
    optimizer = hyperopt.HyperOptimizer
    optimizer.hyperopt_pickle_magic(object.__new__(optimizer), kind.__bases__)
    after = set(cloudpickle.cloudpickle._PICKLE_BY_VALUE_MODULES)
    return [sys.modules[name] for name in after - before]
