"""Alerts as values (AL-1, AL-3): what raises one, who is owed which message, when one climbs.

Pure: :mod:`book` is what is known of the alerts (a part of the risk state, folded from events),
:mod:`tellings` says what each event means for people, :mod:`rules` makes events of it, and
:mod:`wording` the messages. The threads that send them are in ``riskplugin.alerts``.
"""
