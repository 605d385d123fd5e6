"""What spectators see while it runs: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from riskplugin.cli.demo.stage import Bot
    from riskplugin.cli.demo.watch import Watch

PHASES = 7
_LINES = 9
_INDENT = " " * 19
_COLOURS = {"closed": "green", "open": "red", "half_open": "yellow", "latched": "bold red"}
_NAMES = {"dry": "dry-run", "live": "live", "bare": "unguarded"}


class Screen(Protocol):
    """Where the play is shown."""

    def phase(self, headline: str) -> None:
        """The next phase begins."""

    def tell(self, key: str, text: str, *, important: bool) -> None:
        """Something happened to a bot."""

    def note(self, text: str) -> None:
        """Something that no bot did."""

    def show(self, watch: Watch) -> None:
        """The present state."""

    def close(self) -> None:
        """Nothing more will come."""


class Plain:
    """Lines without control codes: per bot one every few seconds, nothing important lost."""

    def __init__(self, console: Console, every: float = 4.0) -> None:
        self._console, self._every = console, every
        self._began = time.monotonic()
        self._count = 0
        self._waiting: dict[str, list[str]] = {}
        self._said: dict[str, float] = {}

    def phase(self, headline: str) -> None:
        """A headline, after what is still to be said of the phase before."""
        for key in list(self._waiting):
            self._flush(key)
        self._count += 1
        self._line(f"--- {self._count}/{PHASES}  {headline}")

    def tell(self, key: str, text: str, *, important: bool) -> None:
        """Kept until the bot's next line."""
        if important:
            self._waiting.setdefault(key, []).append(text)

    def note(self, text: str) -> None:
        """A line at once."""
        self._line(text)

    def show(self, watch: Watch) -> None:
        """A line for each bot whose turn has come."""
        now = time.monotonic()
        for bot in watch.bots:
            if now - self._said.get(bot.key, 0.0) < self._every:
                continue
            if not self._flush(bot.key) and now - self._said.get(bot.key, 0.0) >= 2 * self._every:
                figures = _figures(watch, bot)
                if figures:
                    self._say(bot.key, _one_line(figures))

    def close(self) -> None:
        """Say what is left."""
        for key in list(self._waiting):
            self._flush(key)

    def _flush(self, key: str) -> bool:
        texts = self._waiting.pop(key, [])
        if texts:
            self._say(key, "; ".join(texts))
        return bool(texts)

    def _say(self, key: str, text: str) -> None:
        self._said[key] = time.monotonic()
        self._line(f"{_NAMES[key]:<9} {text}")

    def _line(self, text: str) -> None:
        seconds = time.monotonic() - self._began
        lines = wrap(f"{seconds:5.0f} s  {text}", _width(self._console), subsequent_indent=_INDENT)
        self._console.print("\n".join(lines), markup=False, soft_wrap=True)


class Terminal:
    """The live view: headline, one column per bot, the latest events."""

    def __init__(self, console: Console) -> None:
        self._began = time.monotonic()
        self._headline = ""
        self._count = 0
        self._lines: deque[Text] = deque(maxlen=_LINES)
        self._last: dict[str, str] = {}
        self._watch: Watch | None = None
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._live.start()

    def phase(self, headline: str) -> None:
        """A new headline."""
        self._headline, self._count = headline, self._count + 1
        self._log("", f"{self._count}/{PHASES} {headline}", "bold cyan")

    def tell(self, key: str, text: str, *, important: bool) -> None:
        """A line in the log, and the bot's last event."""
        self._last[key] = text
        self._log(_NAMES[key], text, "bold" if important else "dim")

    def note(self, text: str) -> None:
        """A line in the log."""
        self._log("you", text, "bold magenta")

    def show(self, watch: Watch) -> None:
        """Draw."""
        self._watch = watch
        self._live.update(self._drawn(watch), refresh=True)

    def close(self) -> None:
        """Leave the last picture."""
        self._live.stop()

    def _log(self, who: str, text: str, style: str) -> None:
        line = Text(f"{datetime.now():%H:%M:%S} {who:<8} ", style="dim", no_wrap=True)  # noqa: DTZ005  # for eyes
        line.append(text, style=style)
        line.truncate(_width(self._live.console), overflow="ellipsis")
        self._lines.append(line)

    def _drawn(self, watch: Watch) -> Group:
        seconds = time.monotonic() - self._began
        head = Text(f"riskplugin demo  {seconds:3.0f} s  ", style="dim", no_wrap=True)
        head.append(f"{self._count}/{PHASES}  {self._headline}", style="bold cyan")
        return Group(head, Text(_market(watch), style="dim"), self._table(watch), *self._lines)

    def _table(self, watch: Watch) -> Table:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1), expand=True)
        table.add_column("", style="dim", width=9)
        for bot in watch.bots:
            table.add_column(bot.title, ratio=1, overflow="ellipsis", no_wrap=True)
        columns = [_figures(watch, bot) for bot in watch.bots]
        for row in ("equity", "drawdown", "exposure", "score", "breaker", "positions"):
            table.add_row(row, *(column.get(row, "–") for column in columns))
        last = [escape(self._last.get(bot.key, "–")) for bot in watch.bots]
        table.add_row("last", *last, style="dim")
        return table


def _width(console: Console) -> int:
    return max(40, console.width - 1)


def _market(watch: Watch) -> str:
    prices = watch.market.get("prices")
    first = next((s.prices for s in watch.tapes["bare"].samples if s.prices), None)
    if not prices or not first:
        return "the market opens"
    now = float(prices["BTCUSDT"]["last"])
    change = 100 * (now / first["BTCUSDT"] - 1)
    return f"market: {watch.market['phase']:<12} BTC {now:,.0f} ({change:+.1f} %)"


def _figures(watch: Watch, bot: Bot) -> dict[str, str]:
    """The rows of one bot's column, empty before it runs."""
    samples = watch.tapes[bot.key].samples
    if not samples:
        return {}
    now, peak = samples[-1], max(s.equity for s in samples)
    fall = 1 - now.equity / peak if peak > 0 else 0.0
    share = now.exposure / now.equity if now.equity > 0 else 0.0
    rows = {
        "equity": f"{now.equity:,.2f}",
        "drawdown": f"{100 * fall:.2f} %",
        "exposure": f"{100 * share:,.1f} %",
        "positions": f"{now.positions} (up to {now.leverage:g}x)" if now.positions else "none",
        "score": "no plugin",
        "breaker": "no plugin",
    }
    told = watch.journals[bot.key].status if bot.guarded else None
    return rows | _risk(told) if told is not None else rows


def _risk(told: dict[str, Any]) -> dict[str, str]:
    state = told["breaker"]["state"]
    mode = " EMERGENCY" if told["emergency"]["active"] else ""
    working = f" + {told['working_entries']} working" if told["working_entries"] else ""
    count = f"{len(told['positions'])}{working}"
    return {
        "score": f"{told['risk_score']:.1f} {told['level'].upper()}",
        "breaker": f"[{_COLOURS[state]}]{state.upper()}[/][red]{mode}[/]",
        "positions": count,
    }


def _one_line(rows: dict[str, str]) -> str:
    """The same in one line, for plain output."""
    breaker = Text.from_markup(rows["breaker"]).plain
    parts = [f"equity {rows['equity']}", f"exposure {rows['exposure']}"]
    if breaker != "no plugin":
        parts += [f"score {rows['score']}", f"breaker {breaker}"]
    return ", ".join([*parts, f"positions {rows['positions']}"])
