"""What the configuration says of keys and checkpoints, for commands that may run without one."""

from __future__ import annotations

from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from riskplugin.bootstrap import checkpoint_plan
from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import UsageError, config_files
from riskplugin.config import parse


@dataclass(frozen=True)
class Settings:
    """Where the signing key lies, and a file with copies of checkpoints if there is one."""

    key_file: Path
    copies: Path | None

    @property
    def public_files(self) -> list[Path]:
        """The public keys beside the private one: its own, and those of the keys before it."""
        beside = self.key_file.parent.glob(f"{escape(self.key_file.name)}*.pub")
        return sorted(file for file in beside if file.is_file())


def settings(config: list[Path] | None, userdir: Path) -> Settings:
    """The settings of a configuration; the defaults when there is none. Raises UsageError."""
    section: dict[str, Any] = {}
    user_data = userdir.resolve()
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
    else:
        loaded = load_config(files, userdir)
        section, user_data = loaded.get("risk") or {}, loaded["user_data_dir"]
    plan = checkpoint_plan(parse(section), user_data)
    return Settings(plan.key_file, plan.copy_to if isinstance(plan.copy_to, Path) else None)
