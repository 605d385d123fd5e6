"""What follows the pages finds each way in which a page can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import shell
from tests.docs.following import PageFails, follow
from tests.docs.place import Place, make_commands
from tests.processes import processes_about
from tools.blocks import parse


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder without freqtrade."""
    made = Place(tmp_path / "page", make_commands(tmp_path / "bin"), exchange_port=1)
    (made.folder / "user_data/strategies").mkdir(parents=True)
    (made.hidden / "home").mkdir(parents=True)
    return made


def sh(text: str, *marks: str) -> str:
    above = "".join(f"<!-- {mark} -->\n" for mark in marks)
    return f"# Page\n\n{above}```sh\n{text}\n```\n"


def prints(text: str) -> str:
    return f"\n<!-- prints -->\n```text\n{text}\n```\n"


@pytest.mark.parametrize(
    "page",
    [
        sh("false", "exit: 1"),
        sh("export A=1") + sh('test "$A" = 1'),
        sh("echo one; echo two words; echo three") + prints("one\ntwo  …\nthree"),
        sh('read -p "name: " a; read -p "again: " b; test "$a$b" = xy', "type: x\\ny"),
        sh("echo up; sleep 60", "background"),
        sh("no-such-program", "not run: there is none"),
        "# Page\n```python\na = 1\n```\n```python\nassert a\n```\n",
        "# Page\n```python\n>>> 1 + 1\n2\n\n```\n",
        '# Page\n```json\n"risk": {"stop": {"normal_pct": 3}}\n```\n',
        '# Page\n```jsonc\n{"stake_amount": 5,}  // freqtrade\'s own\n```\n',
    ],
)
def test_a_page_that_is_right_is_followed_to_its_end(place: Place, page: str) -> None:
    follow(parse(page), place)
    assert not processes_about(place.folder)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (sh("echo before\nfalse\necho never"), "page:5: exit code 1, the page says 0"),
        (sh("true", "exit: 1"), "exit code 0, the page says 1"),
        (sh("no-such-program"), "exit code 127"),
        (sh("echo one") + prints("two"), "it prints, in this order: 'two'"),
        (sh("echo one; echo two") + prints("two\none"), "it prints, in this order: 'one'"),
        (sh("exit 3", "background"), "exit code 3, the page says 0"),
        ("# Page\n```python\nraise ValueError('why')\n```\n", "ValueError: why"),
        ("# Page\n```python\n>>> 1 + 1\n3\n\n```\n", "Expected:\n    3"),
        ("# Page\n```python\nimport sys; sys.exit('no')\n```\n", "ended with no"),
        ('# Page\n```json\n"risk": {"stopp": {}}\n```\n', "did you mean 'stop'?"),
        ('# Page\n```json\n"stop": {"normal_pct": 300}\n```\n', "risk.stop.normal_pct"),
        ("# Page\n```json\n{broken\n```\n", "no JSON"),
        ("# Page\n```yaml\na: [\n```\n", "no YAML"),
    ],
)
def test_a_page_that_is_wrong_is_told_with_its_line(place: Place, page: str, said: str) -> None:
    with pytest.raises(PageFails) as failed:
        follow(parse(page), place)
    assert said in str(failed.value)
    assert str(failed.value).startswith("page:")


def test_a_block_without_end_fails_and_is_ended(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "PATIENCE_S", 0.5)
    with pytest.raises(PageFails, match="did not end"):
        follow(parse(sh("echo begun; sleep 600")), place)
    assert not processes_about(place.folder)


def test_things_listen_at_ports_of_this_place(place: Place) -> None:
    said = place.as_here("http://127.0.0.1:8080/api and http://localhost:8080/")
    assert "8080" not in said
    assert place.environment()["FREQTRADE__API_SERVER__LISTEN_PORT"] in said
    dashboard = place.as_here("riskplugin dashboard -c config.json\ncurl http://127.0.0.1:8087/")
    assert dashboard.count(str(place.ports["8087"])) == 2
    for left in ("riskplugin dashboard --port 5", "riskplugin metrics --once"):
        assert place.as_here(left) == left


def test_nothing_of_this_machine_is_handed_to_a_page(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKPLUGIN_TOKEN", "of whoever runs the tests")
    home = Path.home()
    follow(parse(sh(f'test -z "$RISKPLUGIN_TOKEN"; test "$HOME" != "{home}"')), place)
