"""Two bots of one point of a curve, guarded and plain, over the same trades.

Started as ``python -m benchmarks.curve_worker CLOSED OPEN PAIRS``; for each line that it reads it
answers the seconds of CPU that one look, one decision, one loop or the start takes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from freqtrade.persistence import Order, Trade
from sqlalchemy import Table, text

from benchmarks.asked import serve
from benchmarks.desk import Desk
from benchmarks.rounds import timed

_TIMES = {"look": 20, "decide": 40, "loop": 1, "plain": 1}

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
_CLOSED = {
    "is_open": "0",
    "close_date": "open_date",
    "close_rate": "open_rate",
    "close_profit": "0.0",
    "close_profit_abs": "0.0",
    "realized_profit": "0.0",
    "amount": "amount",
}


def main() -> None:
    """Build the bots, say so, and work as often as asked."""
    closed, held, watched = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        desk = Desk(Path(name), watched)
        try:
            desk.hold(held)
            if closed:
                close_behind(closed)
                desk.guarded.process()
                desk.check()
            work = {
                "look": desk.tick,
                "decide": desk.decide,
                "loop": desk.guarded.process,
                "plain": desk.plain.process,
            }
            answers: dict[str, object] = {
                what: lambda what=what, times=times: timed(work[what], times=times)
                for what, times in _TIMES.items()
            }
            serve(
                answers | {f"start-{arm}": lambda arm=arm: desk.starts[arm] for arm in desk.starts}
            )
        finally:
            desk.close()


def close_behind(count: int) -> None:
    """Give the bot ``count`` closed trades without result, an entry order each."""
    session = Trade.session
    (first,) = session.execute(text("SELECT min(id) FROM trades")).one()
    (top,) = session.execute(text("SELECT max(id) FROM trades")).one()
    given = {"count": count, "first": first, "top": top}
    session.execute(text(_copy(Trade.__table__, _CLOSED | {"id": ":top + n.i"}, "id")), given)
    order = {"id": None, "ft_trade_id": ":top + n.i", "order_id": "'closed' || n.i"}
    session.execute(text(_copy(Order.__table__, order, "ft_trade_id")), given)
    session.commit()
    found = session.execute(text("SELECT count(*) FROM trades WHERE is_open = 0")).scalar_one()
    if found != count:
        raise RuntimeError(f"{found} trades are closed, not {count}")


def _copy(table: Table, changed: Mapping[str, str | None], key: str) -> str:
    """The statement that repeats a row; a column that is None gets its own default."""
    names = [c.name for c in table.columns if changed.get(c.name, "") is not None]
    values = [changed.get(name) or f"t.{name}" for name in names]
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) {_NUMBERS} "  # noqa: S608  # our own names
        f"SELECT {', '.join(values)} FROM n, {table.name} t WHERE t.{key} = :first"
    )


if __name__ == "__main__":
    main()
