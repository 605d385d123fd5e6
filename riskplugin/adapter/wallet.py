"""Reads the wallet out of turn, while what it says is in doubt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from freqtrade.exceptions import FreqtradeException

from riskplugin.adapter.orphans import PATIENCE
from riskplugin.calm import calm_logger
from riskplugin.core.calendar import passed

if TYPE_CHECKING:
    from freqtrade.wallets import Wallets

    from riskplugin.adapter.candlebooks import CandleBooks
    from riskplugin.adapter.snapshots import BookKeeper
    from riskplugin.core.state import RiskState

logger = calm_logger(__name__)


class WalletReader:
    """Reads the wallet while it is in doubt, and before the very first look: freqtrade may not read
    it for up to an hour, and a strategy may have written into it. Nothing to read unless ``real``.
    """

    def __init__(self, wallets: Wallets, keeper: BookKeeper | CandleBooks, *, real: bool) -> None:
        self._wallets, self._keeper, self._real = wallets, keeper, real
        self._doubted: datetime | None = None
        self.intruded = False
        """An order may have gone out past every guard: the next loop reads at once."""

    def read(self, state: RiskState, at: datetime, *, at_once: bool = False) -> bool:
        """Read it if that is due. True when it was read."""
        doubt = state.capital is None or state.distrust or state.mismatch or self._keeper.doubtful
        if not (self._real and (doubt or self.intruded)):
            return False
        before, at_once = self._doubted, at_once or self.intruded
        if not at_once and before is not None and passed(before, at) < PATIENCE:
            return False
        self._doubted, self.intruded = at, False
        try:
            self._wallets.update(require_update=True)
        except FreqtradeException as error:
            logger.warning("riskplugin: the wallet cannot be read: %s", error)
            return False
        return True
