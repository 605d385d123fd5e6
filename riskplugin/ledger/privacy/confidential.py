"""What happens to every text before it is hashed and written: a last look for secrets, then, where
the configuration asks for it, encryption. One per ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from riskplugin.calm import calm_logger
from riskplugin.core.events import EntryDecided, Event
from riskplugin.core.verdict import Deny
from riskplugin.ledger.privacy import data_keys as keys
from riskplugin.ledger.privacy.encryption import FieldCipher
from riskplugin.ledger.store.held import Held
from riskplugin.ledger.store.statements import statements
from riskplugin.ledger.store.tables import now
from riskplugin.ports import LedgerError
from riskplugin.redaction import NOBODYS, Redactor

logger = calm_logger(__name__)

_FOREIGN = b'"$":"repr"'


class Confidential:
    """Cleans and seals what a bot writes; opens what it reads."""

    def __init__(
        self,
        redactor: Redactor = NOBODYS,
        *,
        encrypt: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._redactor = redactor
        self._encrypt = encrypt
        self._environ = environ
        self._cipher: FieldCipher | None = None

    def connect(self, database: Held, bot: str) -> None:
        """Fetch the bot's keys, and make its first one. Raises LedgerError when none can be had."""
        sql = statements(database.make)
        rows = database.read(sql.data_keys, {"bot": bot})
        if not (rows or self._encrypt):
            return
        key = keys.master(self._environ)
        if self._encrypt:
            key = keys.needed(key)
        if key is None:
            logger.info(
                "riskplugin: earlier records are encrypted and there is no key in %s: their "
                "names and reasons read (sealed)",
                keys.VARIABLE,
            )
            return
        opened = keys.opened(((str(id_), str(kept)) for id_, kept in rows), key)
        if self._encrypt and len(opened) < len(rows):
            raise LedgerError(
                f"the key in {keys.VARIABLE} is not the one that this ledger was encrypted with: "
                "put the old one behind it, with a comma between them"
            )
        if self._encrypt and not opened:
            id_, kept, opened[id_] = keys.wrapped(key)
            database.write([(sql.data_key, (bot, id_, now(), kept))])
        if opened:
            self._cipher = FieldCipher(opened)

    def event(self, event: Event, payload: bytes) -> bytes:
        """The payload as it goes to disk.

        Of a decision, by far the most frequent record, only the tag is anybody's own word, unless
        it was refused or holds odd values: so only that one is looked at.
        """
        if type(event) is not EntryDecided or self._suspect(event) or _FOREIGN in payload:
            payload = self._redactor.clean_json(payload)
        return self._cipher.seal(payload) if self._encrypt and self._cipher else payload

    def payload(self, payload: bytes) -> bytes:
        """The same for a state or a status."""
        payload = self._redactor.clean_json(payload)
        return self._cipher.seal(payload) if self._encrypt and self._cipher else payload

    def column(self, text: str) -> str:
        """The same for a text in a column of its own."""
        text = self._redactor.clean(text)
        return self._cipher.seal_text(text) if self._encrypt and self._cipher else text

    def read(self, payload: bytes) -> bytes:
        """A payload as it was before it was sealed."""
        return payload if self._cipher is None else self._cipher.unseal(payload)

    def read_column(self, text: str) -> str:
        """A column as it was before it was sealed."""
        cipher = FieldCipher({}) if self._cipher is None else self._cipher
        return cipher.unseal_text(text)

    def _suspect(self, event: EntryDecided) -> bool:
        decision = event.decision
        try:
            tag = decision.request.tag
            own = tag is None or self._redactor.clean(tag) is tag
            return not own or isinstance(decision.binding, Deny)
        except Exception:  # noqa: BLE001  # no decision by its type hints: look at all of it
            return True


class Opener:
    """Opens for readers what the bots of a ledger have sealed, if the environment holds the key.

    ``fetch`` answers the rows of all data keys: bot, id, wrapped.
    """

    def __init__(
        self,
        fetch: Callable[[], Sequence[tuple[str, str, str]]],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._fetch = fetch
        self._environ = environ
        self._cipher = FieldCipher({})
        self._sought: set[str] = set()

    def read(self, payload: bytes) -> bytes:
        """A payload with its texts opened, or "(sealed)"."""
        if b'"$":"sealed"' not in payload:
            return payload
        self._look_for(payload)
        return self._cipher.unseal(payload)

    def read_column(self, text: str) -> str:
        """The same for a text in a column of its own."""
        if not text.startswith('{"$":"sealed"'):
            return text
        self._look_for(text.encode())
        return self._cipher.unseal_text(text)

    def column(self, bot: str, text: str) -> str:
        """A text for ``bot``, sealed if that bot seals and there is a key; else as it is.

        Never raises LedgerError: an order in an emergency must get through, and the bot covers
        the text when it has carried it out. One that is written like a sealed one is marked, so
        that nobody hides behind it.
        """
        if text.startswith('{"$":"sealed"'):
            text = f"'{text}"
        with suppress(LedgerError):
            key = keys.master(self._environ)
            rows = [row[1:] for row in self._fetch() if row[0] == bot]
            opened = {} if key is None else keys.opened(rows, key)
            if opened:
                return FieldCipher(opened).seal_text(text)
        return text

    def _look_for(self, payload: bytes) -> None:
        """Fetch the keys again where one is named that was never looked for."""
        unknown = self._cipher.unknown(payload)
        if unknown <= self._sought:
            return
        self._sought |= unknown
        key = keys.master(self._environ)
        found = {} if key is None else keys.opened((row[1:] for row in self._fetch()), key)
        self._cipher = FieldCipher(found)
