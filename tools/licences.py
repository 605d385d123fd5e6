"""Which licence each installed package has, and whether it may be shipped together with riskplugin.

riskplugin is GPL-3.0-or-later, as freqtrade's own licence asks. A package may be combined with it
when its licence is compatible with that one (https://www.gnu.org/licenses/license-list.html). What
is not in the table is not assumed to be fine: a person reads it and adds a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import distributions
from pathlib import Path

from license_expression import ExpressionError, get_spdx_licensing

_SPDX = get_spdx_licensing()
#: Compatible with GPL-3.0-or-later, by their SPDX names.
COMPATIBLE = frozenset({
    *("0BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "HPND", "ISC", "Unlicense"),
    *("MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Zlib", "Apache-2.0", "MPL-2.0"),
    *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"),
    *("GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"),
})  # fmt: skip
#: What packages write that does not name a licence as SPDX does.
_SAID = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu library or lesser general public license (lgpl)": "LGPL-2.1-or-later",
    "gplv3": "GPL-3.0-only",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "simplified bsd": "BSD-2-Clause",
    "the mit license (mit)": "MIT",
}
#: Packages whose metadata name none; a person has read the file LICENSE that they ship.
READ = {"ta-lib": "BSD-2-Clause"}


@dataclass(frozen=True)
class Licence:
    """A package and what it is licensed under; ``expression`` is "" when nobody knows."""

    package: str
    version: str
    expression: str

    @property
    def compatible(self) -> bool:
        """Whether it may be combined with riskplugin."""
        return compatible(self.expression)


def compatible(expression: str) -> bool:
    """Whether an SPDX expression allows what GPL-3.0-or-later asks.

    >>> compatible("MPL-2.0 AND (GPL-2.0-only OR MIT)"), compatible("MIT AND GPL-2.0-only")
    (True, False)
    """
    try:
        tree = _SPDX.parse(expression) if expression else None
    except ExpressionError:
        return False
    return tree is not None and _allows(tree)


def _allows(tree: object) -> bool:
    if isinstance(tree, _SPDX.OR):
        return any(map(_allows, tree.args))
    if isinstance(tree, _SPDX.AND):
        return all(map(_allows, tree.args))
    # An exception ("… WITH …") only ever adds permissions.
    return str(getattr(tree, "license_symbol", tree)) in COMPATIBLE


def expression_of(metadata: Message) -> str:
    """The licence that a package's metadata name; several that it does not weigh all hold.

    >>> told = Message()
    >>> told["Name"], told["Classifier"] = "x", "License :: OSI Approved :: MIT License"
    >>> expression_of(told)
    'MIT'
    """
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [str(line) for line in metadata.get_all("Classifier", [])]
    said = {line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")}
    if not said - {"OSI Approved"}:
        said = {str(metadata.get("License", "")).strip().partition("\n")[0]}
    known = {_SAID.get(text.lower(), text) for text in said - {"", "OSI Approved", "UNKNOWN"}}
    return " AND ".join(sorted(known)) or READ.get(str(metadata["Name"]).lower(), "")


def installed(folder: Path) -> list[Licence]:
    """Every package below a folder of packages, by name; ours and pip are left out."""
    found = {}
    for package in distributions(path=[str(folder)]):
        name = str(package.metadata["Name"])
        # importlib names its own type for what is an email message.
        expression = expression_of(package.metadata)  # type: ignore[arg-type]
        found[name.lower()] = Licence(name, package.version, expression)
    return [found[name] for name in sorted(found) if name not in {"pip", "freqtrade-riskplugin"}]


def table(licences: Iterable[Licence]) -> str:
    """A page with one row a package."""
    rows = [f"| {one.package} | {one.version} | {one.expression} |" for one in licences]
    head = ["| package | version | licence |", "|---|---|---|"]
    title = "# What an installation of riskplugin brings\n\nWritten by `make sbom`.\n"
    return "\n".join([title, *head, *rows, ""])
