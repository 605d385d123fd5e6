"""Limits while the bot runs: what holds, who may change it, and what waits for a second person."""

from __future__ import annotations

from riskplugin.control.limits.headroom import fresh, headroom
from riskplugin.control.limits.holding import Holding
from riskplugin.control.limits.running import RunningLimits

__all__ = ["Holding", "RunningLimits", "fresh", "headroom"]
