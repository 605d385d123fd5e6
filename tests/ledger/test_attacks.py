"""What an operator, a file or a record can hold against the audit: found and named, or refused in
words; never a traceback, a steered terminal or a wait.
"""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from riskplugin.cli import app
from riskplugin.cli.audit.choice import Choice
from riskplugin.cli.audit.detail import details
from riskplugin.cli.audit.export import chosen
from riskplugin.cli.audit.formats import Format, write
from riskplugin.cli.audit.tally import Tally
from riskplugin.cli.audit.telling import style, told
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind, OnTrip, RiskLevel, Side
from riskplugin.core.rules import RULES
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import Severity
from riskplugin.ledger import CheckpointPlan, open_ledger, open_reader
from riskplugin.ledger.form.codec import CodecError, decode, encode, encode_state, event_kinds
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.proof.checkpoints import read_copies
from riskplugin.ledger.proof.repair import folded
from riskplugin.ledger.proof.replay import replay
from riskplugin.ledger.proof.signing import PublicKey, SigningKey, generate
from riskplugin.ledger.proof.verify import Report, verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor, redactor_for
from riskplugin.redaction.redactor import LONGEST
from tests.cli.ledgers import BOT, COPIES, story, url_of
from tests.ledger.samples import instances, metrics, peak
from tests.ledger.test_failures import as_nobody

pytestmark = pytest.mark.spec("AU-2", "AU-3", "AU-4")

