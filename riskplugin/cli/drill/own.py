"""What a drill takes over from the user: limits, pairs and market.

What could not be taken over as it is stands in ``differences``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskplugin.config import parse
from riskplugin.sandbox import DEFAULT_INSTRUMENTS

#: Pairs that are traded, if the limits let as many be held.
PAIRS = 4
WATCH = {
    "interval": "1s",
    "silent_after": "4s",
    "act_after": "6s",
    "action": "exchange",
    "exchange": {"use_bot_keys": True},
}
#: Groups of the section that say where things are and who is told: the drill has its own.
REPLACED = ("ledger", "control", "alerts", "watchdog", "dashboard")


@dataclass(frozen=True)
class Own:
    """What of the user's configuration a drill takes over."""

    name: str
    section: Mapping[str, Any]
    futures: bool
    margin_mode: str
    pairs: tuple[str, ...]
    slots: int
    differences: tuple[str, ...]

    @property
    def patient(self) -> str | None:
        """The pair whose entry waits far below the market, so that there is one to cancel."""
        return self.pairs[-1] if len(self.pairs) > 1 else None


def own(config: Mapping[str, Any]) -> Own:
    """Read it from a freqtrade configuration with its section "risk"."""
    differences = ["exchange, keys, database and ledger are throw-aways; prices are made up"]
    exchange, section = config.get("exchange") or {}, config.get("risk") or {}
    most = parse(section).policy.max_positions
    count = PAIRS if most is None else min(PAIRS, most)
    pairs = _pairs(exchange.get("pair_whitelist") or (), count, differences)
    if count == 1:
        differences.append("no entry waits to be cancelled: your limits allow one position")
    currency = config.get("stake_currency")
    if currency != "USDT":
        differences.append(f"stake currency USDT, not {currency}: the paper exchange has no other")
    if exchange.get("name") != "binance":
        differences.append(f"it speaks Binance's protocol, not that of {exchange.get('name')}")
    slots = config.get("max_open_trades")
    known = slots if isinstance(slots, int) and slots > 0 else PAIRS + 1
    if known < count:
        differences.append(f"{count} slots instead of {known}")
    differences.append(
        f"silence: {WATCH['silent_after']} until people are told and {WATCH['act_after']} until "
        "the watchdog acts, so that nobody waits for minutes"
    )
    return Own(
        name=str(config.get("bot_name") or "freqtrade"),
        section=section,
        futures=str(config.get("trading_mode") or "spot") == "futures",
        margin_mode=str(config.get("margin_mode") or "isolated"),
        pairs=pairs,
        slots=max(known, count),
        differences=tuple(differences),
    )


def section_for(mine: Own, catcher: str, *, send: bool) -> dict[str, Any]:
    """The user's limits, with the drill's own places and channels."""
    section = {name: keys for name, keys in mine.section.items() if name not in REPLACED}
    channels, routes = {"drill": catcher}, ["drill", "log"]
    levels: list[Any] = []
    if send:
        alerts = mine.section.get("alerts") or {}
        channels |= alerts.get("channels") or {}
        levels = alerts.get("levels") or []
        critical = (alerts.get("routes") or {}).get("critical") or ()
        routes += [name for name in critical if name in channels]
    return section | {
        "ledger": {"metrics_interval": "1s"},
        "alerts": {
            "channels": channels,
            "routes": {
                "info": ["drill"],
                "warning": ["drill", "log"],
                "critical": list(dict.fromkeys(routes)),
            },
            **({"levels": levels} if levels else {}),
            "digest": False,
        },
        "watchdog": WATCH,
    }


def _pairs(wanted: Any, count: int, differences: list[str]) -> tuple[str, ...]:
    """The user's own as far as the paper exchange has them, filled up with others."""
    offered = {each.base: each.pair for each in DEFAULT_INSTRUMENTS}
    bases = [str(pair).partition("/")[0] for pair in wanted]
    ours = [offered[base] for base in dict.fromkeys(bases) if base in offered][:count]
    more = [pair for pair in offered.values() if pair not in ours][: count - len(ours)]
    left = [base for base in dict.fromkeys(bases) if base not in offered]
    if left:
        shown = ", ".join(left[:5]) + (" …" if len(left) > 5 else "")
        differences.append(f"not on the paper exchange: {shown}")
    if more:
        differences.append(f"traded beside your own pairs: {', '.join(more)}")
    return (*ours, *more)
