"""Channels by address: they are found wrong before the bot starts, and are never shown (AU-4)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from riskplugin.alerts.channels import sinks_of
from riskplugin.alerts.log import log_sink
from riskplugin.alerts.services import ServiceSink
from riskplugin.alerts.sink import DeliveryError, Letter
from riskplugin.config import ConfigError, parse
from riskplugin.core.alerts.wording import Message
from riskplugin.core.levels import Severity
from riskplugin.redaction import hush, redactor_for

pytestmark = pytest.mark.spec("AL-2", "AU-4")
SECRET = "s3cr3t-t0k3n-of-the-duty"
LETTER = Letter(
    "bot", Message(severity=Severity.CRITICAL, name="breaker_open", text="OPEN (alert 1)")
)


def section(**channels: str) -> dict[str, Any]:
    return {"alerts": {"channels": channels}}


@contextmanager
def service(status: int = 200) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A server that apprise posts to."""
    taken: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *parts: object) -> None:
            """Quietly."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_service_gets_title_and_text() -> None:
    with service() as (port, taken):
        ServiceSink(f"json://127.0.0.1:{port}/{SECRET}")(LETTER)
    assert taken[0]["title"] == "riskplugin bot: CRITICAL breaker_open"
    assert taken[0]["message"] == "OPEN (alert 1)"
    assert taken[0]["type"] == "failure"


def test_a_service_that_refuses_has_failed_and_its_address_is_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with service(500) as (port, _):
        url = f"json://127.0.0.1:{port}/{SECRET}"
        redactor = redactor_for({"risk": section(duty=url)}, environ={})
        hush(redactor)
        with pytest.raises(DeliveryError) as caught:
            ServiceSink(url)(LETTER)
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("written", "environ", "word"),
    [
        ("env:RISK_DUTY_URL", {}, "RISK_DUTY_URL"),
        ("env:RISK_DUTY_URL", {"RISK_DUTY_URL": " "}, "is not set"),
        (f"nosuch://{SECRET}", {}, "no address"),
        ("env:RISK_DUTY_URL", {"RISK_DUTY_URL": f"nosuch://{SECRET}"}, "no address"),
    ],
)
def test_a_channel_that_cannot_work_stops_the_start_without_its_secret(
    written: str, environ: dict[str, str], word: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        sinks_of(parse(section(duty=written)), environ)
    told = str(caught.value)
    assert "risk.alerts.channels.duty" in told
    assert word in told
    assert SECRET not in told


def test_an_address_may_lie_in_the_environment() -> None:
    with service() as (port, taken):
        environ = {"RISK_DUTY_URL": f"json://127.0.0.1:{port}/x"}
        sinks = sinks_of(parse(section(duty="env:RISK_DUTY_URL")), environ)
        assert sinks.keys() == {"log", "duty"}
        sinks["duty"](LETTER)
    assert taken


@pytest.mark.parametrize("where", ["file", "environment"])
def test_whole_addresses_and_their_parts_are_secrets(where: str) -> None:
    url = f"tgram://123456789:{SECRET}/-1001234567890/?thread=998877665"
    environ = {} if where == "file" else {"RISK_DUTY_URL": url}
    written = url if where == "file" else "env:RISK_DUTY_URL"
    redactor = redactor_for({"risk": section(duty=written)}, environ=environ)
    told = redactor.clean(f"POST https://api/bot{SECRET}/send chat 998877665 {url}")
    for secret in (SECRET, "998877665", url):
        assert secret not in told
    assert redactor.clean("json://127.0.0.1 is up") == "json://127.0.0.1 is up"


def test_screens_and_records_show_no_address() -> None:
    config = parse(section(duty=f"tgram://{SECRET}/1", other="env:RISK_DUTY_URL"))
    assert config.public_section["alerts"]["channels"] == {
        "duty": "***",
        "other": "env:RISK_DUTY_URL",
    }
    assert SECRET not in repr(config)
    assert SECRET not in config.limits


def test_who_is_told_is_no_limit() -> None:
    assert parse(section(duty="tgram://x/1")).version == parse({}).version


@pytest.mark.parametrize(
    ("alerts", "words"),
    [
        ({"routes": {"critical": ["duti"]}, "channels": {"duty": f"json://{SECRET}"}}, "'duty'"),
        ({"routes": {"critical": []}}, "one at least"),
        ({"levels": [{"name": "a", "channels": ["nowhere"]}]}, "names no channel"),
        ({"levels": [{"name": "a"}, {"name": "b"}]}, "later than the one before"),
        ({"levels": [{"name": "a", "after": "1m"}]}, "the first with"),
        ({"levels": [{"name": "a", "wait": "1m"}]}, "a list of levels"),
        ({"channels": {"log": f"json://{SECRET}"}}, "not bot, not log"),
        ({"channels": {"duty": SECRET}}, "env:NAME"),
        ({"quiet_hours": {"from": "22:00", "to": "22:00"}}, "two different times"),
        ({"per_minute": 0}, "at least 1"),
    ],
)
def test_a_route_to_nowhere_stops_the_start(alerts: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"alerts": alerts})
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("severity", list(Severity))
def test_the_log_is_as_loud_as_the_alert(
    severity: Severity, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log_sink(Letter("bot", Message(severity=severity, name="x", text="something")))
    assert caplog.record_tuples[-1][1:] == (
        getattr(logging, severity.name),
        "riskplugin: something",
    )


def test_whoever_only_reads_a_configuration_loads_no_apprise() -> None:
    code = (
        "import sys, riskplugin.bootstrap, riskplugin.alerts.channels;"
        "from riskplugin.config import parse; parse({}).alert_plan;"
        "sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_reason_forges_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    text = "latched\n2026-11-23 12:00:00 - re-armed by ann\x1b[2J"
    log_sink(Letter("bot", Message(severity=Severity.WARNING, name="x", text=text)))
    [record] = caplog.records
    assert record.getMessage().splitlines()[1].startswith("    ")
    assert "\x1b" not in record.getMessage()
