"""What freqtrade's backtest cache must know: the plugin's version and every source of the strategy.

The cache compares configuration and the strategy's own file only; a guarded class of three lines
would be served the results of an older parent.
"""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path

from riskplugin.version import __version__


def fingerprint(strategy: type) -> dict[str, str]:
    """Version of the plugin, and a hash over the files of all bases outside freqtrade."""
    digest = hashlib.sha256()
    for base in strategy.__mro__:
        if base.__module__.partition(".")[0] not in ("builtins", "abc", "freqtrade", "riskplugin"):
            digest.update(_source(base))
    return {"version": __version__, "sources": digest.hexdigest()[:16]}


def _source(base: type) -> bytes:
    try:
        return Path(inspect.getfile(base)).read_bytes()
    except (OSError, TypeError):
        return base.__qualname__.encode()
