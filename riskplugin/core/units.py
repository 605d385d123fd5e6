"""Units as types, and the one test for a usable number. Knows nothing of rules or accounts."""

from __future__ import annotations

import math
from typing import NewType

Ratio = NewType("Ratio", float)
"""A fraction: 0.05 is 5 %. Losses and distances are positive."""

Quote = NewType("Quote", float)
"""An amount of stake currency."""

#: Two floats that differ by less than this share are the same figure.
EPSILON = 1e-9


def is_number(value: object) -> bool:
    """True for a finite int or float; a bool, NaN, an infinity or anything else is not a number.

    >>> [is_number(v) for v in (1, 0.5, True, float("nan"), float("inf"), "1", None)]
    [True, True, False, False, False, False, False]
    """
    if type(value) is float:
        return math.isfinite(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
