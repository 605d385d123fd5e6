"""A value of its own in every part of a channel's address; then the channel fails in every way. Not
one may be found in log, ledger, status, REST, page, export, or what the command line says (AU-4).
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import apprise
import httpx
import pytest
from typer.testing import CliRunner

from riskplugin.cli import app
from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.core import events as ev
from riskplugin.dashboard.server import LedgerOffice, dashboard_app
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.alerts.desks import until
from tests.dashboard.serving import serving
from tests.faults.bench import FORGIVING, Bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("AL-2", "AU-4")]

PARTS = ("user", "password", "path", "query", "header")
CANARY = "cNrY-{where}-{part}-0{number}"
VARIABLE = "RISK_CANARY_URL"
PAGES = ("status", "alerts", "overview", "limits", "events", "decisions")


def address(port: int, where: str) -> str:
    user, password, path, query, header = (
        CANARY.format(where=where, part=part, number=n) for n, part in enumerate(PARTS)
    )
    return f"json://{user}:{password}@127.0.0.1:{port}/{path}?method=post&-token={query}&+X-Key={header}"


def found(said: bytes | str) -> bool:
    text = said if isinstance(said, bytes) else said.encode("utf-8", "backslashreplace")
    return b"cNrY" in text


@pytest.fixture(params=["refused", "raises"])
def dead(
    request: pytest.FixtureRequest, start: Start, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    """A bot whose channels fail: nobody listens, or the service raises the whole address."""
    duty, night = address(free_port, "file"), address(free_port, "env")
    monkeypatch.setenv(VARIABLE, night)
    if request.param == "raises":

        def notify(self: object, **letter: Any) -> bool:
            raise RuntimeError(f"cannot reach {duty} nor {night}")

        monkeypatch.setattr(apprise.Apprise, "notify", notify)
    channels = {"duty": duty, "night": f"env:{VARIABLE}"}
    route = ["duty", "night", "log"]
    routes = {"info": route, "warning": route, "critical": route}
    section = {**FORGIVING, "alerts": {"channels": channels, "routes": routes}}
    return start(section=section)


def on_the_screen(bench: Bench, config: Path) -> dict[str, str]:
    """What a person sees on the command line, with the bot's configuration at hand."""
    here = ["--ledger", bench.url]
    told = ["--config", str(config), "--userdir", str(bench.folder / "user_data")]
    commands = [
        ["alerts", "list", "--all", *here],
        ["alerts", "list", "--all", "--json", *here],
        ["alerts", "show", "1", *here],
        ["alerts", "test", *told],
        ["status", "--json", *here],
        ["audit", "show", *here],
        ["audit", "export", *here],
        ["limits", "show", *told],
        ["check", *told],
    ]
    said: dict[str, str] = {}
    for words in commands:
        result = CliRunner().invoke(app, words)
        said[" ".join(words[:3])] = result.output + repr(result.exception)
    assert "failed" in said[f"alerts test {told[0]}"]
    return said


def in_the_browser(bench: Bench, reader: LedgerReader) -> dict[str, str]:
    people = open_people(parse({}), bench.folder / "user_data", url=bench.url)
    served = dashboard_app(LedgerOffice(reader, people, shell="sam"), loopback=True)
    with serving(served) as url, httpx.Client(base_url=url, timeout=20) as client:
        pages = {page: client.get(f"/api/v1/risk/{page}") for page in PAGES}
        pages["page"] = client.get("/", follow_redirects=True)
    assert {page: answer.status_code for page, answer in pages.items()} == dict.fromkeys(pages, 200)
    return {f"REST {page}": answer.text for page, answer in pages.items()}


def test_no_part_of_an_address_is_found_anywhere_while_its_channel_fails(
    dead: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dead.loop(2)
    assert dead.order("trip") == "done"
    until(lambda: {e.channel for e in dead.told(ev.AlertFailed)} == {"duty", "night"}, 30)  # type: ignore[attr-defined]
    dead.loop(2)
    desk = dead.bot.session.service.alerts
    assert desk is not None
    desk.close()
    config = dead.folder / "config.json"
    written = {**dead.bot.freqtrade.config, "original_config": None, "internals": None}
    config.write_text(json.dumps(written, default=str))
    reader = open_reader(dead.url, base_dir=dead.folder)
    records = b"\n".join(record.payload for record in reader.chain(dead.bot.key))
    assert b"duty" in records, "the channel itself is named"
    places: dict[str, bytes | str] = {
        "log": "\n".join(logging.Formatter().format(record) for record in caplog.records),
        "records": records,
        "status": json.dumps(reader.status(dead.bot.key)),
        "state": repr(dead.state),
        "heard": "\n".join(map(repr, dead.heard)),
        **on_the_screen(dead, config),
        **in_the_browser(dead, reader),
    }
    reader.close()
    files = (dead.folder / "user_data").rglob("*")
    places |= {path.name: path.read_bytes() for path in files if path.is_file()}
    assert [place for place, said in places.items() if found(said)] == []
