"""One account's spot balances: free and locked, per asset. Exact; never below zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.errors import insufficient_balance
from riskplugin.sandbox.orders import ZERO


@dataclass(slots=True)
class Balance:
    """What is there of one asset; locked amounts stand behind working orders."""

    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Free and locked."""
        return self.free + self.locked


class SpotWallet:
    """Balances by asset name."""

    def __init__(self, quote: str, amount: Decimal) -> None:
        self.balances: dict[str, Balance] = {quote: Balance(amount)}

    def balance(self, asset: str) -> Balance:
        """The balance of an asset, zero if never touched."""
        return self.balances.setdefault(asset, Balance())

    def lock(self, asset: str, amount: Decimal) -> None:
        """Set aside for an order. Raises ApiError −2010 when there is not enough."""
        balance = self.balance(asset)
        if not amount <= balance.free:
            raise insufficient_balance()
        balance.free -= amount
        balance.locked += amount

    def unlock(self, asset: str, amount: Decimal) -> None:
        """Free what was set aside."""
        balance = self.balance(asset)
        balance.locked -= amount
        balance.free += amount

    def add(self, asset: str, amount: Decimal) -> None:
        """Pay in, or out when negative. Raises ApiError −2010 when there is not enough."""
        balance = self.balance(asset)
        if balance.free + amount < ZERO:
            raise insufficient_balance()
        balance.free += amount
