"""Checks a signed request as Binance does: API key, time window, HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac

from riskplugin.sandbox.accounts import Account, Accounts
from riskplugin.sandbox.errors import bad_signature, bad_timestamp, illegal_parameter

_FUTURE_MS = 1000
_DEFAULT_WINDOW_MS = 5000
_MAX_WINDOW_MS = 60_000


def sign(secret: str, payload: str) -> str:
    """The hexadecimal HMAC-SHA256 of the payload."""
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def authenticate(
    accounts: Accounts, key: str, payload: str, params: dict[str, str], now_ms: int
) -> Account:
    """The account that signed `payload` (see `unsigned`). Raises ApiError otherwise."""
    account = accounts.get(key)
    given = params.get("signature", "")
    if not hmac.compare_digest(sign(account.secret, payload).encode(), given.encode()):
        raise bad_signature()
    _check_time(params, now_ms)
    return account


def unsigned(encoded: str) -> str:
    """A raw query string or body without the signature, otherwise untouched."""
    return "&".join(part for part in encoded.split("&") if not part.startswith("signature="))


def _check_time(params: dict[str, str], now_ms: int) -> None:
    try:
        sent = int(params.get("timestamp", ""))
        window = int(params.get("recvWindow", _DEFAULT_WINDOW_MS))
    except ValueError:
        raise illegal_parameter("timestamp") from None
    if not sent - _FUTURE_MS <= now_ms <= sent + min(window, _MAX_WINDOW_MS):
        raise bad_timestamp()
