"""A newcomer as a script: see `python -m tools.newcomer`."""
