"""Texts that name persons are encrypted before they are hashed; chain and figures need no key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import Side
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.form.codec import decode, decode_state, encode, encode_state, event_kinds
from riskplugin.ledger.privacy.data_keys import VARIABLE
from riskplugin.ledger.privacy.encryption import SEALED, FieldCipher, agree, new_key, rotate
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor
from tests.ledger.samples import NOW, busy_state, decided, instances, metrics, peak
from tests.ledger.test_ledger import intact

pytestmark = pytest.mark.spec("AU-4")

CIPHER = FieldCipher({"k1": Fernet(Fernet.generate_key())})
EVENTS = st.sampled_from(sorted(event_kinds())).flatmap(lambda k: instances(event_kinds()[k]))
PERSON, WORDS = "Margarethe", "the desk is closed for the day"
LATCHED = ev.BreakerLatched(at=NOW, by=PERSON, reason=WORDS)
ZERO = Quote(0.0)
STATE = RiskState(breaker=BreakerState.LATCHED, latched_by=PERSON, tripped_by=(WORDS,))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of a bot that encrypts."""
    made = new_key()
    monkeypatch.setenv(VARIABLE, made)
    return made


class Open:
    """Open ledgers that encrypt, or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[SqlLedger] = []

    def __call__(self, url: str, *, encrypt: bool = True, secret: str = "") -> SqlLedger:
        redactor = Redactor([secret])
        ledger = open_ledger(
            url, bot="bot", base_dir=self.folder, encrypt=encrypt, redactor=redactor
        )
        self.opened.append(ledger)
        return ledger


@pytest.fixture
def sealing(tmp_path: Path) -> Iterator[Open]:
    opened = Open(tmp_path)
    yield opened
    for ledger in opened.opened:
        ledger.close()


def everything(url: str) -> str:
    """All that stands in the database, as its tables show it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = [
            repr(tuple(row))
            for table in ("events", "states", "status", "controls", "data_keys")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    engine.dispose()
    return "\n".join(rows)


def recorded(ledger: SqlLedger) -> None:
    ledger.load()
    ledger.append([LATCHED, decided(tag=WORDS), peak(1.0)], STATE)
    told = {"breaker": {"latched_by": PERSON, "reasons": [WORDS]}, "equity": 7.5}
    ledger.sample(metrics(), told)


@given(EVENTS)
def test_what_was_sealed_opens_to_the_same_bytes(event: ev.Event) -> None:
    payload = encode(event)
    sealed = CIPHER.seal(payload)
    assert CIPHER.unseal(sealed) == payload
    assert CIPHER.unseal(CIPHER.seal(sealed)) == payload
    assert type(decode(sealed)) is type(event)


@settings(max_examples=20)
@given(instances(RiskState))
def test_a_state_that_was_sealed_is_the_same_state_and_reads_without_the_key(
    state: RiskState,
) -> None:
    payload = encode_state(state)
    sealed = CIPHER.seal(payload)
    assert CIPHER.unseal(sealed) == payload
    blind = decode_state(FieldCipher({}).unseal(sealed)) if _is_well_typed(payload) else state
    assert agree(blind, state)


def _is_well_typed(payload: bytes) -> bool:
    """A saved state is read strictly; NaN and huge numbers are for events."""
    try:
        decode_state(payload)
    except LedgerError:
        return False
    return True


def test_names_reasons_and_tags_are_sealed_and_figures_are_not() -> None:
    closed = ev.TradeClosed(
        at=NOW,
        trade_id=1,
        pair="BTC/USDT",
        side=Side.LONG,
        profit=Quote(7.25),
        opened_at=NOW,
        exit_reason="my own exit",
    )
    handled = ev.ControlHandled(
        at=NOW, command="trip", by=PERSON, reason=WORDS, outcome=f"refused: held by {PERSON}"
    )
    payloads = b"".join(CIPHER.seal(encode(e)) for e in (closed, handled, decided(tag=WORDS)))
    for hidden in (b"my own exit", PERSON.encode(), WORDS.encode()):
        assert hidden not in payloads
    for seen in (b"BTC/USDT", b"7.25", b"trip", b"64000.5"):
        assert seen in payloads


def test_equal_texts_do_not_look_equal() -> None:
    assert CIPHER.seal(encode(LATCHED)) != CIPHER.seal(encode(LATCHED))


def test_nothing_of_a_person_is_in_the_database_and_a_reader_with_the_key_sees_it(
    url: str, key: str, sealing: Open, tmp_path: Path
) -> None:
    recorded(sealing(url))
    reader = open_reader(url, base_dir=tmp_path)
    control = reader.post_control("bot", "trip", PERSON, WORDS)
    assert PERSON not in everything(url)
    assert WORDS not in everything(url)
    assert key not in everything(url)
    assert reader.events("bot")[0] == LATCHED
    assert reader.state("bot") == STATE
    assert reader.status("bot") == {
        "breaker": {"latched_by": PERSON, "reasons": [WORDS]},
        "equity": 7.5,
    }
    assert intact(reader)
    ledger = sealing(url)
    assert ledger.load() == STATE
    (waiting,) = ledger.controls()
    assert (waiting.id, waiting.by, waiting.reason) == (control, PERSON, WORDS)
    ledger.settle(control, f"refused: latched by {PERSON}")
    assert PERSON not in everything(url)
    assert reader.control_outcome(control) == f"refused: latched by {PERSON}"
    reader.close()


def test_a_reader_without_the_key_sees_that_texts_are_sealed_and_proves_the_chain(
    url: str, key: str, sealing: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(sealing(url))
    monkeypatch.delenv(VARIABLE)
    reader = open_reader(url, base_dir=tmp_path)
    latched, asked, equity = reader.events("bot")
    assert latched == ev.BreakerLatched(at=NOW, by=SEALED, reason=SEALED)
    assert isinstance(asked, ev.EntryDecided)
    assert asked.decision.request.tag == SEALED
    assert equity == peak(1.0)
    state = reader.state("bot")
    assert state is not None
    assert (state.latched_by, state.tripped_by) == (SEALED, (SEALED,))
    assert agree(state, STATE)
    assert not agree(state, busy_state())
    told = reader.status("bot") or {}
    assert told == {"breaker": {"latched_by": SEALED, "reasons": [SEALED]}, "equity": 7.5}
    assert intact(reader)
    reader.close()


def test_an_order_left_without_the_key_gets_through_and_the_bot_covers_it(
    url: str, key: str, sealing: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = sealing(url, secret="left-in-a-reason")
    recorded(ledger)
    monkeypatch.delenv(VARIABLE)
    reader = open_reader(url, base_dir=tmp_path)
    control = reader.post_control("bot", "trip", PERSON, f"{WORDS} left-in-a-reason")
    reader.close()
    assert PERSON in everything(url)
    (waiting,) = ledger.controls()
    assert waiting.by == PERSON
    ledger.settle(control, "done")
    assert PERSON not in everything(url)
    assert "left-in-a-reason" not in everything(url)


def test_encryption_is_switched_on_and_off_at_any_time(
    url: str, key: str, sealing: Open, tmp_path: Path
) -> None:
    for encrypt in (False, True, False, True):
        ledger = sealing(url, encrypt=encrypt)
        loaded = ledger.load()
        assert loaded in (RiskState(), STATE)
        ledger.append([LATCHED], STATE)
        ledger.close()
    reader = open_reader(url, base_dir=tmp_path)
    assert reader.events("bot") == [LATCHED] * 4
    assert [PERSON.encode() in r.payload for r in reader.chain("bot")] == [True, False] * 2
    assert [PERSON.encode() in r.clear for r in reader.chain("bot")] == [True] * 4
    assert intact(reader)
    reader.close()


def test_a_bot_that_shall_encrypt_without_a_key_does_not_start(
    url: str, sealing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(LedgerError, match=r"no key.*audit keygen --encryption.*" + VARIABLE):
        sealing(url)


def test_with_positions_open_it_runs_without_the_key_and_records_nothing_in_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    user_data = tmp_path / "user_data"
    config = parse({"ledger": {"encrypt": True}})
    service = live_service(config, config.policy, bot="bot", user_data=user_data, must_run=True)
    service.command("trip", by=PERSON, reason=WORDS, book=Book(at=NOW, wallet=None, result=ZERO))
    assert service.state.breaker is BreakerState.LATCHED
    assert "there is no key" in (service.fault_text or "")
    assert not any(PERSON.encode() in path.read_bytes() for path in user_data.glob("*.sqlite*"))


def test_what_is_no_key_is_refused_without_repeating_it(
    url: str, sealing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "my-own-idea-of-a-key")
    with pytest.raises(LedgerError, match="no Fernet key") as refused:
        sealing(url)
    assert "my-own-idea" not in str(refused.value)


def test_another_key_than_that_of_the_ledger_is_refused(
    url: str, key: str, sealing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(sealing(url))
    monkeypatch.setenv(VARIABLE, new_key())
    with pytest.raises(LedgerError, match=r"not the one.*put the old one behind it"):
        sealing(url)


def test_a_bot_that_no_longer_encrypts_starts_without_the_key(
    url: str, key: str, sealing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(sealing(url))
    monkeypatch.delenv(VARIABLE)
    ledger = sealing(url, encrypt=False)
    assert ledger.load().breaker is BreakerState.LATCHED
    ledger.append([peak(2.0)], STATE)


def test_after_a_rotation_the_old_master_key_is_not_needed_and_the_records_are_the_same(
    url: str, key: str, sealing: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = sealing(url)
    recorded(running)
    reader = open_reader(url, base_dir=tmp_path)
    before = [record.payload for record in reader.chain("bot")]
    fresh = new_key()
    monkeypatch.setenv(VARIABLE, f"{fresh}, {key}")
    assert rotate(url, base_dir=tmp_path) == {"bot": 1}
    running.append([LATCHED], STATE)
    monkeypatch.setenv(VARIABLE, fresh)
    restarted = sealing(url)
    assert restarted.load() == STATE
    restarted.append([LATCHED], STATE)
    records = list(reader.chain("bot"))
    assert [record.payload for record in records[:3]] == before
    assert [records[i].event for i in (0, 3, 4)] == [LATCHED] * 3
    keys = [record.payload.split(b'"key":"')[1][:16] for record in (records[3], records[4])]
    assert keys[0] != keys[1]
    assert rotate(url, base_dir=tmp_path) == {"bot": 2}
    reader.close()


def test_a_rotation_that_cannot_open_a_key_changes_nothing(
    url: str, key: str, sealing: Open, tmp_path: Path
) -> None:
    recorded(sealing(url))
    before = everything(url)
    with pytest.raises(LedgerError, match="put the new key first"):
        rotate(url, base_dir=tmp_path, environ={VARIABLE: new_key()})
    with pytest.raises(LedgerError, match="there is no key"):
        rotate(url, base_dir=tmp_path, environ={})
    assert everything(url) == before


def test_a_token_that_was_tampered_with_reads_sealed() -> None:
    sealed = CIPHER.seal(encode(LATCHED))
    place = sealed.index(b'"text":"') + 20
    broken = sealed[:place] + b"AAAA" + sealed[place + 4 :]
    event = decode(CIPHER.unseal(broken))
    assert isinstance(event, ev.BreakerLatched)
    assert SEALED in (event.by, event.reason)


def test_a_secret_is_cleaned_out_before_it_is_sealed(
    url: str, key: str, sealing: Open, tmp_path: Path
) -> None:
    ledger = sealing(url, secret="exchange-key-4711")
    ledger.append([ev.BreakerLatched(at=NOW, by="x", reason="exchange-key-4711!")], STATE)
    reader = open_reader(url, base_dir=tmp_path)
    assert reader.events("bot") == [ev.BreakerLatched(at=NOW, by="x", reason="***!")]
    reader.close()