#: Values that no riskplugin writes into any column.
ODD: list[Any] = [None, "abc", b"\xff\xfe", 10**15, -1, 2**63 - 1, 3.5, float("inf"), "\x1b[31mX"]
#: A column, and which of its rows an attacker changes.
COLUMNS = (
    *((f"events.{name}", "seq = 7") for name in ("bot", "seq", "at", "kind", "payload", "hash")),
    *((f"states.{name}", "1") for name in ("bot", "seq", "payload", "hash")),
    *((f"reached.{name}", "1") for name in ("bot", "since", "seq", "hash")),
    *((f"checkpoints.{name}", "1") for name in ("at", "hash", "key", "signature")),
    ("marks.peak", "1"),
    ("marks.seq", "1"),
)
#: Changes that no search, proof or state depends on.
HARMLESS = {("marks.peak", 2**63 - 1), ("marks.seq", -1)}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed ledger that has lost its triggers, and every word about what must not be missing."""
    home = tmp_path_factory.mktemp("attacked")
    (home / "user_data").mkdir()
    generate(home / "user_data/risk_signing.key")
    story(home, signed=True)
    with closing(sqlite3.connect(home / "user_data/risk.sqlite", isolation_level=None)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            file.execute(f"DROP TRIGGER {name}")
        file.execute("INSERT INTO marks VALUES (?, ?, 5)", (BOT, 2**60))
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
    return home


@pytest.fixture
def home(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(original, copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def reader(home: Path) -> Iterator[LedgerReader]:
    opened = open_reader(url_of(home), base_dir=home)
    yield opened
    opened.close()


def tamper(home: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(home / "user_data/risk.sqlite", isolation_level=None)) as file:
        file.execute(statement, values)


def audit(*arguments: str) -> Result:
    """Run ``riskplugin audit``; only its own ways to end are accepted."""
    done = CliRunner().invoke(app, ["audit", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert "\x1b" not in done.output
    return done


def everything_asked(reader: LedgerReader) -> None:
    """All that reads records does so, or says in words what is wrong."""

    def replayed() -> None:
        tally = Tally(10)
        for each in replay(reader, BOT):
            tally.add(each)
        tally.plain()

    def exported(form: Format) -> None:
        write(form, chosen(reader, BOT, Choice()), io.BytesIO())

    for ask in (
        lambda: verify(reader, BOT),
        lambda: folded(reader, BOT),
        replayed,
        lambda: exported(Format.CSV),
        lambda: exported(Format.JSONL),
    ):
        try:
            ask()
        except LedgerError:
            continue


# --- columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "where"), COLUMNS)
def test_a_column_of_any_type_is_found_or_refused_in_words(
    home: Path, column: str, where: str
) -> None:
    table, name = column.split(".")
    source = home / "user_data/risk.sqlite"
    whole = source.read_bytes()
    key = PublicKey.parse((home / "user_data/risk_signing.key.pub").read_text())
    for value in ODD:
        source.write_bytes(whole)
        try:
            tamper(home, f"UPDATE {table} SET {name} = ? WHERE {where}", value)
        except sqlite3.IntegrityError:
            continue  # a key that cannot be missing
        reader = open_reader(url_of(home), base_dir=home)
        try:
            everything_asked(reader)
            sound = verify(reader, BOT, trusted=[key]).sound
        except LedgerError:
            sound = False
        finally:
            reader.close()
        assert sound is ((column, value) in HARMLESS), value


@pytest.mark.parametrize("payload", ["nojson", "[]", "{}", '{"at":5}', '{"at":"2026-01-01"}'])
def test_a_damaged_status_keeps_nobody_from_repairing_the_state(home: Path, payload: str) -> None:
    tamper(home, "UPDATE status SET payload = ?", payload)
    tamper(home, "DELETE FROM states")
    assert audit("repair", "--reason", "gone", "--yes").exit_code == 0
    assert audit("verify").exit_code == 0


def test_a_state_that_names_a_record_before_the_first_is_found(
    home: Path, reader: LedgerReader
) -> None:
    tamper(home, "UPDATE states SET seq = -1")
    assert [finding.kind for finding in verify(reader, BOT).findings] == ["state"]


# --- what a record holds, where somebody made its hash anew -------------------------------------

HOSTILE: list[Any] = [
    None,
    5,
    "\x1b[31m\n",
    [1],
    {"$": "repr", "text": 5},
    {"$": "escaped", "text": "\\udc80"},
    "0001-01-01T00:00:00+14:00",
]
PLACES = [
    ("at",),
    ("basis",),
    ("basis", "equity"),
    ("decision",),
    ("decision", "binding"),
    ("decision", "binding", "reason"),
    ("decision", "observed"),
    ("decision", "request"),
    ("decision", "request", "kind"),
    ("decision", "verdicts"),
    ("decision", "verdicts", 0),
    ("decision", "verdicts", 0, 1),
]


def rewritten(home: Path, seq: int, place: tuple[Any, ...], value: Any) -> None:
    """Put ``value`` into a record and make all hashes anew, which needs no key."""
    with closing(sqlite3.connect(home / "user_data/risk.sqlite", isolation_level=None)) as file:
        head = genesis(BOT)
        rows = file.execute("SELECT id, seq, payload FROM events ORDER BY id").fetchall()
        file.execute("BEGIN")
        for id_, number, payload in rows:
            text = payload
            if number == seq:
                tree = at = orjson.loads(payload)
                for name in ("data", *place[:-1]):
                    at = at[name]
                at[place[-1]] = value
                text = orjson.dumps(tree).decode()
            head = sha256(head + text.encode()).digest()
            file.execute("UPDATE events SET payload = ?, hash = ? WHERE id = ?", (text, head, id_))
        file.execute("COMMIT")


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_decision_with_any_part_made_up_is_read_by_all_or_refused_in_words(
    home: Path, reader: LedgerReader, place: tuple[Any, ...]
) -> None:
    source = home / "user_data/risk.sqlite"
    whole = source.read_bytes()
    (refused,) = [
        record.seq
        for record in reader.records(BOT, kinds=["EntryDecided"])
        if b"above the cap" in record.payload
    ]
    for value in HOSTILE:
        source.write_bytes(whole)
        rewritten(home, refused, place, value)
        opened = open_reader(url_of(home), base_dir=home)
        everything_asked(opened)
        opened.close()
        audit("show", "--full")
        audit("show", str(refused))
        assert "NOT SOUND" in audit("verify").output  # the key was not there


BAD = "\x1b[31mX\u202e\n"


def changed(value: Any) -> Iterator[Any]:
    """``value`` with one field after the other, its own and those inside, as a hostile text."""
    for field in dataclasses.fields(value):
        yield dataclasses.replace(value, **{field.name: BAD})
        inside = getattr(value, field.name)
        if dataclasses.is_dataclass(inside):
            for each in changed(inside):
                yield dataclasses.replace(value, **{field.name: each})


@pytest.mark.parametrize("kind", event_kinds())
def test_no_field_of_any_record_steers_a_terminal(kind: str) -> None:
    @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(instances(event_kinds()[kind]))
    def each(event: Any) -> None:
        for hostile in changed(event):
            try:
                read = decode(encode(hostile))
            except CodecError:
                continue
            style(read)
            said = [told(read), *(text for pair in details(read) for text in pair)]
            assert all(text.isprintable() for text in said), said

    each()


@given(st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]))
def test_a_moment_that_utc_does_not_have_can_be_recorded(at: str) -> None:
    moment = datetime.fromisoformat(at)
    assert decode(encode(peak(1.0, moment))).at == moment


# --- histories ---------------------------------------------------------------------------------


def session(home: Path, *equities: float, copies: Path | None) -> None:
    """The bot runs once: reads its state, records, signs at its end."""
    plan = CheckpointPlan(home / "key", copy_to=copies)
    ledger = open_ledger(url_of(home), bot="bot", base_dir=home, checkpoints=plan)
    state = ledger.load()
    for equity in equities:
        state.observe(peak(equity))
        ledger.append([peak(equity)], state)
    ledger.sample(metrics(), {})
    ledger.close()


def judged(home: Path, key: SigningKey, copies: Path | None = None) -> Report:
    reader = open_reader(url_of(home), base_dir=home)
    try:
        kept = [] if copies is None else read_copies(copies)[0]
        return verify(reader, "bot", trusted=[key.public], copies=kept)
    finally:
        reader.close()


def test_a_bot_that_went_on_from_an_old_backup_is_found_by_the_copies(tmp_path: Path) -> None:
    (tmp_path / "user_data").mkdir()
    key, copies = generate(tmp_path / "key"), tmp_path / "copies"
    file = tmp_path / "user_data/risk.sqlite"
    session(tmp_path, 1.0, 2.0, copies=copies)
    backup = file.read_bytes()
    session(tmp_path, 3.0, 4.0, copies=copies)
    file.write_bytes(backup)
    session(tmp_path, 5.0, 6.0, 7.0, copies=copies)
    report = judged(tmp_path, key, copies)
    assert "rewritten" in {finding.kind for finding in report.findings}
    assert report.proven == 2  # what the bot signed since then proves nothing of what was lost


def test_a_text_that_reads_sealed_hides_no_change_of_the_saved_state(tmp_path: Path) -> None:
    (tmp_path / "user_data").mkdir()
    key = generate(tmp_path / "key")
    session(tmp_path, 1.0, 2.0, copies=None)
    payload = encode_state(RiskState(peak_equity=None, tripped_by=("(sealed)",)))
    ((last,),) = sqlite3.connect(tmp_path / "user_data/risk.sqlite").execute(
        "SELECT hash FROM events WHERE seq = 2"
    )
    tamper(
        tmp_path,
        "UPDATE states SET payload = ?, hash = ?",
        payload.decode(),
        link(last, payload),
    )
    (finding,) = judged(tmp_path, key).findings
    assert "tripped_by" in finding.text


def test_a_bot_that_was_taken_out_altogether_is_told_by_the_copies(home: Path) -> None:
    story(home, bot="other", signed=True)
    for table in ("events", "states", "checkpoints", "marks", "status"):
        tamper(home, f"DELETE FROM {table} WHERE bot = 'other'")
    tamper(home, "DELETE FROM bots WHERE name = 'other'")
    done = audit("verify", "--all-bots", "--copies", COPIES)
    assert "of other, which this ledger does not know" in " ".join(done.output.split())


# --- files and words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"[1]",
        b"",
        b"\xff\xfe",
        b'{"risk": [1]}',
        b'{"sizing": {"base_pct": {"low": NaN}}}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"risk": {"\\u001b[31m": 1}}',
    ],
    ids=range(8),
)
def test_limits_that_cannot_be_read_are_refused_in_words(home: Path, content: bytes) -> None:
    (home / "other.json").write_bytes(content)
    assert audit("replay", "--limits", "other.json").exit_code == 2


def test_a_public_key_that_is_no_text_is_refused_in_words(home: Path) -> None:
    (home / "key.pub").write_bytes(b"\xff\xfe")
    assert audit("verify", "--public-key", "key.pub").exit_code == 2


def test_an_export_into_a_pipe_leaves_the_pipe_where_it_is(home: Path) -> None:
    os.mkfifo(home / "pipe")
    held = os.open(home / "pipe", os.O_RDWR)
    try:
        assert audit("export", "--out", "pipe").exit_code == 0
        assert os.read(held, 8) == b'{"bot":"'
    finally:
        os.close(held)
    assert (home / "pipe").is_fifo()


def test_a_message_that_names_a_hostile_bot_steers_no_terminal(home: Path) -> None:
    tamper(home, "UPDATE states SET bot = ?", BAD)
    assert audit("show").exit_code == 2


# --- words of others ----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["token:", "bearer ", "://a:", "://", "sign=", "api_key "])
def test_a_text_made_to_be_slow_is_cleaned_in_no_time(word: str) -> None:
    """Unbounded, ``token:`` took half a minute at 60 kB; pytest's time limit is the judge."""
    text = Redactor(["s3cr3t-of-mine"]).clean(word * 100_000 + "s3cr3t-of-mine")
    assert len(text) <= LONGEST


