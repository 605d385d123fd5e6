"""The stand-in where NautilusTrader is missing: what freqtrade itself spends to call any callback.

That is the floor of anything that hangs on a callback, and no risk check: a ratio to it says how a
decision compares with the call that leads to it, not how it compares with a peer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.samples import NOW


def wrapped_callback() -> Callable[[], object]:
    """freqtrade's wrapper made and called around a callback that does nothing, as in each loop."""
    from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

    def callback(*, current_time: object) -> bool:
        return True

    return partial(_wrap_and_call, strategy_safe_wrapper, callback)


def _wrap_and_call(wrapper: Callable[..., Callable[..., object]], callback: object) -> object:
    return wrapper(callback, default_retval=True)(current_time=NOW)
