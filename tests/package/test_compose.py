"""The compose file, read: by the specification, and by the parsers of what it starts."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from riskplugin.version import __version__
from tests.docs.parsers import trouble
from tools.blocks import ROOT

pytestmark = pytest.mark.spec("CF-5")
COMPOSE = ROOT / "docker" / "docker-compose.yml"
IMAGE = f"freqtrade-riskplugin:{__version__}"


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


SERVICES: dict[str, dict[str, Any]] = compose()["services"]


def command_of(service: dict[str, Any]) -> list[str]:
    """What runs in its container: the image's entry point is freqtrade's."""
    told = service["command"]
    words = shlex.split(told) if isinstance(told, str) else list(told)
    return [*service.get("entrypoint", ["freqtrade"]), *words]


def understood(told: dict[str, Any]) -> dict[str, Any]:
    """A compose file as the specification reads it; merges (`<<`) are done by YAML before."""
    return dict(PyCompose.from_yaml(yaml.safe_dump(told)).to_dict())


def test_the_compose_file_is_one_by_the_specification() -> None:
    assert set(understood(compose())["services"]) == {
        "freqtrade",
        "watchdog",
        "metrics",
        "dashboard",
    }


def test_the_specification_is_asked_strictly() -> None:
    told = compose()
    told["services"]["freqtrade"]["stop_grace_perod"] = "2m"
    with pytest.raises(ValueError, match="stop_grace_perod"):
        understood(told)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_runs_is_accepted_by_its_parser(name: str) -> None:
    service = SERVICES[name]
    assert trouble(command_of(service)) == ""
    if "healthcheck" in service:
        kind, *words = service["healthcheck"]["test"]
        assert kind == "CMD"
        assert trouble(words) == ""


@pytest.mark.parametrize("name", SERVICES)
def test_all_services_are_one_image_and_share_the_ledgers_folder(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == IMAGE
    assert service["volumes"] == ["./user_data:/freqtrade/user_data"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_this_machine_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port)


@pytest.mark.parametrize("name", SERVICES)
def test_no_value_of_a_secret_stands_in_the_file(name: str) -> None:
    named = SERVICES[name].get("environment", {})
    assert {key: value for key, value in named.items() if value is not None} in (
        {},
        {"FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS": "0.0.0.0"},
    )


def test_the_bot_has_time_to_end_and_the_watchdog_outlives_it() -> None:
    assert SERVICES["freqtrade"]["stop_grace_period"] == "2m"
    # In the bot's process namespace the watchdog would be ended together with the bot.
    assert "pid" not in SERVICES["watchdog"]
    started = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert started == {"freqtrade", "watchdog"}
