"""The bot's own REST interface, as a watchdog uses it: does it answer, and please close."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Protocol

#: A bot that hangs may take its time; a dead one refuses at once.
TIMEOUT_S = 10.0


class Rest(Protocol):
    """What the dead man's action needs of it."""

    def answers(self) -> bool:
        """The process behind it lives."""

    def obey(self) -> str:
        """Let riskplugin carry out what waits in the ledger; the outcome in words."""

    def force_exit(self) -> str:
        """Order freqtrade to exit every trade at market; the outcome in words."""


@dataclass(frozen=True, slots=True)
class BotRest:
    """The bot's API server at ``url``, with its own login."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)

    def answers(self) -> bool:
        """Any answer counts, a refusal as well: somebody is there."""
        status, _ = self._ask("ping", None)
        return status is not None

    def obey(self) -> str:
        """riskplugin latches at once in the thread that answers; closing is the loop's work."""
        status, text = self._ask("risk/obey", {})
        return _outcome("close-all", status, text)

    def force_exit(self) -> str:
        """freqtrade closes in the thread that answers: this works while the loop hangs."""
        status, text = self._ask("forceexit", {"tradeid": "all", "ordertype": "market"})
        return _outcome("forceexit all", status, text)

    def _ask(self, path: str, body: dict[str, Any] | None) -> tuple[int | None, str]:
        request = urllib.request.Request(  # noqa: S310  # the configuration allows http(s) only
            f"{self.url.rstrip('/')}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": self._login()},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=TIMEOUT_S) as answer:
                return int(answer.status), answer.read(2000).decode("utf-8", "replace")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read(2000).decode("utf-8", "replace")
        except (OSError, ValueError) as error:
            return None, str(error)

    def _login(self) -> str:
        login = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(login).decode()}"


def _outcome(what: str, status: int | None, text: str) -> str:
    """For people and records: "done", or what was said instead, cut short."""
    if status is None:
        return f"{what}: no answer ({text[:200]})"
    if status in (200, 201, 202):
        return f"{what}: done" if status != 202 else f"{what}: left for the bot"
    return f"{what}: refused with {status} ({text[:200]})"
