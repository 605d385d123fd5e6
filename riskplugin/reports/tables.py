"""Rows to a file, by its suffix: CSV, JSON or Parquet, however many rows there are."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from riskplugin.reports.files import CannotWrite, possible, whole

Row = Mapping[str, object]
#: The columns of a table and what each holds: str, int, float, bool or datetime.
Columns = Mapping[str, type]

#: Rows that are held in memory at a time.
BATCH = 5_000
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: The same behind what some spreadsheets take for the end of a cell, even within quotes.
_LATER = re.compile(rf"([;\t]\s*)(?=[{re.escape(''.join(_FORMULA))}])")


def write(
    rows: Iterable[Row], path: Path, *, columns: Columns | None = None, force: bool = False
) -> int:
    """Write ``rows`` to ``path`` in the form that its suffix names; how many there were.

    Without ``columns`` they are those of the first rows. A value that does not fit its column is
    left out. Moments are in UTC. Raises CannotWrite.
    """
    writer = writer_for(path, force=force)
    given = iter(rows)
    if columns is None:
        first = list(islice(given, BATCH))
        columns, given = _columns_of(first), chain(first, given)
    with whole(path, force=force) as file:
        return writer((_fitted(row, columns) for row in given), columns, file)


def writer_for(path: Path, *, force: bool = False) -> Writer:
    """What writes ``path``. Raises CannotWrite: asked before long work."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise CannotWrite(f"{path} must end in {', '.join(_WRITERS)}: it says how to write it")
    possible(path, force=force)
    return writer


def _columns_of(rows: list[Row]) -> Columns:
    made: dict[str, type] = {}
    for row in rows:
        for name, value in row.items():
            if value is None:
                continue
            kind = _kind_of(value)
            known = made.setdefault(name, kind)
            made[name] = known if known is kind else _common(known, kind)
    return {name: made.get(name, str) for row in rows for name in row}


def _kind_of(value: object) -> type:
    for kind in (bool, int, float, datetime):
        if isinstance(value, kind):
            return kind
    return str


def _common(one: type, other: type) -> type:
    return float if {one, other} == {int, float} else str


def _fitted(row: Row, columns: Columns) -> dict[str, Any]:
    return {name: _fit(row.get(name), kind) for name, kind in columns.items()}


def _fit(value: object, kind: type) -> Any:
    """``value`` as a column of ``kind`` takes it, None when it cannot."""
    if value is None:
        return None
    if kind is str:
        return _text(value)
    if kind is datetime:
        aware = isinstance(value, datetime) and value.utcoffset() is not None
        return value.astimezone(UTC) if aware else None  # type: ignore[attr-defined]
    if kind is bool:
        return value if isinstance(value, bool) else None
    return _number(value, kind)


def _number(value: object, kind: type) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind is int:
        return value if isinstance(value, int) and abs(value) < 2**63 else None
    try:
        figure = float(value)
    except OverflowError:
        return None
    return figure if math.isfinite(figure) else None


def _text(value: object) -> str:
    """Text that UTF-8 holds."""
    if isinstance(value, datetime | date):
        text = value.isoformat()
    elif isinstance(value, timedelta):
        text = str(value.total_seconds())
    else:
        text = str(value)
    return text.encode(errors="backslashreplace").decode()


def write_csv(rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
    """Write rows that fit ``columns`` to an open file; how many there were."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    count = 0
    try:
        writer = csv.writer(text)
        writer.writerow([_cell(name) for name in columns])
        for count, row in enumerate(rows, 1):  # noqa: B007  # the last count is the answer
            writer.writerow([_cell(value) for value in row.values()])
    finally:
        text.detach()  # the file is not ours to close
    return count


def _cell(value: object) -> Any:
    """A value as a spreadsheet may have it: text never begins a formula."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case str():
            later = _LATER.sub(r"\1'", value)
            return f"'{later}" if value.lstrip().startswith(_FORMULA) else later
    return value


def _json(rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
    """A list with one object per line, so that it can be read line by line, too."""
    del columns
    count = 0
    for count, row in enumerate(rows, 1):  # the last count is the answer
        file.write(b"[\n" if count == 1 else b",\n")
        file.write(orjson.dumps(row))
    file.write(b"\n]\n" if count else b"[]\n")
    return count


def write_parquet(rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
    """The same as Parquet. Raises CannotWrite where pyarrow is missing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise CannotWrite("Parquet needs pyarrow: pip install pyarrow") from error
    kinds = {
        str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    given = iter(rows)
    while batch := list(islice(given, BATCH)):
        yield batch


Writer = Callable[[Iterable[Row], Columns, BinaryIO], int]

_WRITERS: dict[str, Writer] = {
    ".csv": write_csv,
    ".json": _json,
    ".parquet": write_parquet,
}
