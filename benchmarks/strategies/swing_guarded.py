"""``Swing`` with riskplugin, in a file of its own: loading the other must not import the plugin."""

from __future__ import annotations

from benchmarks.strategies.swing import Swing
from riskplugin import RiskMixin


class SwingGuarded(RiskMixin, Swing):
    """With riskplugin."""
