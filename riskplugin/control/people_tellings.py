"""What changes of who people are mean for the others, as tellings (AU-5, AL-1): nobody gets rights
unheard. Texts are short enough for a phone, and say by whom and when.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from riskplugin.control.directory import Entry
from riskplugin.control.permissions import COMMAND_ROLES, Role
from riskplugin.control.registry import SHELL
from riskplugin.core import events as ev
from riskplugin.core.alerts.tellings import INFO, WARNING, Raise
from riskplugin.core.levels import Severity


def telling_of(before: Entry | None, event: ev.Event) -> Raise | None:
    """What others have to hear of ``event``, None for nothing; ``before`` is the person until then.

    Guessing at passwords is a warning, never more: else whoever guesses could wake everybody.
    """
    tell = _TELLS.get(type(event))
    return None if tell is None else tell(before, event)


def rights(role: Role) -> frozenset[str]:
    """Every command that ``role`` may give."""
    return frozenset(command for command, roles in COMMAND_ROLES.items() if role in roles)


def _added(_: Entry | None, event: ev.PersonAdded) -> Raise:
    what = f"{event.name} is REGISTERED as {_role(event.role)}"
    return _changed("person_added", WARNING, event, what)


def _role_given(before: Entry | None, event: ev.RoleGiven) -> Raise:
    old, new = None if before is None else before.role, Role(event.role)
    fewer = old is not None and rights(new) < rights(old)
    was = "" if old is None else f", was {_role(old)}"
    what = f"{event.name} is {_role(new)} from now on{was}"
    return _changed("role_changed", Severity.INFO if fewer else WARNING, event, what)


def _telegram(_: Entry | None, event: ev.TelegramGiven) -> Raise:
    who = "no Telegram user any more" if event.user_id is None else "another Telegram user"
    severity = INFO if event.user_id is None else WARNING
    return _changed("person_changed", severity, event, f"{event.name} is {who}")


def _disabled(_: Entry | None, event: ev.PersonDisabled) -> Raise:
    return _changed("person_disabled", WARNING, event, f"{event.name} is DISABLED")


def _enabled(_: Entry | None, event: ev.PersonEnabled) -> Raise:
    return _changed("person_enabled", WARNING, event, f"{event.name} is let in again")


def _revoked(_: Entry | None, event: ev.TokensRevoked) -> Raise:
    what = f"{event.name} is signed out everywhere"
    return _changed("person_changed", INFO, event, what)


def _credential(before: Entry | None, event: ev.CredentialSet) -> Raise | None:
    """Registration brings the first one; what people do to their own is for the record."""
    if before is None or not before.digest:
        return None
    if event.by.startswith(SHELL):
        what = f"{event.name} was LET IN AGAIN from the shell, password and second factor gone"
        return _changed("person_recovered", Severity.CRITICAL, event, what)
    lost = before.second_factor and not event.second_factor
    if lost:
        what = f"the second factor of {event.name} was TAKEN AWAY"
    elif event.second_factor and not before.second_factor:
        what = f"{event.name} has set up a second factor"
    elif event.own:
        what = f"{event.name} has a new password"
    else:
        what = f"{event.name} was GIVEN a new password"
    own = event.by == event.name and not lost
    return _changed("credentials_changed", INFO if own else WARNING, event, what)


def _locked(_: Entry | None, event: ev.SignInLocked) -> Raise:
    where = f", the latest from {event.address}" if event.address else ""
    said = f"{event.failures} sign-ins as {event.name} FAILED{where}: the next has to wait"
    name = "sign_in_locked"
    return Raise(
        name=name, key=f"{name} {event.name}", severity=WARNING, said=f"{said} ({_at(event)})"
    )


def _changed(name: str, severity: Severity, event: Any, what: str) -> Raise:
    reason = f" ({event.reason})" if event.reason else ""
    said = f"{what}: by {event.by}{reason}, {_at(event)}"
    key = f"{name} {event.name}"
    return Raise(name=name, key=key, severity=severity, said=said, fresh=True)


def _role(role: str) -> str:
    return str(role).replace("_", " ")


def _at(event: ev.Event) -> str:
    return f"{event.at:%Y-%m-%d %H:%M} UTC"


_TELLS: dict[type[ev.Event], Callable[[Entry | None, Any], Raise | None]] = {
    ev.PersonAdded: _added,
    ev.RoleGiven: _role_given,
    ev.TelegramGiven: _telegram,
    ev.PersonDisabled: _disabled,
    ev.PersonEnabled: _enabled,
    ev.TokensRevoked: _revoked,
    ev.CredentialSet: _credential,
    ev.SignInLocked: _locked,
}
