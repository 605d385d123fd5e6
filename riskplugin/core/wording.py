"""Figures as people read them, for the texts of reasons and triggers. Knows no limit, no rule."""

from __future__ import annotations


def percent(ratio: float) -> str:
    """A ratio in percent with at most two decimals.

    >>> percent(0.152), percent(0.15), percent(1.23456), percent(float("inf"))
    ('15.2 %', '15 %', '123.46 %', 'inf %')
    """
    return f"{round(ratio * 100, 2):g} %"


def points(value: float) -> str:
    """A score with at most one decimal.

    >>> points(83.6722), points(80.0)
    ('83.7', '80')
    """
    return f"{round(value, 1):g}"


def figure(value: float) -> str:
    """An amount, count or price with six significant digits, from a million on in whole numbers.

    >>> figure(1234.5678), figure(6.6666666), figure(0.00012), figure(3), figure(12345678.9)
    ('1234.57', '6.66667', '0.00012', '3', '12345679')
    """
    return f"{value:.6g}" if -1e6 < value < 1e6 else f"{value:.0f}"
