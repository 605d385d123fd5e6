"""freqtrade protections: the visible second layer. Locks for /locks, FreqUI and hyperopt (PR-1).

freqtrade asks a protection when an exit has filled, and never otherwise; so no limit relies on one.
"""
