"""One self-contained HTML file: template, style, charts and their script in it. Asks no host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from riskplugin.reports.figures import Figure
from riskplugin.reports.plotly_script import script
from riskplugin.version import __version__

_HERE = Path(__file__).parent / "templates"
_SPACES = "\u00a0\u202f"  # hold figures together


def render(template: str, title: str, figures: Sequence[Figure] = (), **facts: Any) -> str:
    """The page of ``template`` (a file in templates/, which extends page.html).

    It has ``facts`` by their names, and ``figure(key)`` puts a chart in its place. Every text is
    escaped; scripts that are not ours do not run. Raises NoChartScript when there are figures and
    plotly is gone.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    place = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_visible,
    )  # fmt: skip
    by_key = {each.key: each for each in figures}
    charts = [script().read_text(encoding="utf-8")] if figures else []
    scripts = [*charts, _text("draw.js")]
    return place.get_template(template).render(
        title=title,
        style=_text("page.css"),
        scripts=scripts,
        allowed=" ".join(_hash(each) for each in scripts),
        figure_of=by_key.get,
        data=_data(figures),
        software=__version__,
        **facts,
    )


def _visible(value: Any) -> Any:
    """Text from outside without what turns it around or hides in it; our own markup as it is."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(
        c if c.isprintable() or c in _SPACES else c.encode("unicode_escape").decode() for c in value
    )


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(code: str) -> str:
    """The name under which the content policy lets a script run."""
    digest = hashlib.sha256(code.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _data(figures: Sequence[Figure]) -> str:
    """The charts as JSON that cannot end the element it stands in."""
    told = [{"key": f.key, "data": list(f.data), "layout": f.layout} for f in figures]
    text = orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
