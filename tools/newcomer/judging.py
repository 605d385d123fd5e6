"""What a newcomer may expect of a page: that it is true, and that the bot keeps its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.docs.shell import Ran
from tools.blocks import Block, Page, first_missing

#: The issue's title: from the first command to the first guarded entry.
PROMISED_S = 300.0


@dataclass(frozen=True)
class Way:
    """How far a page led."""

    page: str
    entry_s: float  # from its first command to the first guarded entry
    trouble: str = ""

    @property
    def arrived(self) -> bool:
        """Whether it led to a guarded bot, in time. The installation depends on the network, and
        whoever has freqtrade has most of it: it is told, and not counted.
        """
        return not self.trouble and 0 < self.entry_s <= PROMISED_S


def section(page: Page, heading: str) -> Page:
    """The part of a page below one heading. Raises ValueError where it has no commands."""
    blocks = tuple(block for block in page.blocks if block.section == heading)
    part = Page(f"{page.name}, {heading}", page.stage, blocks)
    if not part.of("sh"):
        raise ValueError(f"{page.name} has no commands under {heading!r}")
    return part


def wrong(block: Block, ran: Ran) -> str:
    """What differs from what the page says, nothing if all is well."""
    missing = first_missing(block.prints, ran.output)
    if ran.code == block.exit and missing is None:
        return ""
    what = f"prints no {missing!r}" if ran.code == block.exit else f"ends with {ran.code}"
    return f"{block.where} {what}:\n{block.text}---\n{ran.output[-3000:]}"


def breaches(status: dict[str, Any], risk: dict[str, Any]) -> list[str]:
    """Which limits the positions of a status exceed, as far as an account's figures can say."""
    equity, held = status["equity"], status["positions"]
    stake = equity * max(risk["sizing"]["base_pct"].values()) / 100
    leverage = max(risk["leverage"]["max"].values())
    notional = equity * risk["breaker"]["exposure"]["warn_pct"] / 100
    found = [f"{p['pair']}: margin {p['stake']}" for p in held if not p["stake"] <= stake * 1.01]
    found += [f"{p['pair']}: {p['leverage']}x" for p in held if not p["leverage"] <= leverage]
    found += [f"{p['pair']}: no stop" for p in held if not p["stop_price"]]
    total = sum(position["notional"] for position in held)
    return found + ([] if total <= notional * 1.01 else [f"exposure {total}"])


def verdict(installed_s: float, ways: Sequence[Way], demo: str) -> tuple[bool, str]:
    """Whether all is well, and all of it in one line. ``demo`` is passed, FAILED or left out."""
    told = [f"installed in {installed_s:.0f} s", *map(_of, ways), f"demo {demo}"]
    fine = all(way.arrived for way in ways) and demo != "FAILED"
    return fine, f"newcomer {'passed' if fine else 'FAILED'}: {'; '.join(told)}"


def _of(way: Way) -> str:
    if way.trouble:
        return f"{way.page} FAILED"
    late = "" if way.arrived else ", TOO LATE"
    return f"{way.page}: first guarded entry after {way.entry_s:.0f} s{late}"
