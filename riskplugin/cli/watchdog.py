"""riskplugin watchdog: a process of its own that looks after the bot."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import LedgerOption, bot_name, desk

if TYPE_CHECKING:
    from riskplugin.core.alerts.tellings import Raise
    from riskplugin.watchdog.dog import Watchdog
    from riskplugin.watchdog.plan import WatchPlan


class What(StrEnum):
    """What to do."""

    RUN = "run"
    STATUS = "status"


@plain_errors
def watchdog(
    what: Annotated[
        What, typer.Argument(help="run; or status: when it looked last, and what it saw")
    ] = What.RUN,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    interval: Annotated[
        float | None, typer.Option(help="Seconds between two looks.", min=0.2, max=3600)
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Look once, verify everything, act never; exit 1 or 0.")
    ] = False,
    heartbeat: Annotated[
        str | None,
        typer.Option(
            envvar="RISKPLUGIN_HEARTBEAT_URL",
            help="An address to call each round, of a service that misses the calls.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Watch a bot: tell people when it is silent, and close its book where that is configured."""
    if what is What.STATUS:
        _status(config, userdir, ledger, as_json=as_json)
        return
    if heartbeat is not None and not heartbeat.startswith(("http://", "https://")):
        raise UsageError("--heartbeat is an address of http or https")
    plan = _plan(config, userdir, interval)
    with _dog(plan, heartbeat) as dog:
        if once:
            _once(dog, plan, as_json=as_json)
        else:
            _run(dog, plan)


def _run(dog: Watchdog, plan: WatchPlan) -> None:
    from riskplugin.watchdog.dog import AnotherError

    settings = plan.settings
    out().print(
        f"watching [bold]{escape(plan.bot)}[/] every {plan.interval.total_seconds():g} s; "
        f"when it is silent with positions open: {_ACTIONS[settings.action]}",
        soft_wrap=True,
    )
    with _ended_by_signal(dog):
        try:
            dog.run()
        except AnotherError as error:
            raise UsageError(str(error)) from error


_ACTIONS = {
    "alert": "people are told",
    "rest": "people are told, and its REST is asked to close",
    "exchange": "people are told, its REST is asked to close, and if nobody answers the book is "
    "closed at the exchange",
}


def _once(dog: Watchdog, plan: WatchPlan, *, as_json: bool) -> None:
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


def _plan(config: list[Path] | None, userdir: Path, interval: float | None) -> WatchPlan:
    """The bot of this configuration. Raises UsageError when what it names is not there."""
    from riskplugin.cli.botfiles import load_config
    from riskplugin.config import parse
    from riskplugin.redaction import redactor_for
    from riskplugin.watchdog.plan import PlanError, WatchPlan

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


@contextmanager
def _dog(plan: WatchPlan, heartbeat: str | None) -> Iterator[Watchdog]:
    from riskplugin.alerts.channels import sinks_of
    from riskplugin.watchdog.dog import AnotherError, Watchdog

    try:
        dog = Watchdog(plan, sinks_of(plan.risk), heartbeat=heartbeat)
    except AnotherError as error:
        raise UsageError(str(error)) from error
    try:
        yield dog
    finally:
        dog.close()


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


def _status(config: list[Path] | None, userdir: Path, ledger: str | None, *, as_json: bool) -> None:
    """Exit 1 when the watchdog does not look, or sees something."""
    from riskplugin.watchdog import chain_of

    with desk(config, userdir, ledger=ledger, bot=None) as at:
        told = at.reader.status(chain_of(at.bot))
    if told is None:
        raise UsageError(f"{at.bot} has never had a watchdog: start it with riskplugin watchdog")
    age = (datetime.now(UTC) - datetime.fromisoformat(told["at"])).total_seconds()
    asleep = age > 3 * float(told["interval_s"]) + 5
    if as_json:
        print_json({**told, "age_s": round(age, 1), "asleep": asleep})
    else:
        _show(told, at.bot, age, asleep=asleep)
    if asleep or told["findings"]:
        raise typer.Exit(FAILED)


def _show(told: dict[str, Any], bot: str, age: float, *, asleep: bool) -> None:
    console = out()
    state = "[bold red]DOES NOT LOOK[/]" if asleep else "[green]watches[/]"
    console.print(
        f"the watchdog of [bold]{escape(bot)}[/] {state}: it looked {age:.0f} s ago, "
        f"verified {told['records_verified']} records, action {told['action']}",
        soft_wrap=True,
    )
    for each in told["findings"]:
        colour = "bold red" if each["severity"] == "critical" else "yellow"
        console.print(f"  [{colour}]{each['severity']}[/] {escape(each['text'])}", soft_wrap=True)
    if not told["findings"]:
        console.print("  it saw nothing wrong")
