"""freqtrade's own backtesting for ``riskplugin compare``: run in a process of its own, watched.

Nothing here runs in a bot.
"""
