"""Gathers what is checked: configuration, strategy, people, neighbours; then asks every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from riskplugin.cli.botfiles import (
    load_config,
    load_strategy,
    read_text_config,
)
from riskplugin.cli.console import UsageError
from riskplugin.cli.findings import Finding, Setup, findings, worst_first
from riskplugin.cli.findings.duty import PEOPLE_UNREAD
from riskplugin.cli.findings.limits import RISK_SECTION, STRATEGY_LOAD
from riskplugin.cli.findings.observed import Call, Observed
from riskplugin.cli.findings.setup import IN_MEMORY, Strategy, Venue
from riskplugin.cli.findings.sharing import others_in
from riskplugin.cli.heard import Rehearsed
from riskplugin.cli.rehearsing import Rehearsal
from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.control.people import Person, open_people
from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor, redactor_for


def look(
    files: list[Path], userdir: Path, strategy: str | None, *, limit: float | None
) -> list[Finding]:
    """All findings, the worst first. ``limit`` None: the strategy is read and not run."""
    if limit is None:
        return look_with(files, userdir, strategy, _read)
    with Rehearsal() as child:  # it gets ready while we read
        return look_with(files, userdir, strategy, lambda settings: child.play(settings, limit))


def look_with(
    files: list[Path],
    userdir: Path,
    strategy: str | None,
    rehearse: Callable[[dict[str, Any]], Rehearsed],
) -> list[Finding]:
    """As :func:`look`; ``rehearse`` tells what the strategy of the settings it is given does."""
    settings = load_config(files, userdir)
    redactor = redactor_for(settings)
    risk, found = _risk(settings, redactor)
    if strategy:
        settings["strategy"] = strategy
    people, unread = _people(risk, settings)
    own, others = _files(settings, files)
    told = _cleaned(rehearse(settings), redactor)
    if settings.get("strategy") and not told.facts:
        unread += list(_unloaded(told.seen))
    setup = Setup(
        {**settings, **told.facts.get("settings", {})},
        risk,
        strategy=_strategy(told.facts) if told.facts else None,
        people=people,
        files=list(own),
        own=own,
        others=others,
        venue=Venue(*told.stops),
        refused=told.refused,
        seen=told.seen,
    )
    return worst_first([*found, *unread, *findings(setup)])


def _risk(settings: dict[str, Any], redactor: Redactor) -> tuple[RiskConfig | None, list[Finding]]:
    """The section, or what is wrong with it."""
    try:
        return parse(settings.get("risk", {})), []
    except ConfigError as error:
        return None, [
            RISK_SECTION.found(redactor.clean(f"was {p.was}, {p.must}"), where=p.path, mend=p.mend)
            for p in error.problems
        ]


def _read(settings: dict[str, Any]) -> Rehearsed:
    """The strategy as it is loaded; nothing of it is called."""
    from riskplugin.adapter.rehearsal.facts import facts_of
    from riskplugin.adapter.rehearsal.starting import refused, stops_of

    able, types = stops_of(settings)
    stops = (able, tuple(types))
    if not settings.get("strategy"):
        return Rehearsed({}, "", stops, Observed())
    try:
        facts = facts_of(load_strategy(settings["strategy"], dict(settings)))
    except UsageError as error:
        failed = Call("strategy", "when it is loaded", error=str(error))
        return Rehearsed({}, "", stops, Observed(calls=(failed,)))
    return Rehearsed(facts, refused({**settings, **facts["settings"]}), stops, Observed())


def _cleaned(told: Rehearsed, redactor: Redactor) -> Rehearsed:
    """Without secrets in what others have worded: freqtrade's refusals, the strategy's errors."""
    clean = redactor.clean
    calls = (replace(c, error=clean(c.error), shown=clean(c.shown)) for c in told.seen.calls)
    denied = (replace(d, detail=clean(d.detail)) for d in told.seen.denied)
    seen = replace(told.seen, calls=tuple(calls), denied=tuple(denied))
    return replace(told, refused=clean(told.refused), seen=seen)


def _unloaded(seen: Observed) -> Iterator[Finding]:
    for call in seen.of("strategy"):
        if call.error and not call.ends_process:
            place = f" ({call.place})" if call.place else ""
            yield STRATEGY_LOAD.found(f"freqtrade cannot load it: {call.error}{place}")


def _strategy(facts: dict[str, Any]) -> Strategy:
    return Strategy(
        name=facts["name"],
        guarded=facts["guarded"],
        overrides=frozenset(facts["overrides"]),
        constants=tuple(facts["constants"]),
        protections=tuple(facts["protections"]),
        sends_messages=facts["sends_messages"],
        freqai=facts["freqai"],
    )


def _people(
    risk: RiskConfig | None, settings: dict[str, Any]
) -> tuple[list[Person], list[Finding]]:
    """Who is registered in the bot's ledger, or why that cannot be read."""
    if risk is None or risk.ledger_url in IN_MEMORY:
        return [], []
    user_data, redactor = Path(settings["user_data_dir"]), redactor_for(settings)
    try:
        return open_people(risk, user_data, redactor).everybody(), []
    except LedgerError as error:
        return [], [PEOPLE_UNREAD.found(f"Who is registered cannot be read: {error}")]


def _files(
    settings: Mapping[str, Any], files: list[Path]
) -> tuple[dict[Path, dict[str, Any]], dict[Path, dict[str, Any]]]:
    """What each file of this bot holds alone, and the other configurations beside them."""
    named = [Path(each) for each in settings.get("config_files") or files]
    own = {path: _content(path) for path in named}
    known = {path.resolve() for path in named}
    folders = {path.parent.resolve() for path in named} | {Path(settings["user_data_dir"])}
    beside = {path for folder in folders for path in others_in(folder, known)}
    return own, {path: content for path in beside if (content := _content(path))}


def _content(path: Path) -> dict[str, Any]:
    """A file's own keys; none where it is no configuration."""
    try:
        return read_text_config(path)
    except (UsageError, OSError):
        return {}
