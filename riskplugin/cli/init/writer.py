"""Writes files for people: shows what would change, asks, remembers what was there, writes."""

from __future__ import annotations

from pathlib import Path

from riskplugin.cli.console import confirmed, out
from riskplugin.cli.init.files import current, mode_of, show_difference, write
from riskplugin.cli.init.manifest import Manifest
from riskplugin.redaction import Redactor


class Writer:
    """Puts files into user_data, one after another."""

    def __init__(self, manifest: Manifest, redactor: Redactor, *, yes: bool, dry_run: bool) -> None:
        self.manifest, self._redactor = manifest, redactor
        self._yes, self.dry_run = yes, dry_run
        self.written: list[Path] = []
        self.refused = False

    def put(
        self, path: Path, text: str, *, like: Path | None = None, compared_to: Path | None = None
    ) -> bool:
        """Write ``text`` to ``path`` when people agree; True when it stands there afterwards.

        A new file may be read by those who may read ``like``. Where nothing is yet, the difference
        to ``compared_to`` is shown.
        """
        console, there = out(), current(path)
        if there == text:
            console.print(f"[dim]unchanged[/] {path}", soft_wrap=True)
            return True
        self._show(path, there, text, compared_to)
        if self.dry_run:
            console.print(f"would {'overwrite' if there is not None else 'write'} {path}\n")
            return True
        if self._yes and there is not None and not self.manifest.wrote(path, there):
            self.refused = True
            console.print(
                f"[yellow]left alone[/] {path}: init did not write it as it is now; without --yes "
                "it asks",
                soft_wrap=True,
            )
            return False
        verb = "Write" if there is None else "Overwrite"
        if not confirmed(f"{verb} {path}?", yes=self._yes):
            console.print(f"[yellow]left alone[/] {path}", soft_wrap=True)
            return False
        mode = mode_of(path if there is not None else like or path)
        self.manifest.add(path, text)
        write(path, text, mode=mode)
        self.written.append(path)
        console.print(f"[green]written[/] {path}\n", soft_wrap=True)
        return True

    def _show(self, path: Path, there: str | None, text: str, compared_to: Path | None) -> None:
        old, name = there, str(path)
        if there is None:
            old, name = None, "nothing"
            if compared_to is not None:
                old, name = compared_to.read_text(encoding="utf-8"), str(compared_to)
        show_difference(old, text, (name, str(path)), self._redactor)
