"""Who calls, as `riskplugin dashboard` sees it: waits after wrong passwords count by address."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from riskplugin.cli import app
from riskplugin.cli.dashboard import settings_of
from tests.dashboard.bots import PaperBot

pytestmark = pytest.mark.spec("AU-5")


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers the caller's address."""
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


@pytest.mark.parametrize(("behind_proxy", "seen"), [(False, "127.0.0.1"), (True, "192.0.2.7")])
def test_a_caller_names_its_own_address_only_behind_a_proxy(behind_proxy: bool, seen: str) -> None:
    settings = settings_of(who, "127.0.0.1", 8087, behind_proxy=behind_proxy)
    settings.load()

    async def asked() -> str:
        transport = httpx.ASGITransport(settings.loaded_app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get("/", headers={"X-Forwarded-For": "192.0.2.7"})).text

    assert asyncio.run(asked()) == seen


def test_behind_a_proxy_it_starts_only_once_people_are_registered(bot: PaperBot) -> None:
    """Whoever the proxy lets through would come from this machine, and act as its user."""
    place = ["--ledger", bot.url, "--userdir", str(bot.user_data)]
    told = CliRunner().invoke(app, ["dashboard", *place, "--behind-proxy"])
    assert told.exit_code == 2
    assert "riskplugin users add" in " ".join(told.output.split())
