"""What the exchange says when it refuses: a Binance error code, its text and the HTTP status.

Knows nothing of accounts or markets; every refusal in the sandbox is raised as an `ApiError`.
"""

from __future__ import annotations


class ApiError(Exception):
    """A refusal as Binance words it: `{"code": code, "msg": msg}` with an HTTP status."""

    def __init__(self, code: int, msg: str, status: int = 400) -> None:
        super().__init__(f"{code}: {msg}")
        self.code = code
        self.msg = msg
        self.status = status

    def body(self) -> dict[str, object]:
        """The JSON object that is sent."""
        return {"code": self.code, "msg": self.msg}


def unknown_endpoint(method: str, path: str) -> ApiError:
    """The sandbox does not speak this endpoint (yet)."""
    return ApiError(-1, f"Unknown endpoint: {method} {path}", 404)


def missing_parameter(name: str) -> ApiError:
    """A required parameter was not sent."""
    return ApiError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def illegal_parameter(name: str) -> ApiError:
    """A parameter was sent with a value that cannot be read."""
    return ApiError(-1100, f"Illegal characters found in parameter '{name}'.")


def bad_symbol() -> ApiError:
    """No such market here."""
    return ApiError(-1121, "Invalid symbol.")


def bad_interval() -> ApiError:
    """No such candle interval here."""
    return ApiError(-1120, "Invalid interval.")


def bad_key() -> ApiError:
    """No such API key."""
    return ApiError(-2015, "Invalid API-key, IP, or permissions for action.", 401)


def bad_signature() -> ApiError:
    """The HMAC does not fit the request."""
    return ApiError(-1022, "Signature for this request is not valid.")


def bad_timestamp() -> ApiError:
    """The request is too old or from the future."""
    return ApiError(-1021, "Timestamp for this request is outside of the recvWindow.")


def no_such_order() -> ApiError:
    """Asked for an order that does not exist."""
    return ApiError(-2013, "Order does not exist.")


def unknown_order() -> ApiError:
    """Asked to cancel an order that does not work (any more)."""
    return ApiError(-2011, "Unknown order sent.")


def insufficient_balance() -> ApiError:
    """Spot: not enough of the asset."""
    return ApiError(-2010, "Account has insufficient balance for requested action.")


def insufficient_margin() -> ApiError:
    """Futures: not enough free margin."""
    return ApiError(-2019, "Margin is insufficient.")


def reduce_only_rejected() -> ApiError:
    """Futures: nothing there to reduce."""
    return ApiError(-2022, "ReduceOnly Order is rejected.")


def would_trigger() -> ApiError:
    """A conditional order whose trigger the price has passed already."""
    return ApiError(-2021, "Order would immediately trigger.")


def position_too_large() -> ApiError:
    """Futures: the bracket of the chosen leverage ends below this notional."""
    return ApiError(-2027, "Exceeded the maximum allowable position at current leverage.")


def filter_failure(name: str) -> ApiError:
    """Tick, step or quantity range is not kept."""
    return ApiError(-1013, f"Filter failure: {name}")
