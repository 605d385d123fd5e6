"""The option --preset, as the commands that take one have it."""

from __future__ import annotations

from typing import Annotated

import typer

from riskplugin.config import PRESETS


def _known(name: str | None) -> str | None:
    if name is None or name in PRESETS:
        return name
    raise typer.BadParameter(f"{name!r} is none of {', '.join(PRESETS)}")


PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        callback=_known,
        help=f"{', '.join(PRESETS)}: riskplugin limits presets shows them.",
    ),
]
