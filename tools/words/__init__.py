"""What people wrote for pages that programs write: texts beside this file, taken apart by name."""

from __future__ import annotations

import re
from pathlib import Path

_MARK = re.compile(r"^<!-- words: (.*) -->\n", re.MULTILINE)


def words_of(page: str) -> dict[str, str]:
    """The texts of a page by their names, as they follow `<!-- words: NAME -->`."""
    text = Path(__file__).with_name(page).read_text(encoding="utf-8")
    _, *parts = _MARK.split(text)
    return {name: told.strip() for name, told in zip(parts[::2], parts[1::2], strict=True)}
