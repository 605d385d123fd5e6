"""How freqtrade finds the protections by name: its resolver asks here first (PR-1, PR-3).

The only patch is ``ProtectionResolver.load_protection``; other names go to freqtrade's own.
Hyperopt's workers are fresh processes: what is sent to them is told to import this module there.
"""

from __future__ import annotations

import copyreg
import functools
import inspect
import sys
from importlib import import_module
from typing import Any

import freqtrade
from freqtrade.resolvers import ProtectionResolver

from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

#: Name in ``protections`` → the module that has a class of that name.
HOMES = {
    "RiskDrawdown": "riskplugin.adapter.protections.drawdown",
    "RiskDailyLoss": "riskplugin.adapter.protections.daily_loss",
    "RiskExposure": "riskplugin.adapter.protections.exposure",
    "RiskCircuitBreaker": "riskplugin.adapter.protections.breaker",
    "RiskEmergency": "riskplugin.adapter.protections.emergency",
}
_MARK = "__riskplugin__"
_EXPECTED = ["protection_name", "config", "protection_config"]
_OPTIMIZER = "freqtrade.optimize.hyperopt.hyperopt_optimizer"


def register() -> None:
    """Make the names known to freqtrade, in this process and in hyperopt's workers. Idempotent."""
    _reach_workers()
    original = ProtectionResolver.load_protection
    if getattr(original, _MARK, False):
        return
    if list(inspect.signature(original).parameters) != _EXPECTED:
        logger.error(
            "riskplugin does not know how freqtrade %s loads protections: its own cannot be used",
            freqtrade.__version__,
        )
        return

    @functools.wraps(original)
    def load_protection(protection_name: str, config: Any, protection_config: Any) -> Any:
        home = HOMES.get(protection_name)
        if home is None:
            return original(protection_name, config=config, protection_config=protection_config)
        protection = getattr(import_module(home), protection_name)
        return protection(config, protection_config)

    setattr(load_protection, _MARK, True)
    ProtectionResolver.load_protection = staticmethod(load_protection)


def _reach_workers() -> None:
    """Have the object that hyperopt sends to its workers rebuilt by a function of this module.

    A strategy without the mixin takes nothing of ours along: pickled by value, its ``import`` lines
    stay behind. Outside hyperopt the optimizer is never imported, and nothing is done.
    """
    optimizer = sys.modules.get(_OPTIMIZER)
    if optimizer is not None and hasattr(optimizer, "HyperOptimizer"):
        copyreg.pickle(optimizer.HyperOptimizer, _by_us)


def _by_us(optimizer: Any) -> tuple[Any, tuple[type], dict[str, Any]]:
    return _rebuilt, (type(optimizer),), optimizer.__dict__


def _rebuilt(kind: type) -> Any:
    """An empty optimizer, in a worker that has now imported this module; pickle fills it."""
    register()
    return object.__new__(kind)
