"""Accounts by API key. Unknown keys may open one by themselves: then the secret equals the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.errors import bad_key
from riskplugin.sandbox.futures_wallet import FuturesWallet
from riskplugin.sandbox.spot_wallet import SpotWallet


@dataclass(slots=True)
class Account:
    """One API key with its spot and its futures wallet."""

    key: str
    secret: str
    spot: SpotWallet
    futures: FuturesWallet
    deposited: Decimal

    def deposit(self, amount: Decimal, *, spot: bool, now_ms: int) -> None:
        """Pay USDT into one of the wallets; negative takes out."""
        if spot:
            self.spot.add("USDT", amount)
        else:
            self.futures.record("", "TRANSFER", amount, now_ms)
        self.deposited += amount


class Accounts:
    """All accounts. `secrets` are configured ones; others open themselves if `auto` is set."""

    def __init__(self, secrets: Mapping[str, str], balance: Decimal, *, auto: bool = True) -> None:
        self._balance = balance
        self._auto = auto
        self._accounts: dict[str, Account] = {}
        for key, secret in secrets.items():
            self._open(key, secret)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def get(self, key: str) -> Account:
        """The account of this key. Raises ApiError −2015 for an unknown key."""
        account = self._accounts.get(key)
        if account is None and key and self._auto:
            account = self._open(key, key)
        if account is None:
            raise bad_key()
        return account

    def _open(self, key: str, secret: str) -> Account:
        spot, futures = SpotWallet("USDT", self._balance), FuturesWallet(self._balance)
        account = Account(key, secret, spot, futures, deposited=2 * self._balance)
        self._accounts[key] = account
        return account
