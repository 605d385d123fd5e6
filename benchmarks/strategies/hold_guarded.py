"""``Hold`` with riskplugin, in a file of its own: loading the other must not import the plugin."""

from __future__ import annotations

from benchmarks.strategies.hold import Hold
from riskplugin import RiskMixin


class HoldGuarded(RiskMixin, Hold):
    """With riskplugin."""
