"""What people see and order over HTTP: the routes of the REST interface and the page /risk.

The same routes stand in the bot's own API server (adapter/doors) and in `riskplugin dashboard`
(server.py); both give them an :class:`~riskplugin.dashboard.office.Office`. Knows no freqtrade.
"""
