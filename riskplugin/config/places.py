"""Where the paths and addresses of a configuration lie on this machine. Opens nothing."""

from __future__ import annotations

from pathlib import Path

from riskplugin.config.loading import RiskConfig


def ledger_url(config: RiskConfig, user_data: Path) -> str:
    """The ledger's address with a relative SQLite path made absolute."""
    scheme, separator, path = config.ledger_url.partition(":///")
    if not separator or not scheme.startswith("sqlite") or not path:
        return config.ledger_url
    return f"{scheme}:///{resolve(Path(path), user_data)}"


def resolve(path: Path, user_data: Path) -> Path:
    """Where ``path`` of the configuration lies on this machine.

    Relative paths beginning with ``user_data`` lie in freqtrade's user_data folder, other relative
    paths beside it.
    """
    if path.is_absolute():
        return path
    if path.parts[:1] == ("user_data",):
        return user_data.joinpath(*path.parts[1:])
    return user_data.parent / path
