"""The same end-to-end tests against several releases of freqtrade: `python -m tools.versions`."""
