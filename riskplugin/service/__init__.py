"""The main path: a look at the book or an entry in, an answer out, recorded before it counts."""

from riskplugin.service.service import RiskService

__all__ = ["RiskService"]
