"""Limits of one pair are for a pair that the bot could trade (AU-6)."""

from __future__ import annotations

import json

import pytest

from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("AU-6")

TIGHTER = {"sizing.base_pct.minimal": 1}


def test_a_bot_refuses_limits_for_a_pair_of_another_market(start: Start) -> None:
    bot = start()
    bot.loop()

    def asked(pair: str) -> str:
        args = json.dumps({"changes": TIGHTER, "pair": pair, "until": "1h"})
        book = bot.session.look(bot.session.now())
        return bot.session.service.command("propose", by="ann", reason="calm", book=book, args=args)

    assert "did you mean BTC/USDT:USDT?" in asked("BTC/USDT")
    assert "cannot trade" in asked("btc/usdt:usdt")
    assert asked("BTC/USDT:USDT") == "done"
