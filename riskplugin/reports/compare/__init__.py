"""Backtests side by side: what they were, their marked equity, what was refused, as table and page.

Knows no freqtrade: the adapter runs backtests and hands over plain records.
"""
