"""riskplugin audit replay: the same decisions again; other limits are a what-if."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.ledgers import BOT, appended, story, url_of
from tests.ledger.samples import decided
from tests.ledger.tampering import Attacker

#: A quarter of the usual size at the calmest level.
TIGHT = {"sizing": {"base_pct": {"minimal": 0.5, "low": 0.5}}}
pytestmark = pytest.mark.spec("AU-3")


def told(run: Run, *arguments: str, code: int = 0) -> dict[str, Any]:
    result = run("audit", "replay", "--json", *arguments)
    assert result.exit_code == code, result.output
    return dict(json.loads(result.stdout))


def words(run: Run, *arguments: str) -> str:
    output = run("audit", "replay", *arguments).stdout
    assert max(map(len, output.splitlines())) <= 80
    return " ".join(output.split())


def limits(home: Path, section: dict[str, Any]) -> str:
    (home / "other.json").write_text(json.dumps(section))
    return "other.json"


def forge(home: Path, old: str, new: str) -> None:
    """Change what was decided and make every hash anew, as somebody without a key can."""
    attacker = Attacker(url_of(home), BOT)
    rows = attacker.rows()
    assert any(old in row["payload"] for row in rows)
    forged = [{**row, "payload": row["payload"].replace(old, new)} for row in rows]
    attacker.put(attacker.chain_anew(forged))
    attacker.close()


def test_every_decision_comes_out_the_same(run: Run, home: Path) -> None:
    story(home)
    assert words(run) == f"{BOT}: 4 decisions, all the same"
    assert (told(run)["decisions"], told(run)["different"]) == (4, 0)


def test_a_decision_that_does_not_follow_from_its_limits_is_shown(run: Run, home: Path) -> None:
    story(home)
    forge(home, '"stake":10.0,"verdicts":[]', '"stake":9.0,"verdicts":[]')
    (difference,) = told(run, code=1)["differences"]
    assert (difference["seq"], difference["pair"]) == (6, "BTC/USDT:USDT")
    assert (difference["recorded"]["stake"], difference["now"]["stake"]) == (9.0, 10.0)
    assert f"{BOT}: 4 decisions, 1 came out differently" in words(run)
    assert "9 allowed allowed as asked" in words(run)


def test_a_difference_beside_the_binding_reason_is_named(run: Run, home: Path) -> None:
    story(home)
    forge(home, "exposure would be 1000", "exposure would be 9999")
    assert "what is not binding differs" in words(run)


def test_other_limits_are_a_what_if_with_sums_and_a_caveat(run: Run, home: Path) -> None:
    story(home)
    other = limits(home, TIGHT)
    shown = words(run, "--limits", other)
    assert "2 would come out differently" in shown
    assert "capped to 4.83333 by size" in shown
    assert "is not simulated" in shown
    result = told(run, "--limits", other)
    assert (result["recorded"]["allowed"], result["now"]["allowed"]) == (2, 2)
    assert (result["recorded"]["capped"], result["now"]["capped"]) == (1, 2)
    assert result["recorded"]["stake_by_point"]["stake"] == pytest.approx(29.3333, abs=1e-4)
    assert result["now"]["stake_by_point"]["stake"] == pytest.approx(9.6667, abs=1e-4)
    assert result["now"]["bound_by"] == {"size": 2, "leverage": 1, "breaker": 1}
    assert "simulated" in result["caveat"]


def test_a_whole_configuration_holds_limits_too(run: Run, home: Path) -> None:
    story(home)
    alone = told(run, "--limits", limits(home, TIGHT))
    whole = told(run, "--limits", limits(home, {"dry_run": True, "risk": TIGHT}))
    assert alone == whole
    assert whole["different"] == 2


def test_the_same_limits_change_nothing(run: Run, home: Path) -> None:
    story(home)
    assert "4 decisions, would come out the same" in words(run, "--limits", limits(home, {}))


def test_differences_are_listed_up_to_the_limit(run: Run, home: Path) -> None:
    story(home)
    other = limits(home, TIGHT)
    assert told(run, "--limits", other)["different"] == 2
    assert len(told(run, "--limits", other, "--limit", "1")["differences"]) == 1
    assert "and 1 more" in words(run, "--limits", other, "--limit", "1")


def test_a_record_without_a_basis_is_counted_and_said(run: Run, home: Path) -> None:
    story(home)
    appended(home, decided(), decided())
    assert "2 decisions not made again" in words(run)
    assert sum(told(run)["not_made_again"].values()) == 2


def test_since_leaves_out_what_was_before(run: Run, home: Path) -> None:
    story(home)
    assert told(run, "--since", "2026-03-12T12:03")["decisions"] == 2


@pytest.mark.parametrize(
    ("section", "words_"),
    [
        ({"sizing": {"base": 1}}, "cannot be used"),
        ({"risk": 5}, "must be a group of keys"),
        (None, "there is no file"),
    ],
)
def test_limits_that_cannot_be_used_are_wrong_use(
    run: Run, home: Path, section: dict[str, Any] | None, words_: str
) -> None:
    story(home)
    other = "nowhere.json" if section is None else limits(home, section)
    result = run("audit", "replay", "--limits", other)
    assert result.exit_code == 2
    assert words_ in result.stderr
