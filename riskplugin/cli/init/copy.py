"""The copy of a configuration that has the section "risk", as text (CF-1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from riskplugin.cli.botfiles import load_config, parse_config_text
from riskplugin.cli.console import UsageError
from riskplugin.cli.init.jsonc import indent_of, with_lines, with_value
from riskplugin.cli.init.section import preset_section, section_lines


def copy_of(source: Path) -> Path:
    """Where the copy of ``source`` lies."""
    return source.with_name(f"{source.stem}.risk.json")


def read_text(path: Path) -> str:
    """The text of a configuration, its line ends as they are. Raises UsageError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: save it as UTF-8") from error
    if text.startswith("\ufeff"):
        raise UsageError(
            f"{path} begins with a byte order mark, which freqtrade cannot read: save it as UTF-8 "
            "without BOM"
        )
    return text


def ready(files: list[Path], userdir: Path) -> dict[str, Any]:
    """The configuration that ``files`` make together, if the first can be copied.

    Raises UsageError when one of them has the section already, or the copy would read other files.
    """
    source = files[0]
    for file in files:
        if "risk" in parse_config_text(read_text(file), str(file)):
            raise UsageError(
                f'{file} has a section "risk" already: riskplugin limits --config {file}'
            )
    config = load_config(files, userdir)
    if "risk" in load_files(files):
        raise UsageError(
            f"a file that add_config_files of {' or '.join(map(str, files))} names has a section "
            '"risk" already: there is nothing to add'
        )
    own = parse_config_text(read_text(source), str(source))
    if own.get("add_config_files") and source.resolve().parent != source.parent.resolve():
        raise UsageError(
            f"{source} is a link, and its add_config_files lie beside {source.resolve()}: "
            f"give --config {source.resolve()}"
        )
    return config


def load_files(files: list[Path]) -> dict[str, Any]:
    """The configuration of ``files`` without the environment."""
    from freqtrade.configuration.load_config import load_from_files

    return dict(load_from_files([str(file) for file in files]))


def with_risk(
    text: str, name: str, *, preset: str, full: bool = False, strategy: str | None = None
) -> str:
    """``text``, a configuration, with the section added before its end; all else is kept.

    With ``strategy`` the key of that name, if it is there, names that class. Raises UsageError
    when the text cannot be parsed or has the section already.
    """
    config = parse_config_text(text, name)
    if "risk" in config:
        raise UsageError(f'{name} has a section "risk" already: riskplugin limits --config {name}')
    wanted = {**config, "risk": preset_section(preset, full=full)}
    made = with_lines(text, section_lines(preset, full=full, indent=indent_of(text)))
    if strategy is not None and "strategy" in config:
        made, wanted["strategy"] = with_value(made, "strategy", strategy), strategy
    if parse_config_text(made, name) != wanted:
        raise UsageError(
            f"{name} is written in a way that riskplugin cannot add to: write the section by hand, "
            "as config.example.json has it"
        )
    return made
