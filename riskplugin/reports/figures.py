"""Charts as plain dictionaries that plotly's script draws: lines, shaded periods, points, bars.

Readable on a light and a dark page and in print: strokes have colours that stand out from both,
while text and grid take the page's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

#: The project's colours (see dashboard/static/style.css) in tones that pass 3:1 on both grounds.
GOOD, WATCH, BAD, ACT, PLAIN = "#1f9d68", "#bd7b14", "#e0484a", "#2f86d6", "#7c8a9b"

Trace = dict[str, Any]
Moment = datetime | date | str


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart. ``key`` is its place in the page, ``text`` says in words what it shows."""

    key: str
    title: str
    data: Sequence[Trace]
    layout: dict[str, Any] = field(default_factory=dict)
    height: int = 300
    text: str = ""


def line(
    times: Sequence[Moment],
    values: Sequence[float | None],
    name: str,
    *,
    colour: str = ACT,
    dash: str = "solid",
    fill: bool = False,
    axis: str = "y",
    unit: str = "",
) -> Trace:
    """A line over time; None is a gap. ``dash``: solid, dot, dash. ``axis``: y, y2, …"""
    made: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [_moment(at) for at in times],
        "y": list(values),
        "yaxis": axis,
        "line": {"color": colour, "width": 1.8, "dash": dash},
        "hovertemplate": f"%{{y:,.2f}}{unit}<extra>%{{fullData.name}}</extra>",
    }
    if fill:
        made |= {"fill": "tozeroy", "fillcolor": faint(colour, 0.18)}
    return made


def points(
    times: Sequence[Moment],
    values: Sequence[float | None],
    texts: Sequence[str],
    name: str,
    *,
    colour: str = BAD,
    symbol: str = "circle",
    axis: str = "y",
) -> Trace:
    """Single moments, each with its own text; ``symbol``: circle, x, triangle-down, …"""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [_moment(at) for at in times],
        "y": list(values),
        "yaxis": axis,
        "text": [plain(text) for text in texts],
        "marker": {"color": colour, "size": 7, "symbol": symbol},
        "hovertemplate": "%{text}<extra></extra>",
    }


def bars(
    names: Sequence[Moment],
    values: Sequence[float | None],
    name: str,
    *,
    colour: str | None = None,
    unit: str = "",
    axis: str = "y",
    texts: Sequence[str] | None = None,
) -> Trace:
    """A bar per name; without a ``colour`` green for gains and red for losses."""
    signs = [BAD if value is not None and value < 0 else GOOD for value in values]
    return {
        "type": "bar",
        "name": name,
        "x": [_moment(each) for each in names],
        "y": list(values),
        "yaxis": axis,
        "marker": {"color": colour or signs},
        "hovertemplate": f"%{{x}}: %{{y:,.2f}}{unit}<extra></extra>",
        **({} if texts is None else {"text": [plain(text) for text in texts]}),
    }


def shaded(
    periods: Sequence[tuple[Moment, Moment]],
    *,
    colour: str = BAD,
    opacity: float = 0.14,
) -> list[dict[str, Any]]:
    """Periods from top to bottom of the chart, for ``layout(shapes=…)``."""
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": _moment(begin),
            "x1": _moment(end),
            "y0": 0,
            "y1": 1,
            "fillcolor": colour,
            "opacity": opacity,
            "line": {"width": 0},
            "layer": "below",
        }
        for begin, end in periods
    ]


def layout(
    *,
    unit: str = "",
    shapes: Sequence[dict[str, Any]] = (),
    legend: bool = True,
    category: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """What all charts share; ``unit`` stands behind the figures of the axis, ``more`` wins.

    ``category``: the names of bars are names, even where they look like numbers or dates.
    """
    return {
        "margin": {"l": 12, "r": 14, "t": 10, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": PLAIN},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "hovermode": "closest" if category else "x unified",
        "xaxis": {"gridcolor": PLAIN, **({"type": "category"} if category else {"type": "date"})},
        "yaxis": {
            "gridcolor": PLAIN, "zerolinecolor": PLAIN, "ticksuffix": unit, "automargin": True,
            "exponentformat": "none", "separatethousands": True,
        },
        "shapes": list(shapes),
    } | more  # fmt: skip


def plain(text: str) -> str:
    """``text`` as itself: plotly reads tags, and templates, in what it shows.

    >>> plain("<a href='x'>%{y}</a>")
    "&lt;a href='x'&gt;%\u200b{y}&lt;/a&gt;"
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%\u200b{")


def faint(colour: str, share: float) -> str:
    """``colour`` (#rrggbb) with ``share`` of its strength.

    >>> faint("#102030", 0.5)
    'rgba(16,32,48,0.5)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def _moment(at: Moment) -> str:
    """As plotly reads it, in UTC; names of pairs and people are shown as they are."""
    if isinstance(at, datetime):
        known = at if at.tzinfo is None else at.astimezone(UTC)
        return known.strftime("%Y-%m-%d %H:%M:%S")
    return at.isoformat() if isinstance(at, date) else plain(at)
