"""The routes of riskplugin in freqtrade's own API server, behind its own login.

The only patch is ``ApiServer.configure_app``: the routes have to stand before freqtrade's user
interface, which takes every address that is left.
"""

from __future__ import annotations

import functools
import inspect
from typing import Annotated, Any

import freqtrade
from fastapi import Depends, Request
from freqtrade.rpc.api_server.api_auth import http_basic_or_jwt_token
from freqtrade.rpc.api_server.deps import get_rpc, is_trading_mode
from freqtrade.rpc.api_server.webserver import ApiServer

from riskplugin.adapter.doors.office import BotOffice
from riskplugin.calm import calm_logger
from riskplugin.dashboard.api import install

logger = calm_logger(__name__)

_MARK = "__riskplugin__"
_EXPECTED = ["self", "app", "config"]


def open_rest() -> None:
    """Have each API server that starts from now on serve riskplugin's routes, too. Idempotent."""
    original = ApiServer.configure_app
    if getattr(original, _MARK, False):
        return
    if list(inspect.signature(original).parameters) != _EXPECTED:
        logger.error(
            "riskplugin does not know how freqtrade %s builds its API server: no REST for risk",
            freqtrade.__version__,
        )
        return

    @functools.wraps(original)
    def configure_app(self: Any, app: Any, config: Any) -> Any:
        if "riskplugin" in config:  # the mark that a guarded strategy leaves
            try:
                install(
                    app,
                    BotOffice("rest", lambda: ApiServer._config),
                    door=[*_stream_door(), Depends(get_rpc)],
                    stream_door=_stream_door(),
                    leaving=lambda: _leaving(self),
                )
            except Exception:
                logger.exception("riskplugin: the REST interface is not available")
        return original(self, app, config)

    setattr(configure_app, _MARK, True)
    ApiServer.configure_app = configure_app


def _stream_door() -> list[Any]:
    """The bot's login and its mode; other routes need a data base session besides, which ends with
    the request. A stream asks freqtrade's data base nothing, and would hold one for hours.
    """
    return [Depends(_login), Depends(is_trading_mode)]


def _leaving(api: Any) -> bool:
    """Whether this API server ends: freqtrade waits for it until the last answer is complete."""
    server = getattr(api, "_server", None)
    return server is not None and bool(server.should_exit)


def _login(request: Request, user: Annotated[str, Depends(http_basic_or_jwt_token)]) -> None:
    request.state.riskplugin_login = user
