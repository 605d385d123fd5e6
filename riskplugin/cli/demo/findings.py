"""The result of a run as plain figures: the bots side by side, the checks, the milestones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from riskplugin.cli.demo.checks import Check, check_all
from riskplugin.cli.demo.evidence import Evidence
from riskplugin.cli.demo.orderlog import Order, read
from riskplugin.cli.demo.stage import BALANCE, RISK, SLOTS, Bot
from riskplugin.cli.demo.story import Story
from riskplugin.cli.demo.tape import Tape
from riskplugin.cli.demo.watch import Watch
from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.core.verdict import Deny


@dataclass(frozen=True, kw_only=True)
class Column:
    """One bot in the comparison. Ratios are ratios; None where there is nothing to say."""

    title: str
    equity: float
    result: float
    max_drawdown: float
    max_margin: float
    max_leverage: float
    max_exposure: float | None
    entries: int
    exits: int
    liquidations: int | None
    halted_s: float | None
    refused: dict[str, int] | None


@dataclass(frozen=True)
class Findings:
    """What the run has shown."""

    seed: int
    seconds: float
    columns: dict[str, Column]
    checks: list[Check]
    milestones: dict[str, float]

    @property
    def passed(self) -> bool:
        """Every check passed."""
        return all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "passed": self.passed,
            "seed": self.seed,
            "seconds": self.seconds,
            "bots": {key: asdict(column) for key, column in self.columns.items()},
            "checks": [asdict(check) | {"passed": check.passed} for check in self.checks],
            "milestones": self.milestones,
        }


def findings(watch: Watch, story: Story, *, seed: int) -> Findings:
    """Read the order log back from the exchange and judge; the bots have ended, it has not."""
    orders = {bot.key: read(watch.control.orders(bot.key)) for bot in watch.bots}
    evidence = {
        key: Evidence(
            orders=orders[key],
            events=tuple(journal.events),
            tape=watch.tapes[key],
            policy=parse(RISK).policy,
            slots=SLOTS,
        )
        for key, journal in watch.journals.items()
    }
    columns = {
        bot.key: _column(bot, watch.tapes[bot.key], orders[bot.key], evidence.get(bot.key))
        for bot in watch.bots
    }
    checks = check_all(evidence["live"])
    return Findings(seed, round(watch.elapsed, 1), columns, checks, story.milestones)


def _column(bot: Bot, tape: Tape, orders: Sequence[Order], evidence: Evidence | None) -> Column:
    equity = tape.samples[-1].equity if tape.samples else float(BALANCE)
    exposure = tape.max_exposure
    entries, exits, liquidations = _counts(bot, orders, evidence)
    return Column(
        title=bot.title,
        equity=equity,
        result=equity / BALANCE - 1,
        max_drawdown=tape.max_drawdown,
        max_margin=_largest_margin(bot, orders, evidence),
        max_leverage=tape.max_leverage,
        max_exposure=exposure if math.isfinite(exposure) else None,
        entries=entries,
        exits=exits,
        liquidations=liquidations,
        halted_s=None if evidence is None else round(evidence.halted(datetime.now(UTC)), 1),
        refused=None if evidence is None else _refused(evidence),
    )


def _counts(
    bot: Bot, orders: Sequence[Order], evidence: Evidence | None
) -> tuple[int, int, int | None]:
    """Entry and exit orders and liquidations; a dry run is known from the ledger alone."""
    if bot.dry_run and evidence is not None:
        sent = [e for e in evidence.events if isinstance(e, ev.OrderSent)]
        exits = sum(e.reduces for e in sent)
        return len(sent) - exits, exits, None
    forced = sum(o.origin == "liquidation" for o in orders)
    exits = sum(o.reduces and o.origin != "liquidation" for o in orders)
    return sum(o.entry for o in orders), exits, forced


def _largest_margin(bot: Bot, orders: Sequence[Order], evidence: Evidence | None) -> float:
    """The most that one entry bound, at the order's own price."""
    if bot.dry_run and evidence is not None:
        sent = [e for e in evidence.events if isinstance(e, ev.OrderSent) and not e.reduces]
        return max((e.notional / e.leverage for e in sent), default=0.0)
    return max((o.quantity * o.limit / o.leverage for o in orders if o.entry), default=0.0)


def _refused(evidence: Evidence) -> dict[str, int]:
    """Refusals by rule; the same one of a pair is recorded once a minute."""
    rules: Counter[str] = Counter()
    for event in evidence.events:
        if isinstance(event, ev.EntryDecided) and isinstance(event.decision.binding, Deny):
            rules[event.decision.binding.reason.rule] += 1
    return dict(rules.most_common())
