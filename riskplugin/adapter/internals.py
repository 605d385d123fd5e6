"""Everything that reaches into freqtrade's private parts, in one place.

``verify`` runs when a guard is installed: it checks that each part is what this file was written
for (freqtrade OLDEST to NEWEST) and refuses to trade otherwise, with a message that says what is
missing. docs/versions.md shows what was run against which release.
"""

from __future__ import annotations

import inspect
from datetime import datetime
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, cast

import freqtrade
from freqtrade.exceptions import OperationalException
from freqtrade.persistence import LocalTrade, Trade
from freqtrade.plugins.protections import IProtection
from freqtrade.util import get_dry_run_wallet
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.util import identity_key

if TYPE_CHECKING:
    from freqtrade.data.dataprovider import DataProvider
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets
    from pandas import DataFrame

#: The releases that are supported; pyproject.toml says the same to pip (tests/test_versions.py).
#: 2025.11.2 speaks Binance's new endpoint for stops; of the newest, later patches are taken, too.
OLDEST = (2025, 11, 2)
NEWEST = (2026, 9)
REQUIREMENT = "freqtrade>=2025.11.2,<2026.10"

#: From 2026.2 on freqtrade hands the starting balance to its protections.
TELLS_BALANCE = "starting_balance" in inspect.signature(IProtection.global_stop).parameters

_WALLETS = ("_wallets", "_positions", "_exchange", "_start_cap", "_last_wallet_refresh", "_config")
_EXCHANGE = ("_entry_rate_cache", "_exit_rate_cache", "_cache_lock", "create_order")
_DATAPROVIDER = ("_DataProvider__cached_pairs", "_DataProvider__rpc")
_TRADES = ("bt_trades", "bt_trades_open", "bt_total_profit", "use_db")


def verify(wallets: Wallets, dp: DataProvider) -> None:
    """Raise OperationalException when this freqtrade is not one that the guards were written
    for.
    """
    _verify_version()
    exchange = getattr(wallets, "_exchange", None)
    missing = [f"Wallets.{name}" for name in _WALLETS if not hasattr(wallets, name)]
    missing += [f"Exchange.{name}" for name in _EXCHANGE if not hasattr(exchange, name)]
    missing += [f"DataProvider.{name}" for name in _DATAPROVIDER if not hasattr(dp, name)]
    missing += [f"LocalTrade.{name}" for name in _TRADES if not hasattr(LocalTrade, name)]
    if missing:
        raise OperationalException(
            f"riskplugin cannot guard freqtrade {freqtrade.__version__}: {', '.join(missing)} "
            "is not there. Use a supported version, or update riskplugin."
        )


def _verify_version() -> None:
    version = _numbers(freqtrade.__version__)
    if version is None:
        return  # a development build: the parts themselves are checked
    if version < OLDEST:
        mend = f"Update freqtrade: pip install '{REQUIREMENT}'."
    elif version[:2] > NEWEST:
        mend = (
            "Update riskplugin: pip install --upgrade freqtrade-riskplugin. When there is no "
            f"newer one yet, go back to a tested freqtrade: pip install '{REQUIREMENT}'."
        )
    else:
        return
    oldest, newest = (".".join(map(str, release)) for release in (OLDEST, NEWEST))
    raise OperationalException(
        f"riskplugin was tested with freqtrade {oldest} to {newest}, this is "
        f"{freqtrade.__version__}. {mend}"
    )


def _numbers(version: str) -> tuple[int, ...] | None:
    """(2026, 9) for "2026.9" and "2026.9-dev"; None for what names no year and month."""
    parts = version.partition("-")[0].split(".")
    numbers = tuple(int(part) for part in parts if part.isdigit())
    return numbers if len(numbers) > 1 and parts[0].isdigit() else None


def named_capital(config: Any) -> float | None:
    """The starting balance as the configuration names it; None for a live account's.

    For the freqtrades that tell protections none: as its own reckoning, partial exits included
    where it includes them.
    """
    if "available_capital" in config:
        return float(config["available_capital"])
    if not config.get("dry_run"):
        return None
    capital = float(get_dry_run_wallet(config))
    if Trade.use_db:
        capital += sum(t.realized_profit or 0.0 for t in open_trades(live=True))
    return capital * float(config.get("tradable_balance_ratio", 1.0))


def exchange_of(wallets: Wallets) -> Exchange:
    """The exchange that the bot trades on."""
    return wallets._exchange


#: What freqtrade hands over to ccxt, and where ccxt keeps what else can carry a secret.
_CREDENTIALS = (
    *("apiKey", "secret", "uid", "accountId", "login", "password", "twofa", "privateKey"),
    *("walletAddress", "token", "headers", "httpProxy", "httpsProxy", "socksProxy", "wsProxy"),
    *("http_proxy", "https_proxy", "socks_proxy", "ws_proxy", "aiohttp_proxy", "proxies"),
)


def credentials_of(exchange: Exchange) -> dict[str, Any]:
    """The exchange's keys, from its clients: freqtrade takes them out of the configuration."""
    clients = [getattr(exchange, name, None) for name in ("_api", "_api_async", "_ws_async")]
    found = [
        {name: getattr(client, name, None) for name in _CREDENTIALS}
        for client in clients
        if client is not None
    ]
    return {"exchange": {str(number): kept for number, kept in enumerate(found)}}


