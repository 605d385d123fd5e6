"""What commands share: where they print, how they fail in one sentence, how they find a userdir."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from riskplugin.config import ConfigError
from riskplugin.control.person import Denied

P = ParamSpec("P")
R = TypeVar("R")

#: Exit codes of every command.
FINE, FAILED, WRONG_USE = 0, 1, 2

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
ConfigOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--config", "-c", metavar="FILE", help="freqtrade configuration; several are merged."
    ),
]
UserdirOption = Annotated[
    Path,
    typer.Option(
        "--userdir", "--user-data-dir", metavar="FOLDER", help="freqtrade's user_data folder."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class UsageError(Exception):
    """The command cannot do what it was asked; the message says why and what would work."""


def out() -> Console:
    """The console for results (standard output as it is now)."""
    return Console(highlight=False)


def err() -> Console:
    """The console for messages about failures."""
    return Console(stderr=True, highlight=False)


def print_json(value: object) -> None:
    """``value`` as JSON on standard output, for scripts."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def fail(message: str, code: int = WRONG_USE) -> NoReturn:
    """One clear message on standard error, and out."""
    err().print(f"[bold red]error:[/] {escape(_steady(message))}", soft_wrap=True)
    raise typer.Exit(code)


def shown(text: object) -> str:
    r"""What others chose (a reason, a pair, a name), as one line of text in rich's markup.

    >>> shown("[/] \x1b[2Jnews")
    '\\[/] \\x1b[2Jnews'
    """
    return escape(_steady(str(text).replace("\n", " ")))


def _steady(text: str) -> str:
    """``text`` without what steers a terminal: messages name bots and values that others chose."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """``command`` with the errors that people cause as messages instead of tracebacks, exit 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ConfigError as error:
            listed = "\n".join(f"  • {problem}" for problem in error.problems)
            fail(f'the section "risk" cannot be used\n{listed}')
        except UsageError as error:
            fail(str(error))
        except Denied as denied:
            fail(denied.text, FAILED)
        except OSError as error:
            fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))

    return run


def confirmed(question: str, *, yes: bool) -> bool:
    """True when ``yes`` was given or a person agrees; without a terminal the answer is no."""
    return yes or typer.confirm(question, default=False)


def existing_userdir(userdir: Path) -> Path:
    """``userdir`` if it is freqtrade's user_data folder. Raises UsageError otherwise."""
    if not (userdir / "strategies").is_dir():
        raise UsageError(
            f"{userdir} is not a user_data folder (it has no folder strategies): give --userdir, "
            f"or make one with: freqtrade create-userdir --userdir {userdir}"
        )
    return userdir


def config_files(given: list[Path] | None, userdir: Path) -> list[Path]:
    """The configuration files to read: those given, or freqtrade's default one.

    Raises UsageError when there is none.
    """
    candidates = [userdir / "config.json", Path("config.json")]
    files = given or [path for path in candidates if path.is_file()][:1]
    if not files:
        where = " or ".join(str(path) for path in candidates)
        raise UsageError(f"there is no {where}: name your configuration with --config")
    for path in files:
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
    return files
