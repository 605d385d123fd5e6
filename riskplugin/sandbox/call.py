"""One request as the endpoints see it: parameters with types, the time, the account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.errors import bad_key, bad_symbol, illegal_parameter, missing_parameter
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.orders import ZERO
from riskplugin.sandbox.world import World


@dataclass(slots=True)
class Call:
    """A request that has been routed. `account` is there only for signed endpoints."""

    world: World
    path: str
    params: dict[str, str]
    now_ms: int
    signer: Account | None = None

    @property
    def on_spot(self) -> bool:
        """Whether the spot API was asked, where both APIs have the endpoint."""
        return self.path.startswith("/api/")

    @property
    def account(self) -> Account:
        """The account that signed. Raises ApiError when none did."""
        if self.signer is None:
            raise bad_key()
        return self.signer

    def text(self, name: str, default: str = "") -> str:
        """A parameter as it was sent."""
        return self.params.get(name, default)

    def required(self, name: str) -> str:
        """A parameter that must be there. Raises ApiError −1102."""
        value = self.params.get(name, "")
        if not value:
            raise missing_parameter(name)
        return value

    def decimal(self, name: str) -> Decimal:
        """A number, zero when absent. Raises ApiError −1100 unless finite and not negative."""
        try:
            value = Decimal(self.params.get(name) or "0")
        except InvalidOperation:
            raise illegal_parameter(name) from None
        if not value.is_finite() or value < ZERO:
            raise illegal_parameter(name)
        return value

    def integer(self, name: str, default: int) -> int:
        """A whole number. Raises ApiError −1100 when it is none."""
        text = self.params.get(name, "")
        try:
            return int(text) if text else default
        except ValueError:
            raise illegal_parameter(name) from None

    def flag(self, name: str) -> bool:
        """`true` in any case."""
        return self.params.get(name, "").lower() == "true"

    def instrument(self) -> Instrument:
        """The market of the parameter `symbol`. Raises ApiError −1102 or −1121."""
        return self.find(self.required("symbol"))

    def find(self, symbol: str) -> Instrument:
        """The market of this symbol. Raises ApiError −1121."""
        if symbol not in self.world.market.instruments:
            raise bad_symbol()
        return self.world.market.instruments[symbol]

    def instruments(self) -> list[Instrument]:
        """The market of the parameter `symbol`, or all when it is absent."""
        if self.text("symbol"):
            return [self.instrument()]
        return list(self.world.market.instruments.values())
