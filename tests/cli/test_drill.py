"""What a drill takes over, and its report: no process is started here (tests/e2e/test_drill.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from riskplugin.cli.drill.own import own
from riskplugin.cli.drill.report import Step, check, markdown, report_of, signed, write
from riskplugin.ledger.proof.signing import generate
from tests.cli.conftest import Run

FACTS: dict[str, Any] = {
    "bot": "trend",
    "at": "2026-11-23T12:00:00+00:00",
    "software": "1",
    "by": "ann",
    "market": "spot, BTC/USDT",
    "limits_version": "abc",
    "sent_to_people": False,
    "differences": ["prices are made up"],
    "chains": [{"bot": "trend", "records": 3, "verdict": "verified", "head": "00"}],
}
FEW = {"max_positions": 1}
STEPS = (
    Step("kill path", "trip", passed=True, seconds=0.5, bound_s=5.0, text="in | time"),
    Step("kill path", "close all", text="not within 60 s"),
)


def made(tmp_path: Path) -> dict[str, Any]:
    return signed(report_of(FACTS, STEPS), generate(tmp_path / "key"))


def test_one_failed_step_fails_the_drill(tmp_path: Path) -> None:
    assert made(tmp_path)["passed"] is False
    assert report_of(FACTS, STEPS[:1])["passed"] is True


@pytest.mark.parametrize(
    "edit",
    [
        lambda told: told | {"passed": True},
        lambda told: told | {"by": "bob"},
        lambda told: told | {"steps": told["steps"][:1]},
        lambda told: told | {"steps": [told["steps"][0] | {"seconds": 0.4}, told["steps"][1]]},
        lambda told: told | {"more": None},
        lambda told: {name: value for name, value in told.items() if name != "differences"},
        lambda told: told | {"signature": None},
        lambda told: told | {"signature": told["signature"] | {"signature": "AAAA"}},
        lambda told: told | {"signature": told["signature"] | {"public_key": "nonsense"}},
        lambda told: told | {"signature": {}},
        lambda told: told | {"form": "something else"},
    ],
)
def test_a_report_that_was_edited_does_not_verify(tmp_path: Path, edit: Any) -> None:
    told = made(tmp_path)
    assert check(told, [])[0]
    assert not check(edit(told), [])[0]


def test_whose_key_signed_is_said(tmp_path: Path) -> None:
    told = made(tmp_path)
    mine, other = generate(tmp_path / "mine"), generate(tmp_path / "other")
    resigned = signed({k: v for k, v in told.items() if k != "signature"}, mine)
    assert check(resigned, [mine.public]) == (True, f"as it was signed with your key {mine.id}")
    sound, words = check(resigned, [other.public])
    assert not sound
    assert "none of yours" in words


def test_the_readable_report_says_the_same(tmp_path: Path) -> None:
    told = made(tmp_path)
    page = write(told, tmp_path / "drill.json")
    assert page == tmp_path / "drill.md"
    text = page.read_text()
    assert text == markdown(told)
    for part in (
        "trend: FAILED",
        "| passed | trip | 0.5 | 5.0 | in / time |",
        "FAILED | close all",
    ):
        assert part in text
    assert f"Signed with key {told['signature']['key']}" in text


@pytest.mark.parametrize(
    ("most", "pairs", "waits"), [(None, 4, True), (9, 4, True), (2, 2, True), (1, 1, False)]
)
def test_no_more_pairs_are_traded_than_the_limits_let_be_held(
    most: int | None, pairs: int, *, waits: bool
) -> None:
    config = {
        "exchange": {"name": "kraken", "pair_whitelist": ["ETH/EUR", "LUNA/EUR"]},
        "max_open_trades": 1,
        "stake_currency": "EUR",
        "risk": {} if most is None else {"positions": {"max": most}, "emergency": FEW},
    }
    mine = own(config)
    assert len(mine.pairs) == mine.slots == pairs
    assert mine.pairs[0].startswith("ETH/")
    assert (mine.patient is not None) == waits
    said = " ".join(mine.differences)
    for part in ("not that of kraken", "not on the paper exchange: LUNA", "USDT, not EUR"):
        assert part in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--key", "nowhere"), "there is no key nowhere"),
        (("-c", "nowhere.json"), "nowhere.json"),
        (("verify", "nowhere.json"), "nowhere.json"),
        (("verify", "user_data/strategies/my_strategy.py"), "is no JSON"),
        (("verify", "list.json"), "is no report of a drill"),
        (("verify", "list.json", "--public-key", "nonsense"), ""),
        (("--out", "nowhere/drill.json"), "there is no folder nowhere"),
        (("--out", "drill.md"), "drill.md"),
        (("--out",), "out"),
    ],
)
def test_wrong_use_is_said_and_nothing_is_started(
    home: Path, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    (home / "list.json").write_text("[]")
    result = run("drill", *arguments)
    assert result.exit_code == 2, result.output
    assert words in result.output.replace("\n", "")
    assert not (home / "drill.json").exists()


def test_a_configuration_that_is_wrong_is_said_before_anything_is_started(
    home: Path, run: Run
) -> None:
    file = home / "user_data" / "config.json"
    config = json.loads(file.read_text())
    config["risk"] = {"positions": {"max": "many"}}
    file.write_text(json.dumps(config))
    result = run("drill")
    assert result.exit_code == 2
    assert "positions.max" in result.output


def test_verify_says_on_the_command_line_what_became_of_a_report(
    home: Path, run: Run, tmp_path: Path
) -> None:
    told = made(tmp_path)
    (home / "drill.json").write_text(json.dumps(told))
    public = str(tmp_path / "key.pub")
    result = run("drill", "verify", "drill.json", "--public-key", public)
    assert result.exit_code == 0, result.output
    assert "FAILED" in result.output
    (home / "drill.json").write_text(json.dumps(told | {"passed": True}))
    result = run("drill", "verify", "drill.json", "--public-key", public, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["sound"] is False
