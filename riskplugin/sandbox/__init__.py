"""A paper exchange on loopback that speaks Binance's REST protocol. For tests, demos and users.

Imports nothing from the rest of riskplugin.
"""

from riskplugin.sandbox.control_client import ControlClient, ControlError
from riskplugin.sandbox.freqtrade_config import (
    ccxt_config,
    freqtrade_exchange_config,
)
from riskplugin.sandbox.funding import Funding
from riskplugin.sandbox.instruments import DEFAULT_INSTRUMENTS, Instrument, select
from riskplugin.sandbox.scenarios import SCENARIOS
from riskplugin.sandbox.server import Sandbox
from riskplugin.sandbox.world import SandboxSettings

__all__ = [
    "DEFAULT_INSTRUMENTS",
    "SCENARIOS",
    "ControlClient",
    "ControlError",
    "Funding",
    "Instrument",
    "Sandbox",
    "SandboxSettings",
    "ccxt_config",
    "freqtrade_exchange_config",
    "select",
]
