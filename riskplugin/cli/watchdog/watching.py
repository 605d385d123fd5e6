"""riskplugin watchdog: round after round until a signal, or one look."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

import typer
from rich.markup import escape

from riskplugin.alerts.channels import sinks_of
from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import FAILED, UsageError, config_files, out, print_json
from riskplugin.cli.desk import bot_name
from riskplugin.config import parse
from riskplugin.core.alerts.tellings import Raise
from riskplugin.redaction import redactor_for
from riskplugin.watchdog.alone import AnotherError
from riskplugin.watchdog.dog import Watchdog
from riskplugin.watchdog.plan import PlanError, WatchPlan
from riskplugin.watchdog.telegram import telegram_of

_ACTIONS = {
    "alert": "people are told",
    "rest": "people are told, and its REST is asked to close",
    "exchange": "people are told, its REST is asked to close, and if nobody answers the book is "
    "closed at the exchange",
}


def plan_for(config: list[Path] | None, userdir: Path, interval: float | None) -> WatchPlan:
    """The bot of this configuration. Raises UsageError when what it names is not there."""
    loaded = load_config(config_files(config, userdir), userdir)
    risk = parse(loaded.get("risk") or {})
    every = risk.watchdog.interval if interval is None else timedelta(seconds=interval)
    plan = WatchPlan(
        bot=bot_name(loaded),
        risk=risk,
        config=loaded,
        user_data=Path(loaded["user_data_dir"]),
        redactor=redactor_for(loaded),
        interval=every,
    )
    try:
        more = {"watchdog": {"secret": plan.secrets()}}
    except PlanError as error:
        raise UsageError(str(error)) from error
    return plan.with_redactor(redactor_for(loaded, more=more))


def watch(plan: WatchPlan, heartbeat: str | None) -> None:
    """Until a signal comes. Raises UsageError when somebody else watches this bot."""
    with _dog(plan, heartbeat) as dog:
        out().print(
            f"watching [bold]{escape(plan.bot)}[/] every {plan.interval.total_seconds():g} s; "
            f"when it is silent with positions open: {_ACTIONS[plan.settings.action]}",
            soft_wrap=True,
        )
        with _ended_by_signal(dog):
            dog.run()


def look_once(plan: WatchPlan, heartbeat: str | None, *, as_json: bool) -> None:
    """One look, told on the terminal too; exit 1 when something is wrong."""
    with _dog(plan, heartbeat) as dog:
        found = dog.round(once=True)
    if as_json:
        print_json({"bot": plan.bot, "findings": [_row(each) for each in found]})
    else:
        console = out()
        for each in found:
            colour = "bold red" if each.severity == "critical" else "yellow"
            console.print(f"[{colour}]{each.severity}[/] {escape(each.said)}", soft_wrap=True)
        if not found:
            console.print(f"[green]all is well with {escape(plan.bot)}[/]")
    if found:
        raise typer.Exit(FAILED)


def _row(found: Raise) -> dict[str, str]:
    return {"name": found.name, "severity": str(found.severity), "text": found.said}


@contextmanager
def _dog(plan: WatchPlan, heartbeat: str | None) -> Iterator[Watchdog]:
    try:
        sinks = {**sinks_of(plan.risk), **telegram_of(plan.config)}
        dog = Watchdog(plan, sinks, heartbeat=heartbeat)
        try:
            yield dog
        finally:
            dog.close()
    except AnotherError as error:
        raise UsageError(str(error)) from error


@contextmanager
def _ended_by_signal(dog: Watchdog) -> Iterator[None]:
    """A round that is under way is finished: it may be in the middle of closing a book."""

    def stop(number: int, frame: FrameType | None) -> None:
        dog.stop()

    before = {n: signal.signal(n, stop) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
