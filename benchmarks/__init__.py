"""Ratios against baselines that are measured in the same run: ``python -m benchmarks``."""
