"""riskplugin limits presets: the three side by side with the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskplugin.config import PRESETS, parse
from tests.cli.conftest import Run, change

pytestmark = pytest.mark.spec("CF-1")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_presets_stand_side_by_side_with_the_file(run: Run, home: Path) -> None:
    change(home, risk={"stop": {"normal_pct": 5.5}, "sizing": {"volatility": {"curve": "stepped"}}})
    result = run("limits", "presets")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    lines = {line.split()[0]: flat(line) for line in result.output.splitlines() if line.split()}
    assert lines["normal_pct"] == "normal_pct 4 ▼ 5 ▼ 6 ▲ 5.5"
    assert lines["volatility.curve"] == "volatility.curve linear ◆ linear ◆ linear ◆ stepped"
    assert lines["drawdown.trip_pct"] == "drawdown.trip_pct 8 ▼ 15 25 ▲ 15"
    assert "Yours are none of them" in flat(result.output)
    for preset in PRESETS.values():
        assert flat(preset.whom) in flat(result.output)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_file_that_is_a_preset_is_recognised(preset: str, run: Run, home: Path) -> None:
    change(home, risk=dict(PRESETS[preset].section))
    assert f"Yours are {preset}." in flat(run("limits", "presets").output)


def test_presets_as_json(run: Run, home: Path) -> None:
    change(home, risk={"modes": {"size": "observe"}})
    shown = json.loads(run("limits", "presets", "--json").stdout)
    assert list(shown["presets"]) == list(PRESETS)
    moderate = shown["presets"]["moderate"]
    assert moderate["tighter"] == ["modes.size"]
    assert moderate["looser_or_other"] == []
    assert moderate["version"] == parse({}).version
    assert moderate["limits"]["stop.normal_pct"] == 5
