"""An exchange that is ill while a position is open: no entry past a limit, the close-all goes on
until the book is flat, and the bot comes back (RE-1, CF-4, EM-3).
"""

from __future__ import annotations

from typing import Any

import pytest

from riskplugin.core import events as ev
from tests.adapter.bots import BTC, ETH
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "CF-4", "EM-3")]

#: Each costs a real wait: ten of them, then the exchange answers again.
TIMEOUT = {"kind": "timeout", "delay_s": 1.0, "count": 10}
ORDERS = {"method": "POST", "match": "/order"}

#: The fault, and a word of what a person finds in the log or the bot's messages.
ALL: dict[str, tuple[dict[str, Any], str]] = {
    "server error 500": ({"kind": "http_500"}, "-1000"),
    "server error 503": ({"kind": "http_503"}, "503"),
    "time-outs": (TIMEOUT, "RequestTimeout"),
    "connections cut": ({"kind": "timeout", "delay_s": 0.0}, "NetworkError"),
    "rate limit 429": ({"kind": "rate_limit"}, "-1003"),
    "ban 418": ({"kind": "ban"}, "-1003"),
    "malformed JSON": ({"kind": "malformed"}, "USD"),
    "HTML instead of JSON": ({"kind": "html"}, "could not be determined"),
    "empty body": ({"kind": "empty"}, "riskplugin"),
    "order book down": ({"kind": "http_500", "match": "/depth"}, "get order book"),
    "candles down": ({"kind": "http_500", "match": "/klines"}, "Could not fetch his"),
    "balance endpoint down": ({"kind": "balance_down"}, "get balance"),
    "balance endpoint empty": ({"kind": "balance_empty"}, "balance"),
    "balance endpoint malformed": ({"kind": "malformed", "match": "/account"}, "balance"),
    "positions endpoint down": ({"kind": "http_500", "match": "/positionRisk"}, "get positions"),
    "wrong server time": ({"kind": "server_time", "shift_s": 3600}, "-1021"),
    "orders refused": ({"kind": "reject", **ORDERS}, "-2019"),
    "orders answered 500": ({"kind": "http_500", **ORDERS}, "-1000"),
    "orders time out": ({**TIMEOUT, **ORDERS}, "RequestTimeout"),
}


@pytest.mark.parametrize("case", ALL)
def test_while_it_stands_limits_hold_and_when_it_has_gone_everything_is_closed(
    start: Start, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault, word = ALL[case]
    bench = start()
    bench.loop(2)
    assert bench.tries_to_enter(BTC)
    bench.loop()
    bench.bot.control.fault(name=bench.bot.key, **fault)
    for _ in range(2):
        bench.forget_candles()
        bench.loop()
        bench.tries_to_enter(ETH)
    assert not bench.audit()
    assert bench.order("close-all") == "done"
    bench.loop(2)
    assert not bench.tries_to_enter(ETH), "closing everything: no entry"
    assert [f for f in bench.bot.control.faults() if f["hits"]], "the fault has struck"
    bench.bot.control.clear_faults()
    bench.ends_flat()
    assert bench.told(ev.FlattenVerified)
    assert word in caplog.text
    bench.comes_back()
