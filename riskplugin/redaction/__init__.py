"""Keeps secrets out of what is recorded, logged, told and exported (AU-4).

Two nets: the values that this bot's configuration holds (:func:`redactor_for`), in every form that
errors write them in; and what looks like a secret wherever it comes from (:mod:`patterns`). Knows
no ledger and no freqtrade. Nothing here raises: a text that cannot be cleaned is hidden whole.
"""

from __future__ import annotations

from riskplugin.redaction.configured import redactor_for, secrets_in
from riskplugin.redaction.hush import hush, hushed
from riskplugin.redaction.patterns import MASK
from riskplugin.redaction.redactor import NOBODYS, Redactor

__all__ = ["MASK", "NOBODYS", "Redactor", "hush", "hushed", "redactor_for", "secrets_in"]
