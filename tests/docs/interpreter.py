"""Runs the Python of one page, block after block, in one namespace. A program of its own.

Each line that it reads is a block as JSON; each answer is one line of JSON, too.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import linecache
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _run(text: str, name: str, namespace: dict[str, Any]) -> str:
    """What went wrong, nothing if all is well; what the block prints goes to standard output."""
    if ">>>" in text:
        test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
        test.globs = namespace  # shared by all blocks of the page
        said = io.StringIO()
        failed, _ = doctest.DocTestRunner(optionflags=_FLAGS).run(
            test, out=said.write, clear_globs=False
        )
        return said.getvalue() if failed else ""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        exec(compile(text, name, "exec"), namespace)
    except SystemExit as end:
        return "" if end.code in (None, 0) else f"ended with {end.code}"
    except BaseException:  # noqa: BLE001  # whatever it is, the page's reader would see it
        return traceback.format_exc()
    return ""


def main() -> None:
    """Until there is nothing to read any more."""
    strategies = Path("user_data/strategies").resolve()
    sys.path.insert(0, str(strategies))
    page = sys.modules["page"] = ModuleType("page")  # dataclasses look for their module
    namespace: dict[str, Any] = vars(page)
    answers = sys.stdout
    for line in sys.stdin:
        block = json.loads(line)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            if block["strategy"] and "MyStrategy" not in namespace:
                exec("from my_strategy import MyStrategy", namespace)
            wrong = _run(block["text"], block["name"], namespace)
        print(json.dumps({"wrong": wrong, "said": said.getvalue()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
