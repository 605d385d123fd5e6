"""What lies here is imported by freqtrade only, where FreqAI's own packages are installed."""

collect_ignore = ["user_strategies"]
