"""The forms of an export: each takes records one after the other and keeps no more than a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import BinaryIO, NamedTuple

from riskplugin.cli.audit.columns import COLUMNS, Row, row
from riskplugin.cli.audit.lines import line
from riskplugin.cli.console import UsageError
from riskplugin.ledger.record import Record
from riskplugin.reports.files import CannotWrite
from riskplugin.reports.tables import write_csv, write_parquet

#: Records that are read at a time.
BATCH = 2_000


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
    return write_csv(_rows(told), COLUMNS, file)


def _parquet(told: Iterable[Told], file: BinaryIO) -> int:
    try:
        return write_parquet(_rows(told), COLUMNS, file)
    except CannotWrite as error:
        raise UsageError(str(error)) from error


def _rows(told: Iterable[Told]) -> Iterator[Row]:
    return (row(each.bot, each.record) for each in told)


_WRITERS = {Format.JSONL: _jsonl, Format.CSV: _csv, Format.PARQUET: _parquet}
