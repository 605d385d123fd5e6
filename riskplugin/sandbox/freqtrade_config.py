"""The parts of a freqtrade configuration that point it at a sandbox instead of Binance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Every address that ccxt knows for binance: one forgotten would leave the machine.
_SPOT_URLS = {
    "public": "/api/v3",
    "private": "/api/v3",
    "v1": "/api/v1",
    "sapi": "/sapi/v1",
    "sapiV2": "/sapi/v2",
    "sapiV3": "/sapi/v3",
    "sapiV4": "/sapi/v4",
    "eapiPublic": "/eapi/v1",
    "eapiPrivate": "/eapi/v1",
    "papi": "/papi/v1",
    "papiV2": "/papi/v2",
}
_FUTURES_URLS = {
    "fapiPublic": "/fapi/v1",
    "fapiPublicV2": "/fapi/v2",
    "fapiPublicV3": "/fapi/v3",
    "fapiPrivate": "/fapi/v1",
    "fapiPrivateV2": "/fapi/v2",
    "fapiPrivateV3": "/fapi/v3",
    "fapiData": "/futures/data",
    "dapiPublic": "/dapi/v1",
    "dapiPrivate": "/dapi/v1",
    "dapiPrivateV2": "/dapi/v2",
    "dapiData": "/futures/data",
}
DEFAULT_PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")


def ccxt_urls(port: int, *, tls: bool = False, name: str = "") -> dict[str, str]:
    """Addresses for ccxt's `urls["api"]`. With TLS the errors of futures get their own classes."""
    prefix = f"/as/{name}" if name else ""
    spot, futures = ("https://demo-api@", "https://demo-fapi@") if tls else ("http://", "http://")
    return {
        **{api: f"{spot}127.0.0.1:{port}{prefix}{path}" for api, path in _SPOT_URLS.items()},
        **{api: f"{futures}127.0.0.1:{port}{prefix}{path}" for api, path in _FUTURES_URLS.items()},
    }


def ccxt_config(port: int, *, tls: bool = False, name: str = "") -> dict[str, Any]:
    """Constructor arguments for `ccxt.binance`, also freqtrade's `exchange.ccxt_config`."""
    return {
        "enableRateLimit": False,
        "options": {
            "fetchMarkets": {"types": ["spot", "linear"]},
            "fetchCurrencies": False,
            "fetchMargins": False,
        },
        "urls": {"api": ccxt_urls(port, tls=tls, name=name)},
        **({"verify": False} if tls else {}),
    }


def freqtrade_exchange_config(
    port: int,
    *,
    trading_mode: str,
    tls: bool = False,
    pairs: Sequence[str] = DEFAULT_PAIRS,
    key: str = "sandbox",
    secret: str = "sandbox",  # noqa: S107  # a made-up one, known to everybody
    name: str = "",
    margin_mode: str = "isolated",
) -> dict[str, Any]:
    """The sections exchange, pairlists, pricing, trading mode, to be merged into a configuration.

    `trading_mode` is `spot` or `futures`; pairs are given in either form (`BTC/USDT` or
    `BTC/USDT:USDT`) and written as the mode needs them. `name` makes the sandbox count this bot's
    requests apart. Raises ValueError for another trading mode.
    """
    if trading_mode not in ("spot", "futures"):
        raise ValueError("trading_mode is 'spot' or 'futures'")
    futures = trading_mode == "futures"
    pricing = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return {
        "trading_mode": trading_mode,
        **({"margin_mode": margin_mode} if futures else {}),
        "stake_currency": "USDT",
        "initial_state": "running",
        "entry_pricing": dict(pricing),
        "exit_pricing": dict(pricing),
        "exchange": {
            "name": "binance",
            "key": key,
            "secret": secret,
            "enable_ws": False,
            "only_from_ccxt": True,
            "pair_whitelist": [_spelled(pair, futures=futures) for pair in pairs],
            "ccxt_config": ccxt_config(port, tls=tls, name=name),
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 1},
    }


def _spelled(pair: str, *, futures: bool) -> str:
    spot = pair.split(":", maxsplit=1)[0]
    return f"{spot}:USDT" if futures else spot
