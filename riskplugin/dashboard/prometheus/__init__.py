"""The bots' figures for Prometheus: read from their status and their records when asked.

families.py turns what a bot says into metrics, counts.py counts what happened since, exposition.py
makes the text of both, route.py and listener.py serve it.
"""
