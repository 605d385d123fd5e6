"""Where the charts' script lies: the one that the installed package plotly ships."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


class NoChartScript(RuntimeError):
    """The package plotly, or its script, is not there."""


def script() -> Path:
    """plotly.min.js of the installed package, which is not imported. Raises NoChartScript."""
    found = find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise NoChartScript(
            "charts need the package plotly, which is not installed: pip install plotly"
        )
    for folder in found.submodule_search_locations:
        file = Path(folder) / "package_data" / "plotly.min.js"
        if file.is_file():
            return file
    raise NoChartScript(
        "the installed plotly has no package_data/plotly.min.js: "
        "pip install --force-reinstall plotly"
    )
