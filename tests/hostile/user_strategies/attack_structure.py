"""Strategies that are put together so that the mixin should not be heard."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

from freqtrade.strategy import IStrategy
from greedy import Greedy

from riskplugin import RiskMixin

L1 = "L1 is wrapped around what the method resolution finds, when the class is made and again when"


class NoSuper(RiskMixin, Greedy):
    """Overrides every hook without calling super()."""

    held_by = "L1 is wrapped around whatever the class resolves to; super() is not needed"
    markets = ("futures", "spot")

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        self.strike()
        return 50.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self.strike()
        return 1e9

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        return True

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def should_exit(self, *args: Any, **kwargs: Any) -> Any:
        return []

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        return

    def check_entry_timeout(self, *args: Any, **kwargs: Any) -> bool:
        return False


class _Noted(Greedy):
    """Notes that it ran."""

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()


class BasesReversed(_Noted, RiskMixin):
    """Has the mixin last among its bases."""

    held_by = "L1 does not depend on the order of bases"


class OwnInitSubclass(_Noted):
    """Passes no __init_subclass__ on, so that the mixin never hears of its subclasses."""

    held_by = "classes are sealed again when freqtrade hands the strategy its wallet"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.swallowed = True


class OwnInitSubclassFirst(OwnInitSubclass, RiskMixin):
    """Passes no __init_subclass__ on, and stands before the mixin."""

    held_by = "classes are sealed again when freqtrade hands the strategy its wallet"


class _Meta(ABCMeta):
    """Takes every assignment to a class back, and hides the mixin from it."""

    def __setattr__(cls, name: str, value: Any) -> None:
        if getattr(value, "__riskplugin_sealed__", False):
            return
        super().__setattr__(name, value)


class OwnMetaclass(_Noted, metaclass=_Meta):
    """Has a metaclass that refuses the sealed hooks."""

    held_by = "a class that cannot be sealed does not start; L2 and L3 do not need it"


class OwnInit(_Noted):
    """Has an __init__ that calls nobody's, but IStrategy's."""

    held_by = "nothing of the guard hangs on __init__"

    def __init__(self, config: Any) -> None:
        IStrategy.__init__(self, config)


class OwnWallets(_Noted, RiskMixin):
    """Defines wallets itself, as a plain attribute before the mixin's."""

    held_by = "every guarded class gets the descriptor for wallets as its own"
    wallets = None


class OwnSlots(RiskMixin, _Noted):
    """Defines wallets as its own property, which tells nobody."""

    held_by = "every guarded class gets the descriptor for wallets as its own"

    @property
    def wallets(self) -> Any:
        return self.__dict__.get("mine")

    @wallets.setter
    def wallets(self, value: Any) -> None:
        self.__dict__["mine"] = value


class ChangesItsClass(_Noted):
    """Turns itself into the unguarded class once it runs."""

    held_by = "L2 and L3 stand on the bot's objects; each loop looks whether the class is sealed"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        self.__class__ = ChangesItsClass


class OwnGetattribute(_Noted):
    """Answers for its hooks in __getattribute__, past the sealed ones."""

    held_by = "a class that answers for its own attributes is refused at start"
    outcome = "refused"

    def __getattribute__(self, name: str) -> Any:
        if name in ("leverage", "custom_stake_amount", "confirm_trade_entry"):
            return lambda *args, **kwargs: {"leverage": 50.0}.get(name, 1e9)
        if name in ("should_exit", "bot_loop_start"):
            return lambda *args, **kwargs: []
        return super().__getattribute__(name)


class OwnSetattr(_Noted):
    """Keeps everything that is set on it to itself, wallets included."""

    held_by = "a class that answers for its own attributes is refused at start"
    outcome = "refused"

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "wallets":
            self.strike()
            self.__dict__["_guarded_wallets"] = value
            return
        super().__setattr__(name, value)


class EqualToAll(_Noted):
    """Is equal to everything, and has another hash each time."""

    held_by = "sessions are found by identity"
    asked = 0

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        EqualToAll.asked += 1
        return EqualToAll.asked


class Unhashable(_Noted):
    """Has no hash."""

    held_by = "sessions are found by identity"
    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return False
