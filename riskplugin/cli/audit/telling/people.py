"""Sentences about what people do, and who they are."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import because, on
from riskplugin.cli.audit.words import plainly
from riskplugin.core import events as ev


@on(ev.ControlHandled)
def _handled(event: ev.ControlHandled) -> str:
    who = f"by {plainly(event.by)}" + (f": {plainly(event.reason)}" if event.reason else "")
    return f"command {plainly(event.command)} {who} - {plainly(event.outcome)}"


@on(ev.PersonAdded)
def _added(event: ev.PersonAdded) -> str:
    what = f"{plainly(event.name)} was registered as {plainly(event.role)}"
    return f"{what} by {plainly(event.by)}{because(event.reason)}"


@on(ev.RoleGiven)
def _role(event: ev.RoleGiven) -> str:
    what = f"{plainly(event.name)} is {plainly(event.role)} from here on"
    return f"{what}, by {plainly(event.by)}{because(event.reason)}"


@on(ev.TelegramGiven)
def _telegram(event: ev.TelegramGiven) -> str:
    who = "no Telegram user any more" if event.user_id is None else f"Telegram user {event.user_id}"
    return f"{plainly(event.name)} is {who}, by {plainly(event.by)}{because(event.reason)}"


@on(ev.PersonDisabled)
def _disabled(event: ev.PersonDisabled) -> str:
    return f"{plainly(event.name)} was disabled by {plainly(event.by)}{because(event.reason)}"


@on(ev.PersonEnabled)
def _enabled(event: ev.PersonEnabled) -> str:
    return f"{plainly(event.name)} was enabled by {plainly(event.by)}{because(event.reason)}"


@on(ev.TokensRevoked)
def _revoked(event: ev.TokensRevoked) -> str:
    what = f"{plainly(event.name)} was signed out everywhere"
    return f"{what} by {plainly(event.by)}{because(event.reason)}"


@on(ev.CredentialSet)
def _credential(event: ev.CredentialSet) -> str:
    factor = "with a second factor" if event.second_factor else "without a second factor"
    chosen = "own password" if event.own else "a password to be changed"
    what = f"{plainly(event.name)} has new credentials ({chosen}, {factor})"
    return f"{what} by {plainly(event.by)}{because(event.reason)}"


@on(ev.SignedIn)
def _signed_in(event: ev.SignedIn) -> str:
    return f"{plainly(event.name)} signed in{_from(event.address)}"


@on(ev.SignInLocked)
def _locked(event: ev.SignInLocked) -> str:
    many = f"{event.failures} attempts to sign in as {plainly(event.name)} were in vain"
    return f"{many}{_from(event.address, 'the latest ')}: the next has to wait"


def _from(address: str, which: str = "") -> str:
    return f", {which}from {plainly(address)}" if address else ""
