"""``RiskMixin``: the one base class that guards a strategy (CF-2, CF-3).

Hyperopt pickles this module by value: it holds no state, no lock and no database, only names.
"""

from __future__ import annotations

from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter import guards, sources
from riskplugin.adapter.sealing import Seals, refuse_opaque, seal


class GuardedWallets:
    """Data descriptor for ``strategy.wallets``: freqtrade sets it, and the guards are in place.

    Nothing can trade before: the bot's RPC thread starts later than this (freqtradebot.py).
    """

    def __get__(self, strategy: Any, owner: type | None = None) -> Any:
        return None if strategy is None else strategy.__dict__.get("_guarded_wallets")

    def __set__(self, strategy: Any, wallets: Any) -> None:
        kind = type(strategy)
        refuse_opaque(kind)
        seal(kind)  # again: a base class may have kept __init_subclass__ from being heard
        if wallets is not None:
            guards.install(strategy, wallets, lambda: Seals(kind))
        strategy.__dict__["_guarded_wallets"] = wallets


class RiskMixin(IStrategy):
    """Put it first among the bases: ``class Guarded(RiskMixin, MyStrategy): pass``.

    The strategy's own hooks are still called, as proposals; none of them can weaken a limit.
    Limits come from the section "risk" of the bot's configuration; a wrong section stops the start.
    """

    wallets = GuardedWallets()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.wallets = GuardedWallets()
        seal(cls)

    def __init__(self, config: Any) -> None:
        refuse_opaque(type(self))
        guards.check_config(config)
        config["riskplugin"] = sources.fingerprint(type(self))
        super().__init__(config)
