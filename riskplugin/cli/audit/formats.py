"""The forms of an export: each takes records one after the other and keeps no more than a batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from riskplugin.cli.audit.columns import COLUMNS, Row, row
from riskplugin.cli.audit.lines import line
from riskplugin.cli.console import UsageError
from riskplugin.ledger.record import Record

#: Records that are held in memory at a time.
BATCH = 2_000
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Format(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Told(NamedTuple):
    """A record, whose it is, and the hash it follows."""

    bot: str
    record: Record
    before: bytes


def write(form: Format, told: Iterable[Told], file: BinaryIO) -> int:
    """Write every record to ``file``; how many there were."""
    return _WRITERS[form](told, file)


def _jsonl(told: Iterable[Told], file: BinaryIO) -> int:
    count = 0
    for count, each in enumerate(told, 1):  # noqa: B007  # the last count is the answer
        file.write(line(each.bot, each.record, each.before) + b"\n")
    return count


def _csv(told: Iterable[Told], file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    count = 0
    try:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for count, each in enumerate(told, 1):  # noqa: B007  # the last count is the answer
            made = row(each.bot, each.record)
            writer.writerow([_cell(value) for value in made.values()])
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
        case str() if value.lstrip().startswith(_FORMULA):
            return f"'{value}"
    return value


def _parquet(told: Iterable[Told], file: BinaryIO) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install pyarrow") from error
    kinds = {
        str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(told):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _batches(told: Iterable[Told]) -> Iterator[list[Row]]:
    rows = (row(each.bot, each.record) for each in told)
    while batch := list(islice(rows, BATCH)):
        yield batch


_WRITERS = {Format.JSONL: _jsonl, Format.CSV: _csv, Format.PARQUET: _parquet}
