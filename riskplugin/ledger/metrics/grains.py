"""The tables that a series of metrics is spread over, and the columns that they share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal_column

from riskplugin.ledger.store.tables import SERIES, metrics, rollups

#: Seconds of a rolled-up row.
MINUTE, HOUR = 60, 3600

#: What a moment's own values are called in a rolled-up row.
_ALONE: dict[str, ColumnElement[Any]] = {
    "samples": literal_column("1").label("samples"),
    "equity_low": metrics.c.equity.label("equity_low"),
    "equity_high": metrics.c.equity.label("equity_high"),
}

#: The columns SERIES of a row as it was taken.
RAW_COLUMNS = [_ALONE[name] if name in _ALONE else metrics.c[name] for name in SERIES]

#: The same of a minute or an hour.
ROLLED_COLUMNS = [rollups.c[name] for name in SERIES]
