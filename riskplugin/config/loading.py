"""The section "risk", read once: strict, frozen, with everything that is wrong said at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskplugin.config.contradictions import contradictions
from riskplugin.config.convert import alert_plan_of, policy_of
from riskplugin.config.errors import ConfigError, Problem
from riskplugin.config.messages import ROOT, mask, problem_of, shown
from riskplugin.config.schema import Section
from riskplugin.config.schema.alerts import Alerts
from riskplugin.config.schema.control import Control
from riskplugin.config.schema.ledger import Ledger
from riskplugin.config.schema.watchdog import Watchdog
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.policy import Policy

#: Groups of the section that say where things are kept, not what is allowed.
_NO_LIMITS = frozenset({"ledger", "control", "alerts", "watchdog"})


@dataclass(frozen=True)
class RiskConfig:
    """A configuration that has been read and found consistent.

    ``version`` names the limits: 12 hexadecimal digits, the same for the same limits, whoever wrote
    them in whatever order. ``ledger_url`` may hold a password: never log it.
    """

    policy: Policy
    ledger_url: str = field(repr=False)
    kill_file: Path
    metrics_interval: timedelta
    version: str
    _section: Section = field(repr=False, compare=False)

    @property
    def ledger(self) -> Ledger:
        """How records are kept; its ``url`` may hold a password."""
        return self._section.ledger

    @property
    def control(self) -> Control:
        """How people act on the bot, and who may."""
        return self._section.control

    @property
    def watchdog(self) -> Watchdog:
        """What the process beside the bot looks at, and what it may do."""
        return self._section.watchdog

    @property
    def alerts(self) -> Alerts:
        """Who is told what; its channels may hold secret addresses."""
        return self._section.alerts

    @property
    def alert_plan(self) -> AlertPlan:
        """Who is told what, in the core's units and without addresses."""
        return alert_plan_of(self._section)

    @property
    def section(self) -> dict[str, Any]:
        """The section with every key written out, a fresh dictionary; it may hold a password."""
        return normalised(self._section)

    @property
    def ceiling(self) -> dict[str, Any]:
        """How far each limit may be loosened while the bot runs, by dotted key."""
        from riskplugin.config.ceilings import ceiling_of

        return ceiling_of(self._section)

    @property
    def limits(self) -> str:
        """The part of :attr:`section` that holds limits, as canonical JSON; no secret is in it."""
        return _limits(self._section)

    @property
    def public_section(self) -> dict[str, Any]:
        """:attr:`section` with passwords in URLs hidden, for screens and records."""
        return _public(self.section)


def parse(section: Mapping[str, Any]) -> RiskConfig:
    """The configuration that ``section`` writes; keys that are not written have their defaults.

    Raises ConfigError that lists every problem.
    """
    model = read(section)
    return RiskConfig(
        policy=policy_of(model),
        ledger_url=model.ledger.url,
        kill_file=Path(model.control.kill_file),
        metrics_interval=model.ledger.metrics_interval,
        version=version_of(model),
        _section=model,
    )


def read(section: object) -> Section:
    """``section`` as a checked model. Raises ConfigError that lists every problem."""
    if not isinstance(section, Mapping):
        must = "must be a group of keys {…}"
        raise ConfigError([Problem(ROOT, shown(section), must, "write e.g. {} for the defaults")])
    plain = _plain(section)
    model, problems = _validate(plain)
    wrong = {problem.path for problem in problems}
    problems += [p for p in contradictions(model) if not wrong.intersection(p.involved)]
    if problems:
        raise ConfigError(problems)
    if model.control.hard_limits:
        _check_ceilings(model)
    return model


def _check_ceilings(model: Section) -> None:
    from riskplugin.config import ceilings  # it reads sections itself, so it is above this file

    found = list(ceilings.problems(model))
    if found:
        raise ConfigError(found)


def normalised(model: Section) -> dict[str, Any]:
    """Every key of ``model`` written out; modes that say what holds anyway are left out."""
    written = model.model_dump(mode="json")
    modes = sorted(written["modes"].items())
    return {**written, "modes": {name: mode for name, mode in modes if mode != "enforce"}}


def version_of(model: Section) -> str:
    """Short name of the limits: the first 12 digits of the SHA-256 of their canonical form.

    Where records are kept, and how, is no limit and changes nothing.
    """
    return hashlib.sha256(_limits(model).encode()).hexdigest()[:12]


def _limits(model: Section) -> str:
    limits = {name: keys for name, keys in normalised(model).items() if name not in _NO_LIMITS}
    return json.dumps(limits, sort_keys=True, separators=(",", ":"))


def json_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of the section, with meanings, units, ranges and defaults."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Section.model_json_schema(),
    }


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return value


def _validate(plain: dict[str, Any]) -> tuple[Section, list[Problem]]:
    """The model and its problems; with problems, the model of what is left without them."""
    try:
        return Section.model_validate(plain), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
    # A warning that follows a wrong trip value is wrong as well, but nobody wrote it.
    written = [each for each in details if _holds(plain, each["loc"])]
    problems = [problem_of(each, _taken_out(plain, each["loc"])) for each in written]
    rest, more = _validate(plain)
    return rest, problems + more


def _holds(plain: Any, path: tuple[int | str, ...]) -> bool:
    for name in path:
        if not isinstance(plain, dict) or name not in plain:
            return False
        plain = plain[name]
    return True


def _taken_out(plain: dict[str, Any], path: tuple[int | str, ...]) -> object:
    *groups, last = path
    for name in groups:
        plain = plain[str(name)]
    return plain.pop(str(last))


def _public(section: dict[str, Any]) -> dict[str, Any]:
    ledger, signed = section["ledger"], section["ledger"]["checkpoints"]
    to = None if signed["copy_to"] is None else mask(signed["copy_to"])
    public = {**ledger, "url": mask(ledger["url"]), "checkpoints": {**signed, "copy_to": to}}
    channels = {
        name: address if address.startswith("env:") else "***"
        for name, address in section["alerts"]["channels"].items()
    }
    return {**section, "ledger": public, "alerts": {**section["alerts"], "channels": channels}}
