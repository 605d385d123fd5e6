"""The section in a configuration as text: the rest stays, comments too, and freqtrade reads it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.cli.botfiles import parse_config_text
from riskplugin.cli.init.copy import with_risk
from riskplugin.cli.init.section import preset_section, section_lines
from riskplugin.config import PRESETS, parse
from riskplugin.config.messages import leaf_paths

pytestmark = pytest.mark.spec("CF-1")
SECTION = preset_section("moderate", full=False)

#: Any value that a configuration can hold.
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
#: What may stand between any two tokens.
GAPS = st.lists(
    st.sampled_from([" ", "\n", "\r\n", "\t", '// a comment "}{,\n', '/* "} // */', "/**/"]),
    max_size=3,
).map("".join)


def tokens(value: object, *, trailing: bool) -> list[str]:
    """``value`` as JSON in its smallest parts, with a comma behind the last key if wished."""
    if isinstance(value, dict):
        inner: list[str] = []
        for key, each in value.items():
            inner += [json.dumps(key), ":", *tokens(each, trailing=trailing), ","]
        return ["{", *(inner if trailing else inner[:-1]), "}"]
    if isinstance(value, list):
        inner = [part for each in value for part in (*tokens(each, trailing=trailing), ",")]
        return ["[", *(inner if trailing else inner[:-1]), "]"]
    return [json.dumps(value)]


@given(
    config=st.dictionaries(
        st.text().filter(lambda key: key not in ("risk", "strategy")), VALUES, max_size=4
    ),
    strategy=st.none() | st.text(),
    trailing=st.booleans(),
    data=st.data(),
)
def test_any_configuration_gets_the_section_and_keeps_all_else(
    config: dict[str, Any], strategy: str | None, trailing: bool, data: st.DataObject
) -> None:
    if strategy is not None:
        config = {"strategy": strategy, **config}
    parts = tokens(config, trailing=trailing)
    text = "".join(part + data.draw(GAPS) for part in ["", *parts])
    before = parse_config_text(text, "x")
    made = with_risk(text, "x", preset="moderate", strategy="Guarded")
    named = {} if strategy is None else {"strategy": "Guarded"}
    assert parse_config_text(made, "x") == {**before, **named, "risk": SECTION}
    assert re.findall(r"a comment", made) == re.findall(r"a comment", text)


@pytest.mark.parametrize(
    "text",
    [
        '{\n    // the bot\n    "dry_run": true\n}\n',
        '{"dry_run": true,}',
        "{}",
        '{"dry_run": true} // the end }',
        '{"dry_run": true /* why } */ }',
        '{"dry_run": true // why\n}',
        '{"bot_name": "}"}',
        '// first {\n{"a": {"strategy": "A"}, "strategy" /* : */ : "B"}',
        '{"strategy": "A", "strategy": "B"}',
        '{"strat\\u0065gy": "B"}',
    ],
)
def test_a_configuration_with_comments_keeps_its_meaning(text: str) -> None:
    before = parse_config_text(text, "x")
    after = parse_config_text(with_risk(text, "x", preset="moderate", strategy="C"), "x")
    named = {"strategy": "C"} if "strategy" in before else {}
    assert after == {**before, **named, "risk": SECTION}


def test_what_people_wrote_stands_there_as_it_stood() -> None:
    text = '{\n  // the bot\n  "dry_run":   true, // for now\n  "x": 1.50\n  // the end\n}\n'
    made = with_risk(text, "x", preset="moderate")
    assert made.startswith(text[:-3].replace("1.50", "1.50,"))
    assert made.endswith("\n  }\n}\n")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("full", [False, True])
def test_every_key_that_is_written_has_its_words(preset: str, full: bool) -> None:
    lines = section_lines(preset, full=full, indent="    ")
    text = "\n".join(lines)
    assert text.isascii()  # freqtrade reads it in the encoding of the machine
    assert f'preset "{preset}"' in lines[0]
    assert max(len(line) for line in lines if "//" in line and "{" not in line) <= 79
    assert len(lines) < 66 or full
    section = json.loads("{" + re.sub(r"(?m)(^| )\s*// .*$", "", text) + "}")["risk"]
    assert parse(section).section == parse(PRESETS[preset].section).section


def test_the_full_section_has_every_key() -> None:
    section = preset_section("moderate", full=True)
    for path in leaf_paths():
        value: Any = section
        for name in path:
            assert name in value, path
            value = value[name]


def test_the_short_section_has_the_keys_that_people_change() -> None:
    section = preset_section("moderate", full=False)
    assert list(section) == [
        "sizing", "leverage", "stop", "breaker", "emergency", "control", "ledger",
    ]  # fmt: skip
    assert list(section["breaker"]) == ["drawdown", "daily_loss", "exposure", "on_trip"]
