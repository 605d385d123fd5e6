"""Sends alerts (AL-1, AL-2): threads that deliver what the alert book owes, and the channels.

Decides nothing about risk; what is owed to whom is ``riskplugin.core.alerts``' business.
"""
