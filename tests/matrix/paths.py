"""The family of the rows: what a path is, and the words in which cells are not applicable."""

from __future__ import annotations

from typing import ClassVar

from tests.matrix.stage import Stage
from tests.matrix.table import Limit, Market, Mode

SHUT = "riskplugin lets nothing through here, whatever the limits; without riskplugin it passes"


class Path:
    """One way to open or enlarge a position. ``go`` tries it with figures beyond every limit.

    ``short``: it is one of shorts. ``enlarges``: it adds to a pair that is held, so the number of
    positions cannot grow. ``shut``: riskplugin lets nothing through here, whatever the limits;
    that the path is real is then shown by a bot without riskplugin. ``leaves``: what stays
    makes the bot unfit for another walk. ``detected``: not preventable.
    """

    name: ClassVar[str]
    short: ClassVar[bool] = False
    enlarges: ClassVar[bool] = False
    shut: ClassVar[bool] = False
    leaves: ClassVar[bool] = False
    detected: ClassVar[bool] = False
    #: Why there is nothing to walk in dry-run.
    not_in_dry_run: ClassVar[str] = ""
    why: ClassVar[str] = ""
    """What to say of a cell that held, where it is not plain."""

    def arrange(self, stage: Stage) -> None:
        """What has to be there before; still without any limit."""

    def go(self, stage: Stage) -> None:
        """Try to open or enlarge."""
        raise NotImplementedError

    def go_free(self, stage: Stage) -> None:
        """The same for the control, where freqtrade itself shuts the path."""
        self.go(stage)

    def beyond(self, stage: Stage) -> list[str]:
        """What is beyond the limit though no order came; usually there is nothing like that."""
        return []

    def not_applicable(self, market: Market, mode: Mode, limit: Limit) -> str:
        """Why the cell cannot be filled, empty when it can."""
        if mode == "dry-run" and self.not_in_dry_run:
            return self.not_in_dry_run
        if market == "spot" and self.short:
            return "spot has no shorts"
        if market == "spot" and limit == "leverage":
            return "spot has no leverage"
        if self.enlarges and limit == "positions":
            return "adds to a pair that is held: the number of positions stays"
        return ""
