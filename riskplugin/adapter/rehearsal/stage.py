"""What a strategy finds around itself: data provider, wallet, database, pairs; all of it still."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import CandleType, MarginMode, RunMode, TradingMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_minutes
from freqtrade.persistence import Trade, init_db
from freqtrade.persistence.usedb_context import enable_database_use
from freqtrade.resolvers.strategy_resolver import StrategyResolver
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.mixin import RiskMixin
from riskplugin.adapter.rehearsal.market import StillExchange, StillPairs, StillWallets

#: Groups of the configuration whose secrets are nobody's business here.
_KEYS = (
    "key",
    "api_key",
    "secret",
    "password",
    "uid",
    "private_key",
    "wallet_address",
    "account_id",
)
_DOORS = ("telegram", "discord", "webhook", "api_server", "external_message_consumer")
#: Candles beyond those that the strategy needs to begin.
_CANDLES = 400
_MOST_CANDLES = 3000


class Stage:
    """A strategy, loaded as freqtrade does, and set into a market that stands still."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.config = config_of(settings)
        self.strategy: Any = None

    def load(self) -> IStrategy:
        """The strategy. Raises what freqtrade or the strategy raises, and what freqtrade logged."""
        said = io.StringIO()
        handler = logging.StreamHandler(said)
        handler.setLevel(logging.WARNING)
        logger = logging.getLogger("freqtrade.resolvers")
        logger.addHandler(handler)
        try:
            self.strategy = StrategyResolver.load_strategy(self.config)
        except OperationalException as error:
            raise OperationalException(f"{error} {said.getvalue().strip()}".strip()) from error
        finally:
            logger.removeHandler(handler)
        return self.strategy

    def set_up(self) -> None:
        """What the strategy may ask from its first callback on."""
        enable_database_use()
        init_db("sqlite://")
        config, strategy = self.config, self.strategy
        self.minutes = timeframe_to_minutes(strategy.timeframe)
        self.pairs = pairs_of(config)
        count = min(_MOST_CANDLES, int(strategy.startup_candle_count or 0) + _CANDLES)
        self.exchange = StillExchange(config, self.pairs, count)
        self.wallet = wallet_of(config)
        strategy.dp = DataProvider(config, self.exchange, StillPairs(self.pairs))
        wallets = StillWallets(self.wallet, float(config.get("max_open_trades") or 1))
        if isinstance(strategy, RiskMixin):  # no session: nothing is guarded, nothing is kept
            strategy.__dict__["_guarded_wallets"] = wallets
        else:
            strategy.wallets = wallets
        Trade.session.rollback()

    @property
    def futures(self) -> bool:
        """Positions may be leveraged."""
        return self.config["trading_mode"] is TradingMode.FUTURES


def config_of(settings: dict[str, Any]) -> dict[str, Any]:
    """The configuration as a dry-run bot has it, without keys and without ways out."""
    from pathlib import Path

    config = dict(settings)
    config["user_data_dir"] = Path(config["user_data_dir"])
    config["datadir"] = config["user_data_dir"] / "data"
    config["runmode"], config["dry_run"], config["db_url"] = RunMode.DRY_RUN, True, "sqlite://"
    config["trading_mode"] = TradingMode(config.get("trading_mode") or "spot")
    config["margin_mode"] = MarginMode(config.get("margin_mode") or "")
    config["candle_type_def"] = CandleType.get_default(config["trading_mode"])
    config["exchange"] = {
        k: "" if k in _KEYS else v for k, v in (config.get("exchange") or {}).items()
    }
    for name in _DOORS:
        config[name] = {"enabled": False}
    return config


def pairs_of(config: dict[str, Any]) -> list[str]:
    """Two pairs of the whitelist, or two usual ones where that is a pattern or empty."""
    listed = config["exchange"].get("pair_whitelist") or []
    stake = str(config.get("stake_currency") or "USDT")
    end = f":{stake}" if config["trading_mode"] is TradingMode.FUTURES else ""
    plain = [
        pair for pair in listed if re.fullmatch(r"[A-Z0-9]+/[A-Z0-9]+(:[A-Z0-9]+)?", str(pair))
    ]
    usual = [f"{base}/{stake}{end}" for base in ("BTC", "ETH")]
    return [*plain, *(pair for pair in usual if pair not in plain)][:2]


def wallet_of(config: dict[str, Any]) -> float:
    """The simulated wallet in stake currency."""
    wallet = config.get("dry_run_wallet") or 1000
    if isinstance(wallet, dict):
        wallet = wallet.get(config.get("stake_currency"), 1000)
    return float(wallet)
