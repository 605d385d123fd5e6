"""One sentence for people about each kind of event, with the figures that matter.

One file a subject, as events are.
"""

from __future__ import annotations

from riskplugin.cli.audit.telling import account, alerts, breaker, life, limits, orders, people
from riskplugin.cli.audit.telling.colours import style
from riskplugin.cli.audit.telling.orders import answered
from riskplugin.cli.audit.telling.sentences import told

__all__ = ["SUBJECTS", "answered", "style", "told"]

#: The modules that fill the table of sentences.
SUBJECTS = (account, alerts, breaker, life, limits, orders, people)
