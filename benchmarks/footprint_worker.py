"""One bot of B-6: imports, builds, buys, loops, and prints what that took, as JSON.

Started as ``python -m benchmarks.footprint_worker ARGUMENTS``; without the plugin's strategy
nothing of riskplugin is imported.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import Any

_TRADES, _LOOPS = 5, 100


def main() -> None:
    """Run the bot that the argument describes."""
    given = json.loads(sys.argv[1])
    begun = time.process_time()
    from benchmarks import bot

    host = time.process_time() - begun
    plugin = _import_plugin() if given["strategy"] == "HoldGuarded" else 0.0
    begun = time.process_time()
    running = bot.start(given)
    started = time.process_time() - begun
    asked = bot.cut_off(running)
    bot.open_trades(running, _TRADES)
    for _ in range(_LOOPS):
        running.process()
    gc.collect()
    _report(
        host_import_s=host,
        import_s=plugin,
        start_s=started,
        memory_mb=bot.private_memory(),
        calls=asked.total(),
        riskplugin=float(any(name.startswith("riskplugin") for name in sys.modules)),
    )
    running.cleanup()


def _import_plugin() -> float:
    """What a guarded strategy imports at its first line, and a live ledger when it opens.

    The garbage collector stands still, as in all measurements: a collection of everything that
    freqtrade has loaded takes longer than the imports, and falls where it happens to fall.
    """
    gc.collect()
    gc.disable()
    begun = time.process_time()
    from riskplugin import RiskMixin  # noqa: F401
    from riskplugin.ledger import sql  # noqa: F401

    took = time.process_time() - begun
    gc.enable()
    return took


def _report(**figures: Any) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
