"""riskplugin report: what a bot did in a period, as one file for people, or as JSON."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskplugin.cli.audit.settings import settings
from riskplugin.cli.audit.telling import told as sentence
from riskplugin.cli.audit.trust import kept_copies, key_of, own_keys
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    err,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, Desk, LedgerOption, desk
from riskplugin.cli.report_said import say
from riskplugin.core.policy import DayPolicy

if TYPE_CHECKING:
    from riskplugin.reports.gather import Ask, Told

FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="WHEN", help="2026-03, 2026-03-01, a time, how long ago: 30d."),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="WHEN", help="A month or day counts whole; else now.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]

#: What a report is about when nobody says so.
USUAL = timedelta(days=30)


class Form(StrEnum):
    """How a report is written."""

    HTML = "html"
    JSON = "json"


@plain_errors
def report(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    begin: FromOption = None,
    end: ToOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The file; else a name is made up."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="html, or json for programs.")] = Form.HTML,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    public_key: Annotated[
        list[str] | None,
        typer.Option("--public-key", metavar="KEY", help="A key to trust, as file or text."),
    ] = None,
    copies: Annotated[
        Path | None,
        typer.Option("--copies", metavar="FILE", help="Checkpoints kept elsewhere, as JSON lines."),
    ] = None,
    force: ForceOption = False,
) -> None:
    """What a bot did in a period: performance, breaches, decisions, people, audit.

    One HTML file that needs no other and prints well.
    Exit code 1 when the ledger is not sound, or parts of it cannot be read.
    """
    from riskplugin.reports.gather import Ask, gather
    from riskplugin.reports.period import Period

    kept = settings(config, userdir)
    notes: list[str] = []
    trusted = [key_of(each) for each in public_key or []] or own_keys(kept, notes)
    elsewhere = kept_copies(copies, kept, notes)
    now = datetime.now(UTC)
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        days = days_of(at, now)
        since, until = span(begin, end, days, now)
        ask = Ask(
            bot=at.bot,
            period=Period(since, until),
            begin=since,
            end=until,
            days=days,
            now=now,
            currency=at.currency,
            tell=sentence,
            trusted=trusted,
            copies=[each for each in elsewhere if each.bot == at.bot],
        )
        target = None if as_json else file or _name(ask, form)
        _possible(target, form, force=force)
        with err().status("reading the records, verifying the ledger …"):
            told = gather(at.reader, ask)
    if target is None:
        typer.echo(_text(told, Form.JSON, notes).encode(errors="backslashreplace"))
    else:
        _write(target, _text(told, form, notes), force=force)
        say(told, target)
    if told.unknown or told.verified is None or not told.verified.sound:
        raise typer.Exit(FAILED)


def days_of(at: Desk, now: datetime) -> DayPolicy:
    """When the bot's days begin, by its own records; UTC midnight where they do not say."""
    from riskplugin.reports.in_force import days_at

    return days_at(at.reader, at.bot, now) or DayPolicy()


def span(
    begin: str | None, end: str | None, days: DayPolicy, now: datetime
) -> tuple[datetime, datetime]:
    """The period that the options mean, never beyond now. Raises UsageError."""
    from riskplugin.reports.period import begin_of, end_of

    try:
        until = now if end is None else min(end_of(end, days, now), now)
        since = until - USUAL if begin is None else begin_of(begin, days, now)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not since < until:
        raise UsageError(
            f"the period ends ({until:%Y-%m-%d %H:%M} UTC) before it begins "
            f"({since:%Y-%m-%d %H:%M} UTC)"
        )
    return since, until


def _name(ask: Ask, form: Form) -> Path:
    """A file in this folder; the bot's name is somebody else's word."""
    bot = re.sub(r"[^A-Za-z0-9._-]+", "_", ask.bot)[:60].strip(".") or "bot"
    zone, last = ask.days.timezone, ask.end - timedelta(microseconds=1)
    days = f"{ask.begin.astimezone(zone):%Y-%m-%d}_{last.astimezone(zone):%Y-%m-%d}"
    return Path(f"risk-report-{bot}-{days}.{form}")


def _possible(target: Path | None, form: Form, *, force: bool) -> None:
    """Asked before the long work. Raises UsageError."""
    from riskplugin.reports.files import CannotWrite, possible
    from riskplugin.reports.plotly_script import NoChartScript, script

    if target is None:
        return
    try:
        possible(target, force=force)
        if form is Form.HTML:
            script()
    except (CannotWrite, NoChartScript) as error:
        raise UsageError(str(error)) from error


def _text(told: Told, form: Form, notes: list[str]) -> str:
    from riskplugin.reports.report_json import plain
    from riskplugin.reports.report_page import html

    if form is Form.JSON:
        return json.dumps(_finite(plain(told)), indent=2, ensure_ascii=False, default=_told)
    return html(told, notes=notes)


def _finite(value: Any) -> Any:
    """``value`` without figures that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value


def _told(value: object) -> object:
    """What JSON does not know: moments as text, lengths of time in seconds."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else str(value)


def _write(target: Path, text: str, *, force: bool) -> None:
    from riskplugin.reports.files import CannotWrite, whole

    try:
        with whole(target, force=force) as file:
            file.write(text.encode(errors="backslashreplace"))
    except CannotWrite as error:
        raise UsageError(str(error)) from error
