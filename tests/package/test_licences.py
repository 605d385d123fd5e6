"""A licence that does not go with ours is found, and one that nobody knows is not waved through."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

import pytest

from tools.licences import Licence, compatible, expression_of, installed, table

pytestmark = pytest.mark.spec("CF-5")


def metadata(**fields: str | list[str]) -> Message:
    told = Message()
    told["Name"] = "package"
    for name, value in fields.items():
        for one in [value] if isinstance(value, str) else value:
            told[name.replace("_", "-")] = one
    return told


@pytest.mark.parametrize(
    "expression",
    ["MIT", "Apache-2.0", "MPL-2.0 AND (Apache-2.0 OR MIT)", "GPL-3.0-only", "LGPL-3.0-only",
     "GPL-2.0-only OR MIT", "GPL-3.0-or-later WITH GCC-exception-3.1"],
)  # fmt: skip
def test_may_be_combined(expression: str) -> None:
    assert compatible(expression)


@pytest.mark.parametrize(
    "expression",
    ["GPL-2.0-only", "MIT AND GPL-2.0-only", "SSPL-1.0", "BUSL-1.1", "CDDL-1.0", "EPL-2.0",
     "CC-BY-NC-4.0", "LicenseRef-Proprietary", "Somebody's own", "MIT AND", ""],
)  # fmt: skip
def test_may_not_be_combined_or_nobody_knows(expression: str) -> None:
    assert not compatible(expression)


def test_the_expression_goes_before_everything_else() -> None:
    told = metadata(License_Expression="MIT", License="GPL-2.0-only")
    assert expression_of(told) == "MIT"


def test_of_several_classifiers_each_has_to_be_fine() -> None:
    told = metadata(
        Classifier=[
            "License :: OSI Approved :: BSD License",
            "License :: OSI Approved :: GNU General Public License v2 (GPLv2)",
        ]
    )
    assert expression_of(told) == "BSD-3-Clause AND GNU General Public License v2 (GPLv2)"
    assert not compatible(expression_of(told))


def test_the_field_counts_where_no_classifier_names_one() -> None:
    told = metadata(Classifier="License :: OSI Approved", License="Apache License 2.0\nmore")
    assert expression_of(told) == "Apache-2.0"


def test_a_package_that_names_none_is_one_that_nobody_knows() -> None:
    assert expression_of(metadata()) == ""
    assert not Licence("package", "1", "").compatible


def test_the_packages_of_an_environment_are_listed_without_ours(tmp_path: Path) -> None:
    for name in ("other", "pip", "freqtrade-riskplugin"):
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\nLicense: MIT\n")
    found = installed(tmp_path)
    assert found == [Licence("other", "1.0", "MIT")]
    assert "| other | 1.0 | MIT |" in table(found)
