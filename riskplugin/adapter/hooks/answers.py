"""What a strategy answers, read as what it is meant to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from riskplugin.core.units import is_number

#: The arguments of a hook by name, and the strategy's own hook.
Kwargs = dict[str, Any]
Own = Callable[..., Any]


def plain(answer: Any) -> Any:
    """numpy's scalars as Python's: what a data frame gives is as good a number as any."""
    return answer.item() if isinstance(answer, np.generic) else answer


def price_of(answer: Any) -> Any:
    """A price, 0 or None. Raises ValueError for what cannot be ordered at."""
    price = plain(answer)
    if price is not None and not (is_number(price) and price >= 0):
        raise ValueError(f"the answer was {price!r}, not a price")
    return price


def is_yes(answer: object) -> bool:
    """True for True, 1 and numpy's True; a text or NaN is no yes."""
    if isinstance(answer, str | float):
        return False
    return bool(answer)