def starting_capital(wallets: Wallets, currency: str) -> float | None:
    """What a simulated wallet began with, in ``currency``."""
    value = wallets._start_cap.get(currency)
    return None if value is None else float(value)


def balance(wallets: Wallets, currency: str) -> float | None:
    """The live wallet's total in ``currency``; None when the exchange named no such balance."""
    wallet = wallets._wallets.get(currency)
    return None if wallet is None or wallet.total is None else float(wallet.total)


def exchange_positions(wallets: Wallets) -> dict[str, Any]:
    """Open futures positions by pair, as the exchange reported them last."""
    return wallets._positions


def refreshed_at(wallets: Wallets) -> datetime | None:
    """When the wallet was last read from the exchange."""
    return wallets._last_wallet_refresh


def cached_rate(exchange: Exchange, pair: str) -> float | None:
    """The last rate that the bot itself has fetched for ``pair``, without asking the exchange."""
    with exchange._cache_lock:
        rate = exchange._entry_rate_cache.get(pair) or exchange._exit_rate_cache.get(pair)
    return None if rate is None else float(rate)


def analysed(dp: DataProvider, pair: str) -> tuple[DataFrame, datetime] | None:
    """The newest analysed candles of ``pair`` (in a backtest: all of them), not copied."""
    cached = dp._DataProvider__cached_pairs
    usual = cached.get((pair, dp._config.get("timeframe"), dp._config.get("candle_type_def")))
    if usual is not None:
        return cast("tuple[DataFrame, datetime]", usual)
    for (name, _, _), entry in cached.items():
        if name == pair:
            return cast("tuple[DataFrame, datetime]", entry)
    return None


#: How freqtrade itself finds its open trades.
_reads = attrgetter("get_open_trades", "get_trades_proxy", "get_trades", "get_trades_query")
_READS = _reads(Trade)
#: The numbers of all open trades.
_OPEN = select(Trade.id).where(Trade.is_open.is_(True)).order_by(Trade.id)


class Analyses:
    """Which pairs' newest candle went through the strategy's analysis.

    Asked of each pair in each loop: while freqtrade holds the same two frames the answer is too.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, object]] = {}

    def whole(self, dp: DataProvider, pair: str) -> bool:
        """The newest candle of ``pair`` was analysed."""
        entry = analysed(dp, pair)
        if entry is None or len(entry[0]) == 0:
            return False
        kind = dp._config["candle_type_def"]
        raw = dp.ohlcv(pair, dp._config["timeframe"], copy=False, candle_type=kind)
        known = self._known.get(pair)
        if known is not None and known[0] is entry and known[1] is raw:
            return True
        whole = bool(len(raw) and entry[0]["date"].iloc[-1] >= raw["date"].iloc[-1])
        if whole:
            self._known[pair] = entry, raw
        return whole


def rpc_manager(dp: DataProvider) -> Any | None:
    """The bot's message hub, None in a backtest."""
    return dp._DataProvider__rpc


def bot_has(dp: DataProvider, strategy: IStrategy) -> bool:
    """False where the running bot had been given another strategy; it has this one again."""
    manager = rpc_manager(dp)
    bot = getattr(getattr(manager, "_rpc", None), "_freqtrade", None)
    if bot is None or bot.strategy is strategy:
        return True
    bot.strategy = strategy
    return False


def open_trades(*, live: bool) -> list[LocalTrade]:
    """All open trades: from the database live, from memory in a backtest.

    Live only their numbers are asked for where freqtrade's session holds them as they are: within
    a transaction it would answer the same objects, at several times the cost. Where somebody has
    put another way of asking in its place, that is asked: a position that the bot does not see, and
    will not close, has to be found out.
    """
    if not live:
        return LocalTrade.bt_trades_open
    if not all(map(is_, _reads(Trade), _READS)):
        return list(Trade.get_open_trades())
    found = [_held(number) for number in Trade.session.scalars(_OPEN)]
    held = [trade for trade in found if trade is not None]
    return held if len(held) == len(found) else list(Trade.get_open_trades())


def _held(number: int) -> Trade | None:
    """A trade that the session has and need not read again."""
    trade: Trade | None = Trade.session.identity_map.get(identity_key(Trade, number))
    if trade is None:
        return None
    state = instance_state(trade)
    return None if state.expired or state.expired_attributes else trade


def closed_profit(*, live: bool) -> float:
    """Profit of all closed trades since the records began."""
    return float(Trade.get_total_closed_profit() if live else LocalTrade.bt_total_profit)


def trade_by_id(trade_id: int) -> LocalTrade | None:
    """A live bot's trade, open or closed; None when it was deleted."""
    return Trade.get_trades([Trade.id == trade_id]).first()


def newest_trade_id() -> int:
    """The id of a live bot's latest trade, 0 when it had none."""
    return Trade.session.scalar(select(func.max(Trade.id))) or 0


def trade_ids_after(trade_id: int) -> set[int]:
    """The ids of a live bot's trades that began after ``trade_id``."""
    return set(Trade.session.scalars(select(Trade.id).where(Trade.id > trade_id)))


def closed_in_backtest(after: int) -> list[LocalTrade]:
    """The trades that a backtest has closed, without the first ``after`` of them."""
    return LocalTrade.bt_trades[after:]


def closed_count() -> int:
    """How many trades a backtest has closed."""
    return len(LocalTrade.bt_trades)


def run_marker() -> object:
    """An object whose identity changes with every backtest or hyperopt epoch."""
    return LocalTrade.bt_trades
