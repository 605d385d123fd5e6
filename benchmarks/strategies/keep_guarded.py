"""``Keep`` with riskplugin, in a file of its own: loading the other must not import the plugin."""

from __future__ import annotations

from benchmarks.strategies.keep import Keep
from riskplugin import RiskMixin


class KeepGuarded(RiskMixin, Keep):
    """With riskplugin."""
