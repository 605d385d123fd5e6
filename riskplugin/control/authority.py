"""Whether a command that lies in the ledger may still be carried out, asked when it is."""

from __future__ import annotations

from collections.abc import Callable

from riskplugin.control.people import Denied, People
from riskplugin.control.permissions import TIGHTENING
from riskplugin.ports import Control


def authority(people: People) -> Callable[[Control], str | None]:
    """Answers why a command's person may not give it, None when it may.

    While nobody is registered everybody may. The watchdog may take risk away, and nothing else.
    """

    def refusal(control: Control) -> str | None:
        if control.by == control.via == "watchdog":
            return None if control.command in TIGHTENING else "the watchdog may only close"
        if not people.anybody():
            return None
        person = people.find(control.by)
        if person is None:
            return f"{control.by} is not registered: sign in with riskplugin login"
        try:
            people.permit(person, control.command)
        except Denied as denied:
            return denied.text
        return None

    return refusal
