"""riskplugin limits explain: what limits mean in money (sentences.py), and how that is printed."""

from __future__ import annotations

from dataclasses import asdict

from rich.box import SIMPLE
from rich.padding import Padding
from rich.table import Table

from riskplugin.cli.console import out, print_json
from riskplugin.cli.console import shown as clean
from riskplugin.cli.limits.account import Means
from riskplugin.cli.limits.reckoned import Entry, by_level
from riskplugin.cli.limits.sentences import Explanation
from riskplugin.config import RiskConfig

_TITLES = {"entry": "one entry", "daily_loss": "a day", "weekly_loss": "a week"}


def explained(risk: RiskConfig, means: Means, source: str, *, as_json: bool) -> None:
    """Print what ``risk`` means for an account of these ``means``."""
    words = Explanation.of(risk, means)
    sentences = dict(words.sentences())
    if as_json:
        entries = [asdict(entry) for entry in by_level(words.reckoner)]
        told = {"version": risk.version, "source": source, "account": means.source}
        money = {"currency": means.currency, "equity": means.equity}
        print_json({**told, **money, **sentences, "entries": entries})
        return
    console = out()
    equity = f"{words.money(means.equity)} {means.currency}".strip()
    console.print(f"[bold]With an equity of {clean(equity)}[/] ({clean(means.source)})")
    console.print(f"[dim]limits {risk.version}: {clean(source)}[/]")
    console.print(_table(words))
    for title, text in sentences.items():
        console.print(f"[cyan]{_TITLES.get(title, title.replace('_', ' '))}[/]")
        console.print(Padding(clean(text), (0, 0, 1, 2)))
    if means.changed:
        console.print("[yellow]The bot runs under other limits:[/] [cyan]riskplugin limits[/]")


def _table(words: Explanation) -> Table:
    """The largest first entry by risk level."""
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("a first entry at", "margin", "wild market", "leverage", "notional"):
        table.add_column(name, justify="left" if name == "a first entry at" else "right")
    table.add_column("lost at its stop", justify="right")
    for entry in by_level(words.reckoner):
        table.add_row(entry.level.name, *_cells(words, entry))
    return table


def _cells(words: Explanation, entry: Entry) -> list[str]:
    if not entry.margin > 0:
        return ["refused", "", "", "", ""]
    loss = "" if entry.loss is None else words.of_equity(entry.loss)
    wild = words.money(entry.wild) if entry.wild > 0 else "refused"
    leverage = f"{entry.leverage:g}x"
    return [words.money(entry.margin), wild, leverage, words.money(entry.notional), loss]