def test_a_long_text_is_cut_once_says_so_and_holds_no_secret_at_the_cut() -> None:
    redactor = Redactor(["s3cr3t-of-mine-that-is-long"])
    cut = redactor.clean("x" * (LONGEST - 52) + "s3cr3t-of-mine-that-is-long" + "y" * 10**6)
    assert "s3cr3t-of-mi" not in cut
    assert "characters)" in cut
    assert redactor.clean(cut) == cut


WORDS = [
    *(rule.name for rule in RULES),
    *(str(member) for kind in (BreakerState, RiskLevel, Side, EntryKind, OnTrip, Severity)
      for member in kind),
]  # fmt: skip


@pytest.mark.parametrize("secret", sorted({*WORDS, "USDT", "BTC", "1", "***", "true"}))
def test_a_secret_that_is_a_word_of_ours_destroys_no_record(
    reader: LedgerReader, secret: str
) -> None:
    redactor = redactor_for({"stake_currency": "USDT", "exchange": {"secret": secret}}, environ={})
    for record in reader.records(BOT):
        assert redactor.clean_json(record.payload) == record.payload


def test_a_copy_that_may_not_be_written_is_verified_as_it_lies(original: Path) -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    shutil.copy(original / "user_data/risk.sqlite", folder / "risk.sqlite")
    (folder / "risk.sqlite").chmod(0o444)
    folder.chmod(0o555)

    def verified() -> str:
        reader = open_reader(f"sqlite:///{folder}/risk.sqlite", base_dir=folder)
        return "whole" if verify(reader, BOT).sound else "not"

    assert as_nobody(verified) == "whole"
    assert [path.name for path in folder.iterdir()] == ["risk.sqlite"]
    shutil.rmtree(folder)


@pytest.mark.spec("AU-1")
def test_nobody_hides_behind_a_name_that_reads_as_sealed(home: Path, reader: LedgerReader) -> None:
    sealed = '{"$":"sealed","key":"","text":""}'
    control = reader.post_control(BOT, "trip", sealed, sealed)
    with closing(open_ledger(url_of(home), bot=BOT, base_dir=home)) as ledger:
        (asked,) = ledger.controls()
    assert (asked.id, asked.by, asked.reason) == (control, f"'{sealed}", f"'{sealed}")
