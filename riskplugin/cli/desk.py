"""A bot's ledger as commands find it: from the configuration, the userdir or an address given."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from riskplugin.bootstrap import ledger_url
from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import UsageError, config_files
from riskplugin.config import RiskConfig, parse
from riskplugin.control.people import People, open_people
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.redaction import NOBODYS, Redactor, redactor_for
from riskplugin.status import aged
from riskplugin.watchdog import SUFFIX

BotOption = Annotated[
    str | None, typer.Option("--bot", metavar="NAME", help="Which bot, of several in a ledger.")
]
LedgerOption = Annotated[
    str | None,
    typer.Option("--ledger", metavar="URL", help="A ledger other than the configured one."),
]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who orders this; else your login name.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", "-r", metavar="TEXT", help="Why; it is recorded.")
]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", help="For the bot's answer.", min=0)
]


@dataclass(frozen=True)
class Desk:
    """A reader of the ledger, the bot that is meant, and the people who may order something."""

    reader: LedgerReader
    bot: str
    people: People | None = None
    currency: str = ""

    def status(self) -> dict[str, Any] | None:
        """What the bot said last, with ``age_s`` and ``silent`` added; None before its first
        loop.
        """
        told = self.reader.status(self.bot)
        return None if told is None else aged(told, self.bot)

    def order(
        self,
        command: str,
        *,
        by: str | None,
        reason: str,
        wait: float,
        args: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Leave a command; answers the bot's outcome, None when it has not answered in time."""
        control = self.reader.post_control(self.bot, command, by or person(), reason, args=args)
        end = time.monotonic() + wait
        while True:
            outcome = self.reader.control_outcome(control)
            if outcome is not None or time.monotonic() >= end:
                return outcome
            time.sleep(0.2)


def person() -> str:
    """The login name of whoever sits here."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


@contextmanager
def desk(
    config: list[Path] | None,
    userdir: Path,
    *,
    ledger: str | None,
    bot: str | None,
    create: bool = False,
) -> Iterator[Desk]:
    """The desk for these options. Raises UsageError that says what is missing."""
    at = place(config, userdir, ledger)
    with reading(at, userdir, create=create) as reader:
        which = _which(reader, bot, at.bot, create=create)
        yield Desk(reader, which, at.people(userdir), at.currency)


@contextmanager
def desks(
    config: list[Path] | None,
    userdir: Path,
    *,
    ledger: str | None,
    bot: str | None,
    all_bots: bool,
) -> Iterator[list[Desk]]:
    """The same for every bot that the ledger knows, or for the one that is meant."""
    if all_bots and bot is not None:
        raise UsageError("give --bot or --all-bots, not both")
    at = place(config, userdir, ledger)
    with reading(at, userdir) as reader:
        known = reader.bots() if all_bots else [_which(reader, bot, at.bot, create=False)]
        if not known:
            raise UsageError("the ledger knows no bot yet")
        yield [Desk(reader, each, at.people(userdir)) for each in known]


class Place(NamedTuple):
    """Where a ledger lies, the bot that the configuration names, the secrets it knows, and whether
    the bot encrypts.
    """

    url: str
    bot: str | None = None
    redactor: Redactor = NOBODYS
    encrypt: bool = False
    risk: RiskConfig | None = None
    user_data: Path | None = None
    currency: str = ""

    def people(self, userdir: Path) -> People:
        """The people of this ledger; opens nothing yet."""
        risk = parse({}) if self.risk is None else self.risk
        user_data = self.user_data or userdir.resolve()
        return open_people(risk, user_data, self.redactor, url=self.url)


def place(config: list[Path] | None, userdir: Path, ledger: str | None) -> Place:
    """The ledger that these options mean. Raises UsageError."""
    if ledger is not None:
        return Place(ledger)
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
        return Place(ledger_url(parse({}), userdir.resolve()))
    loaded = load_config(files, userdir)
    risk = parse(loaded.get("risk") or {})
    url = ledger_url(risk, loaded["user_data_dir"])
    user_data = Path(loaded["user_data_dir"])
    redactor = redactor_for(loaded)
    currency = str(loaded.get("stake_currency") or "")
    return Place(url, bot_name(loaded), redactor, risk.ledger.encrypt, risk, user_data, currency)


@contextmanager
def reading(at: Place, userdir: Path, *, create: bool = False) -> Iterator[LedgerReader]:
    """The ledger's reader, closed at the end. Raises UsageError when there is no ledger."""
    base = userdir.resolve()
    try:
        reader = open_reader(at.url, base_dir=base, create=create, redactor=at.redactor)
    except LedgerError as error:
        raise UsageError(str(error)) from error
    try:
        yield reader
    except LedgerError as error:
        raise UsageError(str(error)) from error
    finally:
        reader.close()


def bot_name(config: dict[str, Any]) -> str:
    """The name under which the bot of ``config`` keeps its state, as the adapter gives it."""
    name = str(config.get("bot_name") or "freqtrade")
    return f"{name}.dry" if config.get("dry_run", True) else name


def _which(reader: LedgerReader, bot: str | None, configured: str | None, *, create: bool) -> str:
    known = reader.bots()
    if bot is not None:
        if bot == PEOPLE_CHAIN and create:
            raise UsageError(f"{bot} is no bot: the ledger keeps its people under that name")
        if bot in known or create:
            return bot
        raise UsageError(f"the ledger knows no bot {bot!r}; it knows {', '.join(known) or 'none'}")
    known = [each for each in known if each != PEOPLE_CHAIN and not each.endswith(SUFFIX)]
    if configured in known or (configured is not None and create):
        return str(configured)
    if len(known) == 1:
        return known[0]
    if not known:
        raise UsageError("the ledger knows no bot yet: start one, or name it with --bot")
    raise UsageError(f"which bot? Name one with --bot: {', '.join(known)}")
