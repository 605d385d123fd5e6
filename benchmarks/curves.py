"""Costs against an age or a size: one line for each point, as a ratio to the smallest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.figures import Line, Spread, Target
from benchmarks.rounds import Samples, quotients

#: What has to be flat may grow by so much over the whole curve.
FLAT = Target(limit=1.1)
AGAIN = "again"
"""The arm that repeats the smallest point: the A/A control of the curve."""


def curve(
    samples: Samples,
    points: Sequence[int],
    *,
    id: str,  # noqa: A002  # the column is called so
    what: str,
    of: str,
    unit: str = "µs",
    scale: float = 1e6,
    flat: bool = False,
    note: str = "",
) -> Iterator[Line]:
    """Lines for the arms that are named by ``points``, smallest first, and for ``AGAIN``."""
    smallest = str(points[0])
    arms = {AGAIN: f"A/A control, {what}"} if AGAIN in samples else {}
    arms |= {str(point): f"{what}, {spoken(point)} {of}" for point in points}
    theirs = samples[smallest]
    for arm, text in sorted(arms.items(), key=lambda each: each[0] == AGAIN):
        ours = samples[arm]
        yield Line(
            id=id,
            what=text,
            figure=median(ours) * scale,
            unit=unit,
            rounds=len(ours),
            baseline=median(theirs) * scale,
            against=f"with {spoken(points[0])}",
            ratio=Spread.of(quotients(ours, theirs)),
            best=min(ours) / min(theirs),
            target=FLAT if flat and arm not in (AGAIN, smallest) else None,
            note=note if arm == smallest else "",
        )


def spoken(count: int) -> str:
    """Thousands apart.

    >>> spoken(1_000_000)
    '1 000 000'
    """
    return f"{count:,}".replace(",", " ")
