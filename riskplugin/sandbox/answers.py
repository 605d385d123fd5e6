"""Turns a request into an answer: counting, faults, signature, endpoint, JSON.

The only part that knows both HTTP and the exchange.
"""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from riskplugin.sandbox import (
    control_api,
    futures_account_api,
    futures_market_api,
    futures_orders_api,
    futures_settings_api,
    market_data_api,
    sapi,
    spot_api,
    ticker_api,
)
from riskplugin.sandbox.auth import authenticate, unsigned
from riskplugin.sandbox.call import Call
from riskplugin.sandbox.errors import (
    ApiError,
    bad_key,
    unknown_endpoint,
)
from riskplugin.sandbox.fault_answers import broken_answer, json_answer, text_answer
from riskplugin.sandbox.faults import Fault
from riskplugin.sandbox.routes import merged
from riskplugin.sandbox.world import World

logger = logging.getLogger(__name__)
ROUTES = merged(
    market_data_api.api,
    spot_api.api,
    futures_market_api.api,
    futures_account_api.api,
    futures_orders_api.api,
    futures_settings_api.api,
    ticker_api.api,
    sapi.api,
)


class Answerer:
    """Answers requests of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The handler for every method and path."""
        name, path = _split_name(request.path)
        body = await request.text()
        if path.startswith("/control/"):
            return self._control(request, path, body)
        key = request.headers.get("X-MBX-APIKEY", "")
        self._world.traffic.count(f"{request.method} {path}", key, name)
        fault = self._world.faults.strike(request.method, path, key, name, self._world.clock())
        if fault is None:
            return self._answer(request, path, body)
        logger.info("fault %s strikes %s %s", fault.kind, request.method, path)
        return await self._fail(fault, request, path, body)

    def _answer(
        self, request: web.Request, path: str, body: str, *, shift_s: float = 0.0
    ) -> web.Response:
        """The answer of an exchange in good health; ``shift_s`` is how wrong its clock goes."""
        try:
            return json_answer(self._run(request, path, body, shift_s=shift_s))
        except ApiError as refusal:
            return json_answer(refusal.body(), refusal.status)

    def _run(self, request: web.Request, path: str, body: str, *, shift_s: float = 0.0) -> object:
        route = ROUTES.get((request.method, path))
        if route is None:
            self._world.traffic.count_unknown(f"{request.method} {path}")
            logger.warning("unknown endpoint %s %s", request.method, path)
            raise unknown_endpoint(request.method, path)
        now_ms = self._world.clock()
        query = request.rel_url.raw_query_string
        params = dict(parse_qsl(query) + parse_qsl(body))
        shown_ms = now_ms + round(shift_s * 1000)
        call = Call(self._world, path, params, shown_ms if path.endswith("/time") else now_ms)
        if route.signed:
            key = request.headers.get("X-MBX-APIKEY", "")
            if not key:
                raise bad_key()
            payload = unsigned(query) + unsigned(body)
            accounts = self._world.exchange.accounts
            call.signer = authenticate(accounts, key, payload, params, shown_ms)
            self._world.exchange.advance(now_ms)
        return route.handler(call)

    async def _fail(
        self, fault: Fault, request: web.Request, path: str, body: str
    ) -> web.StreamResponse:
        match fault.kind:
            case "timeout":
                await asyncio.sleep(fault.delay_s)
                return _cut(request)
            case "accepted_no_answer":
                self._answer(request, path, body)
                return _cut(request)
            case "accepted_malformed":
                self._answer(request, path, body)
                return text_answer('{"orderId": 1', "application/json")
            case "server_time":
                return self._answer(request, path, body, shift_s=fault.shift_s)
            case "balance_empty":
                return self._without_balances(request, path, body)
            case _:
                return broken_answer(fault, path)

    def _without_balances(self, request: web.Request, path: str, body: str) -> web.Response:
        """The balance answer with everything but the balances."""
        try:
            answer = self._run(request, path, body)
        except ApiError as refusal:
            return json_answer(refusal.body(), refusal.status)
        if isinstance(answer, dict):
            gone = ("balances", "assets", "positions")
            return json_answer({name: [] if name in gone else answer[name] for name in answer})
        return json_answer([])

    def _control(self, request: web.Request, path: str, body: str) -> web.Response:
        handler = control_api.table.get((request.method, path))
        if handler is None:
            return json_answer({"error": f"no control endpoint {request.method} {path}"}, 404)
        try:
            fields = orjson.loads(body) if body else dict(request.query)
            return json_answer(handler(self._world, fields))
        except (ValueError, TypeError) as mistake:
            return json_answer({"error": str(mistake)}, 400)
        except ApiError as refusal:
            return json_answer(refusal.body(), refusal.status)


def _split_name(path: str) -> tuple[str, str]:
    """`/as/alice/api/v3/time` is alice asking for `/api/v3/time`."""
    if not path.startswith("/as/"):
        return "", path
    name, _, rest = path.removeprefix("/as/").partition("/")
    return name, f"/{rest}"


def _cut(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
