"""What imports riskplugin and changes it: a strategy is code in our process."""

from __future__ import annotations

from typing import Any

from greedy import Greedy

HONEST = "nothing in this process: riskplugin's own code is changed (see below)"


class _Orders(Greedy):
    """Sends a large order once riskplugin has been changed."""

    held_by = HONEST
    outcome = "not held"
    spent = False

    def _change(self) -> None:
        raise NotImplementedError

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        if not self.spent:
            self._change()
            self.spent = True
            self.order(pair="SOL/USDT:USDT", amount=60.0, rate=150.0)


class ChangesOrderGuard(_Orders):
    """Imports L3's class and the door's, and lets both pass everything on."""

    def _change(self) -> None:
        from riskplugin.adapter.guards.order import OrderGuard
        from riskplugin.adapter.guards.venue import LeverageGuard, RequestGuard, VenueGuard

        OrderGuard.__call__ = lambda guard, **how: type(guard.exchange).create_order(
            guard.exchange, **how
        )
        VenueGuard.__call__ = RequestGuard.__call__ = VenueGuard.proceed
        LeverageGuard.__call__ = VenueGuard.proceed


class ChangesTheHooks(Greedy):
    """Imports the table of hooks and replaces every guard in it by the strategy's own hook."""

    held_by = "L2 and L3 do not need the hooks; an entry that no hook announced gets no stake"

    def bot_start(self, **kwargs: Any) -> None:
        from riskplugin.adapter import hooks

        self.strike()
        for name in ("leverage", "custom_stake_amount", "custom_entry_price"):
            hooks.GUARDS[name] = lambda strategy, session, own, kw: own(**kw)
