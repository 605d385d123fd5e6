"""riskplugin init: a configuration with the section "risk" and a guarded example in user_data."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.syntax import Syntax

from riskplugin.cli.botfiles import parse_config_text
from riskplugin.cli.console import (
    UsageError,
    UserdirOption,
    YesOption,
    config_files,
    confirmed,
    existing_userdir,
    out,
    plain_errors,
)
from riskplugin.config import parse

EXAMPLE_FILE = "risk_example.py"
_EXAMPLE = '''"""An EMA cross inside riskplugin's limits, to start from. By riskplugin init."""

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame

from riskplugin import RiskMixin


class RiskExample(RiskMixin, IStrategy):
    """Buys when the fast average crosses the slow one; RiskMixin sizes, limits and stops it."""

    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
    stoploss = -0.05
    startup_candle_count = 60
    order_types = {
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["fast"] = ta.EMA(dataframe, timeperiod=12)
        dataframe["slow"] = ta.EMA(dataframe, timeperiod=50)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        above = dataframe["fast"] > dataframe["slow"]
        dataframe.loc[above & ~above.shift(1, fill_value=True), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["fast"] < dataframe["slow"], "exit_long"] = 1
        return dataframe
'''


@plain_errors
def init(
    userdir: UserdirOption = Path("user_data"),
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="The configuration to start from."),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Add riskplugin to an existing user_data: configuration and example strategy."""
    existing_userdir(userdir)
    source = config_files([config] if config else None, userdir)[0]
    target = source.with_name(f"{source.stem}.risk.json")
    files = {
        target: with_risk(
            source.read_text(encoding="utf-8"), str(source), default_section(userdir)
        ),
        userdir / "strategies" / EXAMPLE_FILE: _EXAMPLE,
    }
    old = {target: source} if not target.exists() else {}
    written = [path for path, text in files.items() if _write(path, text, old.get(path), yes)]
    _next_steps(target, userdir, written)


def default_section(userdir: Path) -> dict[str, Any]:
    """Every key of the section with its default, files of the plugin inside ``userdir``."""
    section = parse({}).section
    folder = userdir.as_posix().rstrip("/")
    section["ledger"]["url"] = f"sqlite:///{folder}/risk.sqlite"
    section["control"]["kill_file"] = f"{folder}/RISK_KILL"
    return section


def with_risk(text: str, name: str, section: dict[str, Any]) -> str:
    """``text``, a configuration, with the section added before its end; comments are kept.

    Raises UsageError when it cannot be parsed or has a section "risk" already.
    """
    config = parse_config_text(text, name)
    if "risk" in config:
        raise UsageError(f'{name} has a section "risk" already: riskplugin limits --config {name}')
    wanted = {**config, "risk": section}
    inserted = _inserted(text, section)
    try:
        if parse_config_text(inserted, name) == wanted:
            return inserted
    except UsageError:
        pass  # a comment after the last key may hide what was inserted
    return json.dumps(wanted, indent=4, ensure_ascii=False) + "\n"


def _inserted(text: str, section: dict[str, Any]) -> str:
    body, _, rest = text.rpartition("}")
    lines = json.dumps({"risk": section}, indent=4, ensure_ascii=False).splitlines()[1:-1]
    body = body.rstrip()
    comma = "" if re.search(r"[{,]$", body) else ","
    return "\n".join([f"{body}{comma}", *lines, f"}}{rest}"])


def _write(path: Path, text: str, compared_to: Path | None, yes: bool) -> bool:
    """Show what would change, ask, write; False when nothing was to do or the answer was no."""
    console, shown = out(), str(path)
    old_file = path if path.exists() else compared_to
    old = old_file.read_text(encoding="utf-8") if old_file else ""
    if path.exists() and old == text:
        console.print(f"[dim]unchanged[/] {shown}", soft_wrap=True)
        return False
    lines = difflib.unified_diff(
        old.splitlines(), text.splitlines(), str(old_file or "nothing"), shown, lineterm=""
    )
    console.print(Syntax("\n".join(lines), "diff", theme="ansi_dark", word_wrap=True))
    verb = "Overwrite" if path.exists() else "Write"
    if not confirmed(f"{verb} {shown}?", yes=yes):
        console.print(f"[yellow]left alone[/] {shown}", soft_wrap=True)
        return False
    path.write_text(text, encoding="utf-8")
    console.print(f"[green]written[/] {shown}\n", soft_wrap=True)
    return True


def _next_steps(config: Path, userdir: Path, written: list[Path]) -> None:
    done = "Done." if written else "Nothing was written."
    options = f"--config {config} --userdir {userdir}"
    steps = (
        ("guard a strategy of yours", f"riskplugin guard MyStrategy --userdir {userdir}"),
        ("see what is unsafe", f"riskplugin check {options} --strategy RiskExample"),
        ("see the limits in plain words", f"riskplugin limits --config {config} explain"),
        ("run it, with play money", f"freqtrade trade {options} --strategy RiskExample"),
    )
    console = out()
    console.print(f"[bold]{done} Next:[/]")
    for what, command in steps:
        console.print(f"  {what}:\n    [cyan]{command}[/]", soft_wrap=True)
