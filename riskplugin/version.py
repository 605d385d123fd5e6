"""The version, for whoever records or shows it."""

__version__ = "0.1.0"
