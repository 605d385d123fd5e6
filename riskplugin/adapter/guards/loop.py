"""Stands on ``exchange.reload_markets``, the first thing that every loop does, strategy or not."""

from __future__ import annotations

from typing import Any

from riskplugin.adapter.guards.base import MethodGuard


class LoopGuard(MethodGuard):
    """Before a loop begins, all is as it was loaded: a strategy cannot keep the loop from that."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        strategy, session = self.strategy, self.session()
        if strategy is not None and session is not None and not session.standing.hold(strategy):
            session.fault("guards", "a guard or a hook was taken away; it is back in place")
        return self.proceed(*args, **kwargs)
