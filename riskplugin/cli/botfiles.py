"""freqtrade's files, read as freqtrade reads them: configuration, environment, strategies.

The one module of the command line that imports freqtrade, and only inside its functions, so that
``riskplugin --help`` stays quick.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from riskplugin.cli.console import UsageError


def load_config(files: list[Path], userdir: Path) -> dict[str, Any]:
    """The configuration of ``files`` with freqtrade's environment overrides laid over it.

    Raises UsageError when freqtrade cannot read it.
    """
    from freqtrade.configuration.environment_vars import environment_vars_to_dict
    from freqtrade.configuration.load_config import load_from_files
    from freqtrade.exceptions import OperationalException
    from freqtrade.misc import deep_merge_dicts

    with quiet():
        try:
            config = load_from_files([str(path) for path in files])
        except (OperationalException, ValueError) as error:
            raise UsageError(f"{', '.join(map(str, files))}: {error}") from error
        config = deep_merge_dicts(environment_vars_to_dict(), config)
    config.setdefault("user_data_dir", userdir)
    config["user_data_dir"] = Path(config["user_data_dir"]).resolve()
    config.setdefault("internals", {})
    return dict(config)


def load_strategy(name: str, config: dict[str, Any]) -> Any:
    """The strategy ``name`` as freqtrade loads it; its settings are written into ``config``.

    Raises UsageError when freqtrade cannot load it.
    """
    from freqtrade.enums import MarginMode, RunMode, TradingMode
    from freqtrade.resolvers.strategy_resolver import StrategyResolver

    config["strategy"] = name
    config["runmode"] = RunMode.UTIL_NO_EXCHANGE
    config["trading_mode"] = TradingMode(config.get("trading_mode") or "spot")
    config["margin_mode"] = MarginMode(config.get("margin_mode") or "")
    with quiet() as log:
        try:
            return StrategyResolver.load_strategy(config)
        except (Exception, SystemExit) as error:  # a strategy may raise anything when it is loaded
            reason = f"{error} {log.getvalue().strip()}".strip()
            raise UsageError(f"freqtrade cannot load the strategy {name}: {reason}") from error


def read_text_config(path: Path) -> dict[str, Any]:
    """One configuration file alone, comments allowed. Raises UsageError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8") from error
    return parse_config_text(text, str(path))


def parse_config_text(text: str, name: str) -> dict[str, Any]:
    """``text`` as freqtrade parses a configuration, comments and trailing commas allowed.

    Raises UsageError when it is not a group of keys.
    """
    import rapidjson
    from freqtrade.configuration.load_config import CONFIG_PARSE_MODE

    try:
        config = rapidjson.loads(text, parse_mode=CONFIG_PARSE_MODE)
    except (ValueError, RecursionError) as error:  # no JSON, a number or a depth beyond all use
        raise UsageError(f"{name} is no valid configuration: {error}") from error
    if not isinstance(config, dict):
        raise UsageError(f"{name} is no valid configuration: it must be a group of keys {{…}}")
    return config


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """What freqtrade says while it loads goes into the text that is given, not on the screen."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setLevel(logging.WARNING)
    logger = logging.getLogger("freqtrade")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        with redirect_stdout(log):
            yield log
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
