"""Copies of checkpoints outside the ledger: appended to a file, or posted to a server.

They leave in a thread of their own, so that no dead disk and no slow server holds up the bot.
Nothing is forgotten until it arrived; only when too many wait does the oldest go, and that is said.
"""

from __future__ import annotations

import base64
import os
import urllib.request
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit, urlunsplit

from riskplugin.calm import calm_logger
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

#: Copies that may wait; each one proves all records before it, so the latest count.
MOST = 1000
#: Seconds that a server may take to answer, and after which a failed copy is tried again.
TIMEOUT, AGAIN = 10.0, 60.0
#: Seconds that the end of the bot waits for the last copy.
FAREWELL = 3.0

Send = Callable[[str], None]


def outside(to: Path | str) -> Outside:
    """The way to a file, or to an address that begins with http:// or https://.

    Raises LedgerError for an address of another kind.
    """
    if isinstance(to, Path):
        return Outside(str(to), lambda line: _append(to, line))
    parts = urlsplit(to)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not to.isprintable():
        raise LedgerError("copies of checkpoints go to a file, or to http:// or https://")
    return Outside(parts.hostname, _poster(to))


class Outside:
    """Sends lines in their order; those that did not arrive are sent again before later ones."""

    def __init__(self, name: str, send: Send) -> None:
        self._name = name
        self._send = send
        self._waiting: deque[str] = deque()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._ending = False
        self._failing = False
        self._dropped = 0

    def send(self, line: str) -> None:
        """Hand over a line; returns at once."""
        with self._changed:
            self._waiting.append(line)
            if len(self._waiting) > MOST:
                self._waiting.popleft()
                self._drop()
            if self._thread is None:
                name = "riskplugin-checkpoints"
                self._thread = Thread(target=self._work, name=name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Try once more what waits, for a few seconds at most; say what did not arrive."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(FAREWELL)
        if self._waiting:
            logger.warning(
                "riskplugin: %d copies of checkpoints did not reach %s; the ledger has them, and "
                "the latest is sent at the next start",
                len(self._waiting),
                self._name,
            )

    def _drop(self) -> None:
        self._dropped += 1
        if self._dropped == 1:
            logger.warning(
                "riskplugin: more than %d copies of checkpoints wait for %s: the oldest are "
                "dropped here; the ledger has them, and later ones prove the same records",
                MOST,
                self._name,
            )

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ending:
                    self._changed.wait()
                if not self._waiting:
                    return
                line, last_try = self._waiting[0], self._ending
            if self._arrived(line):
                continue
            if last_try:
                return
            with self._changed:
                if not self._ending:
                    self._changed.wait(AGAIN)

    def _arrived(self, line: str) -> bool:
        try:
            self._send(line)
        except Exception as error:  # noqa: BLE001  # whatever failed, the line is kept
            if not self._failing:
                logger.warning("riskplugin: no checkpoint reaches %s: %s", self._name, error)
            self._failing = True
            return False
        with self._changed:
            if self._waiting and self._waiting[0] is line:
                self._waiting.popleft()
        if self._failing:
            logger.info(
                "riskplugin: checkpoints reach %s again; %d were dropped", self._name, self._dropped
            )
            self._failing, self._dropped = False, 0
        return True


def _append(path: Path, line: str) -> None:
    """On disk when this returns. A line that was cut short before is ended first."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        begin = "" if size == 0 or os.pread(handle, 1, size - 1) == b"\n" else "\n"
        content = f"{begin}{line}\n".encode()
        if os.write(handle, content) != len(content):
            raise OSError("written in part")
        os.fsync(handle)
    finally:
        os.close(handle)


def _poster(url: str) -> Send:
    """Posts to ``url``; a name and password in it are sent as basic authorisation. What answers
    with a redirection is not followed, wherever to.
    """
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if parts.username is not None:
        who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(who.encode()).decode()}"
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    opener = urllib.request.OpenerDirector()
    for kind in _HANDLERS:
        opener.add_handler(kind())

    def post(line: str) -> None:
        request = urllib.request.Request(bare, line.encode(), headers)  # noqa: S310  # http(s) only
        try:
            opener.open(request, timeout=TIMEOUT).close()
        except HTTPError as error:
            error.close()
            raise LedgerError(f"it answered {error.code}") from None

    return post


#: Neither files nor FTP, and no redirections.
_HANDLERS: tuple[type[urllib.request.BaseHandler], ...] = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
)
