"""Where backtests on made-up candles run. Any folder of strategies, spot and futures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.backtest.runs import Desk, Run
from tests.shapes.candles import BASES, FUTURES, RANGE, SPOT, write


@dataclass
class MadeDesk(Desk):
    """As its base, with its own candles and pairs; ``strategies`` is the folder to load from."""

    strategies: Path = field(default_factory=Path)

    @classmethod
    def at(cls, port: int, folder: Path, strategies: Path) -> MadeDesk:
        """A desk in ``folder``, whose candles are written now."""
        return cls(port, write(folder / "recorded"), folder, strategies)

    def play(self, strategy: str, *, futures: bool = False, **changes: Any) -> Run:
        """One strategy over all candles."""
        return self.play_all([strategy], futures=futures, **changes)[strategy]

    def play_all(
        self, strategies: list[str], *, futures: bool = False, **changes: Any
    ) -> dict[str, Run]:
        """Several strategies in one run; ``changes`` are keys of the configuration."""
        return self.run_all(strategies, RANGE, futures=futures, **changes)

    def config(
        self, strategy: str, timerange: str, *, futures: bool = False, **changes: Any
    ) -> Any:
        """All pairs that there are candles of."""
        changes = {"max_open_trades": len(BASES), **changes}
        config = super().config(strategy, timerange, futures=futures, **changes)
        config["exchange"]["pair_whitelist"] = list(FUTURES if futures else SPOT)
        return config

    def arguments(self, path: Path, strategy: str, timerange: str) -> dict[str, Any]:
        """Strategies come from this desk's folder."""
        given = super().arguments(path, strategy, timerange)
        return given | {"strategy_path": str(self.strategies)}
