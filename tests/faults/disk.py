"""A disk that runs full: a small tmpfs where one may be mounted, else a limit on file sizes."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Disk:
    """A folder whose space a test can take away and give back."""

    def __init__(self, folder: Path, *, limited: bool) -> None:
        self.folder = folder
        #: True where no tmpfs may be mounted: then files may not grow beyond a size.
        self.limited = limited
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """Leave no byte."""
        if self.limited:
            largest = max(file.stat().st_size for file in self.folder.iterdir())
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, self._before[1]))
            return
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (65_536, 4_096, 1):
                _write_until_full(filler, size)

    def free(self) -> None:
        """Give the space back."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
        (self.folder / "filler").unlink(missing_ok=True)


def _write_until_full(filler: object, size: int) -> None:
    try:
        while True:
            filler.write(b"\0" * size)  # type: ignore[attr-defined]
    except OSError:
        return


@contextmanager
def full_disk(folder: Path) -> Iterator[Disk]:
    """``folder`` as a disk of its own, 2 MB large."""
    folder.mkdir(exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    mounted = _succeeds(mounting)
    disk = Disk(folder, limited=not mounted)
    try:
        yield disk
    finally:
        disk.free()
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
