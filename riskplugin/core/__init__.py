"""The pure heart: figures in, decisions out. Standard library only; no clock, no randomness, no
I/O.
"""
