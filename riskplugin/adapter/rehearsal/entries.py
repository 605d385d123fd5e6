"""The callbacks of an entry, with the arguments that freqtrade gives them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from riskplugin.adapter.rehearsal.facts import overridden
from riskplugin.adapter.rehearsal.market import MOST_LEVERAGE, PRICE
from riskplugin.adapter.rehearsal.stage import Stage
from riskplugin.adapter.rehearsal.watching import Watch

MIN_STAKE = 5.0


def play(stage: Stage, watch: Watch, tag: str | None) -> float:
    """An entry on each side, with and without a tag; answers the leverage of a position."""
    asked = 1.0
    sides = ["long", *(["short"] if stage.strategy.can_short and stage.futures else [])]
    for side in sides:
        for each in dict.fromkeys((tag, None)):
            said = f"a {side} entry {f'with tag {each!r}' if each else 'without a tag'}"
            asked = max(asked, _enter(stage, watch, said, {"side": side, "entry_tag": each}))
    return asked


def _enter(stage: Stage, watch: Watch, said: str, how: dict[str, Any]) -> float:
    strategy, pair = stage.strategy, stage.pairs[0]
    common = {"pair": pair, "current_time": datetime.now(UTC), **how}
    if overridden(strategy, "custom_entry_price"):
        watch.call(
            "custom_entry_price",
            said,
            strategy.custom_entry_price,
            None,
            trade=None,
            proposed_rate=PRICE,
            **common,
        )
    leverage = _leverage(stage, watch, said, common)
    if overridden(strategy, "custom_stake_amount"):
        watch.call(
            "custom_stake_amount",
            said,
            strategy.custom_stake_amount,
            {"max_stake": stage.wallet},
            current_rate=PRICE,
            proposed_stake=strategy.wallets.get_trade_stake_amount(pair),
            min_stake=MIN_STAKE,
            max_stake=stage.wallet,
            leverage=leverage,
            **common,
        )
    if overridden(strategy, "confirm_trade_entry"):
        watch.call(
            "confirm_trade_entry",
            said,
            strategy.confirm_trade_entry,
            None,
            order_type="limit",
            amount=1.0,
            rate=PRICE,
            time_in_force="GTC",
            **common,
        )
    return leverage


def _leverage(stage: Stage, watch: Watch, said: str, common: dict[str, Any]) -> float:
    if not stage.futures or not overridden(stage.strategy, "leverage"):
        return 1.0
    asked = watch.call(
        "leverage",
        said,
        stage.strategy.leverage,
        None,
        current_rate=PRICE,
        proposed_leverage=1.0,
        max_leverage=MOST_LEVERAGE,
        **common,
    )
    try:
        plain = float(asked)
    except (TypeError, ValueError):
        return 1.0
    return min(max(plain, 1.0), MOST_LEVERAGE) if math.isfinite(plain) else 1.0
