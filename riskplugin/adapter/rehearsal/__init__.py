"""A strategy's callbacks run once in a process of their own, for riskplugin check (CF-6).

Nothing trades and nothing is kept: seeded candles, an exchange that stands still, a database in
memory, no network, no files. What is seen goes to the caller line by line; it judges.
"""
