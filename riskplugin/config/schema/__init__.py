"""The section "risk" as people write it: every key with its default, unit, range and meaning.

One file a group of keys. Percentages stay percentages here; convert.py makes ratios of them. What
keys must not contradict each other is contradictions.py's business.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from riskplugin.config.names import ALWAYS_ENFORCED, MODE_NAMES
from riskplugin.config.schema.alerts import Alerts
from riskplugin.config.schema.breaker import Breaker
from riskplugin.config.schema.control import Control
from riskplugin.config.schema.entries import Emergency, Leverage, Positions, Sizing, Stop
from riskplugin.config.schema.judgement import Day, Levels, Reconciliation, Trust
from riskplugin.config.schema.keys import Keys
from riskplugin.config.schema.ledger import Ledger
from riskplugin.config.schema.watchdog import Watchdog


class Section(Keys):
    """The section "risk" of a freqtrade configuration. Everything is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="riskplugin: section risk")

    sizing: Sizing = Sizing()
    leverage: Leverage = Leverage()
    stop: Stop = Stop()
    positions: Positions = Positions()
    levels: Levels = Levels()
    breaker: Breaker = Breaker()
    emergency: Emergency = Emergency()
    trust: Trust = Trust()
    reconciliation: Reconciliation = Reconciliation()
    day: Day = Day()
    control: Control = Control()
    ledger: Ledger = Ledger()
    alerts: Alerts = Alerts()
    watchdog: Watchdog = Watchdog()
    modes: dict[str, Literal["enforce", "observe"]] = Field(
        default_factory=dict,
        description='rule or trigger → "observe": record what it would do, without enforcing',
        json_schema_extra={
            "default": {},
            "propertyNames": {"enum": [n for n in MODE_NAMES if n not in ALWAYS_ENFORCED]},
        },
    )
