"""Every way to tamper with a ledger is found and named, on a real file and a real PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskplugin import __version__
from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger import CheckpointPlan, open_ledger
from riskplugin.ledger.proof.checkpoints import Checkpoint, read_copies
from riskplugin.ledger.proof.signing import PublicKey, SigningKey, generate
from riskplugin.ledger.proof.verify import Finding, Report, verify
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.tables import moment
from tests.ledger.conftest import Read
from tests.ledger.samples import NOW, decided, metrics, peak
from tests.ledger.tampering import Attacker

pytestmark = pytest.mark.spec("AU-2")

#: Records of the signed ledger, and where it was signed.
RECORDS, SIGNED = 30, (10, 20, 30)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return generate(tmp_path / "signing.key")


def story(count: int = RECORDS) -> list[ev.Event]:
    """Events that change the state and others, each at its own moment."""
    started = ev.SessionStarted(
        at=NOW, bot="bot", run_mode="live", policy_version="1", software=__version__
    )
    capital = ev.CapitalChanged(at=NOW, amount=Quote(1000.0), equity_before=Quote(0.0), by="start")
    told: list[ev.Event] = [started, capital]
    for place in range(count - 2):
        at = NOW + timedelta(seconds=place)
        told.append(peak(1000.0 + place, at) if place % 3 != 1 else decided(stake=10.0 + place))
    return told


def written(ledger: SqlLedger, events: list[ev.Event], state: RiskState, *, sign: bool) -> None:
    for event in events:
        state.observe(event)
        ledger.append([event], state)
    if sign:
        ledger.sample(metrics(), {})


@pytest.fixture
def signed(url: str, tmp_path: Path, key: SigningKey) -> str:
    """A ledger of RECORDS records, signed at SIGNED, with copies beside it."""
    assert key.id
    plan = CheckpointPlan(
        tmp_path / "signing.key", every=timedelta(0), copy_to=tmp_path / "copies.jsonl"
    )
    ledger, state, events = open_(url, tmp_path, plan), RiskState(), story()
    ledger.load()
    for before, end in zip((0, *SIGNED), SIGNED, strict=False):
        written(ledger, events[before:end], state, sign=True)
    ledger.close()
    return url


def open_(url: str, folder: Path, plan: CheckpointPlan | None = None) -> SqlLedger:
    return open_ledger(url, bot="bot", base_dir=folder, checkpoints=plan)


@pytest.fixture
def attacker(signed: str) -> Iterator[Attacker]:
    attacker = Attacker(signed)
    yield attacker
    attacker.close()


Verify = Callable[..., Report]


@pytest.fixture
def look(signed: str, read_: Read, key: SigningKey) -> Verify:
    """Verify with the right key trusted."""

    def look_once(*, trusted: tuple[PublicKey, ...] | None = None, copies: object = ()) -> Report:
        keys = (key.public,) if trusted is None else trusted
        return verify(read_(signed), "bot", trusted=keys, copies=copies)  # type: ignore[arg-type]

    return look_once


@pytest.fixture
def copies(signed: str, tmp_path: Path) -> list[Checkpoint]:
    assert signed
    found, unread = read_copies(tmp_path / "copies.jsonl")
    assert unread == []
    return found


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def test_a_ledger_that_nobody_touched_is_sound_and_proven(
    look: Verify, copies: list[Checkpoint]
) -> None:
    report = look(copies=copies)
    assert report.sound, report.findings
    assert (report.records, report.checkpoints, report.proven) == (RECORDS, 3, RECORDS)
    assert report.first == NOW
    assert "records 1 to 30 are proven" in report.notes[0]
    assert not any("triggers" in note for note in report.notes)


def test_without_a_public_key_it_says_that_signatures_were_not_checked(look: Verify) -> None:
    report = look(trusted=())
    assert report.sound
    assert report.proven == 0
    assert any("no public key was given" in note for note in report.notes)


def test_an_edited_record_is_named(attacker: Attacker, look: Verify) -> None:
    payload = attacker.rows()[11]["payload"]
    attacker.change(12, payload=payload.replace("1009.0", "1008.0"))
    report = look()
    assert report.findings[0].kind == "edited"
    assert report.findings[0].seq == 12
    assert "record 12 (2026-03-01 12:00:09 UTC, PeakRaised)" in report.findings[0].text
    assert report.proven == 10
    assert any("trust in the content ends before record 12" in note for note in report.notes)


def test_an_edited_hash_is_named_once(attacker: Attacker, look: Verify) -> None:
    attacker.change(12, hash=bytes(32))
    finding = only(look())
    assert (finding.kind, finding.seq) == ("edited", 12)
    assert "the hash of record 12 was edited" in finding.text


@pytest.mark.parametrize("last", [12, 15])
def test_removed_records_are_named(attacker: Attacker, look: Verify, last: int) -> None:
    attacker.remove(12, last)
    report = look()
    assert report.findings[0].kind == "removed"
    assert report.findings[0].seq == 12
    assert str(last) in report.findings[0].text


def test_removed_records_are_counted_even_if_the_others_are_numbered_anew(
    attacker: Attacker, look: Verify
) -> None:
    rows = attacker.rows()
    attacker.put(rows[:11] + rows[13:])
    report = look()
    assert report.findings[0].seq == 12
    assert "records between the two were taken out" in report.findings[0].text
    assert any(f.kind == "removed" and "2 records before" in f.text for f in report.findings)
    assert "truncated" in kinds(report)


@pytest.mark.parametrize("fitting", [True, False])
def test_an_inserted_record_is_named(attacker: Attacker, look: Verify, fitting: bool) -> None:
    rows = attacker.rows()
    false = dict(rows[15])
    if fitting:
        false = attacker.chain_anew([*rows[:11], false])[-1]
    attacker.put([*rows[:11], false, *rows[11:]])
    report = look()
    assert report.findings[0].kind == "inserted"
    assert report.findings[0].seq == 12


def test_records_in_another_order_are_named(attacker: Attacker, look: Verify) -> None:
    rows = attacker.rows()
    rows[11], rows[13] = rows[13], rows[11]
    attacker.put(rows)
    report = look()
    assert report.findings[0] == Finding(
        "reordered", 12, "records 12 to 14 stand in another order than before"
    )


def test_a_record_moved_far_is_named_at_both_places(url: str, tmp_path: Path, read_: Read) -> None:
    ledger = open_(url, tmp_path)
    written(ledger, story(300), RiskState(), sign=False)
    ledger.close()
    attacker = Attacker(url)
    rows = attacker.rows()
    moved = rows.pop(49)
    attacker.put([*rows[:250], moved, *rows[250:]])
    attacker.close()
    report = verify(read_(url), "bot")
    assert [(f.kind, f.seq) for f in report.findings[:2]] == [("edited", 50), ("reordered", 251)]


def test_a_tail_cut_off_is_named(attacker: Attacker, look: Verify) -> None:
    attacker.remove(26, 30)
    finding = look().findings[0]
    assert (finding.kind, finding.seq) == ("truncated", 26)
    assert "records 26 to 30 cut off at the end" in finding.text


def test_a_tail_cut_off_with_state_and_checkpoints_is_shown_by_the_copies(
    attacker: Attacker, look: Verify, copies: list[Checkpoint]
) -> None:
    attacker.remove(16, 30)
    attacker.run("DELETE FROM checkpoints WHERE seq > 15")
    attacker.fit_state(payload=state_of(15))
    assert look().sound, "nothing inside the ledger tells"
    assert any("cannot be seen" in note for note in look().notes)
    report = look(copies=copies)
    assert "truncated" in kinds(report)
    assert [f.seq for f in report.findings if f.kind == "checkpoint"] == [20, 30]
    assert report.proven == 10


def state_of(count: int) -> str:
    from riskplugin.ledger.form.codec import encode_state

    state = RiskState()
    for event in story()[:count]:
        state.observe(event)
    return encode_state(state).decode()


def rewritten(attacker: Attacker) -> None:
    """Change record 12, and everything behind it that needs no key."""
    rows = attacker.rows()
    rows[11]["payload"] = rows[11]["payload"].replace("1009.0", "1008.0")
    attacker.put(attacker.chain_anew(rows))
    attacker.fit_state()


def test_a_history_made_anew_without_the_key_is_named(attacker: Attacker, look: Verify) -> None:
    rewritten(attacker)
    report = look()
    assert kinds(report) == ["rewritten"]
    assert "something in records 11 to 20 was changed" in report.findings[0].text
    assert report.proven == 10
    assert not look(trusted=()).sound, "hashes are compared without a key, too"


def signed_by(key: SigningKey, attacker: Attacker, seq: int, *, name: str | None = None) -> None:
    """Replace a checkpoint by one for what stands there now."""
    row = attacker.rows()[seq - 1]
    made = Checkpoint("bot", seq, moment(0), row["hash"], name or key.id, b"")
    attacker.run("DELETE FROM checkpoints WHERE seq = :seq", seq=seq)
    attacker.run(
        "INSERT INTO checkpoints VALUES ('bot', :seq, 0, :hash, :key, :signature)",
        seq=seq,
        hash=row["hash"],
        key=made.key,
        signature=key.sign(made.message()),
    )


@pytest.mark.parametrize("under_our_name", [True, False])
def test_a_history_signed_with_another_key_is_named(
    attacker: Attacker, look: Verify, key: SigningKey, under_our_name: bool
) -> None:
    rewritten(attacker)
    own = SigningKey(bytes(32))
    for seq in (20, 30):
        signed_by(own, attacker, seq, name=key.id if under_our_name else None)
    report = look()
    assert kinds(report) == ["checkpoint"] * (2 if under_our_name else 1), "a key is told once"
    said = "does not fit it" if under_our_name else "none of the trusted ones"
    assert said in report.findings[0].text
    assert report.proven == 10
    both = look(trusted=(key.public, own.public))
    assert both.sound is not under_our_name, "whoever has a trusted key can sign"


def test_checkpoints_of_an_older_key_that_a_trusted_one_covers_are_no_finding(
    attacker: Attacker, look: Verify
) -> None:
    for seq in (10, 20):
        signed_by(SigningKey(bytes(32)), attacker, seq)
    report = look()
    assert report.sound, report.findings
    assert report.proven == RECORDS
    assert any("2 checkpoints, from record 10 to 20" in note for note in report.notes)
    signed_by(SigningKey(bytes(32)), attacker, 30)
    assert only(look()).seq == 10, "nobody whom we trust vouches for these records now"


def test_a_checkpoint_of_an_older_key_that_states_other_records_is_named(
    attacker: Attacker, look: Verify
) -> None:
    signed_by(SigningKey(bytes(32)), attacker, 20)
    attacker.run("UPDATE checkpoints SET hash = :hash WHERE seq = 20", hash=bytes(32))
    assert only(look()).kind == "checkpoint"


def test_removed_checkpoints_leave_a_note_and_copies_show_them(
    attacker: Attacker, look: Verify, copies: list[Checkpoint]
) -> None:
    attacker.run("DELETE FROM checkpoints")
    report = look()
    assert report.sound
    assert report.proven == 0
    assert any("no checkpoint was ever signed" in note for note in report.notes)
    report = look(copies=copies)
    assert set(kinds(report)) == {"checkpoint"}
    assert report.proven == RECORDS


def test_a_history_made_anew_without_its_checkpoints_is_shown_by_the_copies(
    attacker: Attacker, look: Verify, copies: list[Checkpoint]
) -> None:
    rewritten(attacker)
    attacker.run("DELETE FROM checkpoints")
    assert look().sound, "the ledger alone cannot tell, and says so"
    assert "rewritten" in kinds(look(copies=copies))


def test_a_forged_copy_is_named_and_not_believed(look: Verify, copies: list[Checkpoint]) -> None:
    last = copies[-1]
    forged = Checkpoint(last.bot, 99, last.at, last.hash, last.key, last.signature)
    finding = only(look(copies=[*copies, forged]))
    assert (finding.kind, finding.seq) == ("copy", 99)


def test_copies_from_before_the_ledger_was_begun_anew_say_what_to_do(
    look: Verify, copies: list[Checkpoint]
) -> None:
    assert not any("begun anew" in note for note in look(copies=copies).notes)
    old = [replace(each, at=NOW - timedelta(days=1), hash=bytes(32)) for each in copies]
    report = look(trusted=(), copies=old)
    assert not report.sound
    assert any("begun anew on purpose, move the file of copies" in note for note in report.notes)


def test_copies_of_another_bot_are_left_out(look: Verify, copies: list[Checkpoint]) -> None:
    other = [Checkpoint("other", 99, c.at, c.hash, c.key, c.signature) for c in copies]
    assert look(copies=other).sound


COLUMNS: dict[str, tuple[str, str]] = {
    "kind": ("UPDATE events SET kind = 'FaultRecorded' WHERE seq = 12", "PeakRaised by its"),
    "at": ("UPDATE events SET at = at - 86400000000 WHERE seq = 12", "happened 2026-03-01"),
    "seq": ("UPDATE events SET seq = 99 WHERE seq = 12", "says that it is number 99"),
    "bot": ("UPDATE events SET bot = 'other' WHERE seq = 12", "belongs to 'other'"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_contradicts_its_record_is_named(
    attacker: Attacker, look: Verify, name: str
) -> None:
    statement, said = COLUMNS[name]
    attacker.run(statement)
    finding = only(look())
    assert (finding.kind, finding.seq) == ("columns", 12)
    assert said in finding.text


def test_a_bot_taken_out_of_the_table_is_named(attacker: Attacker, look: Verify) -> None:
    attacker.run("DELETE FROM bots")
    assert {"truncated", "stray"} <= set(kinds(look()))


def test_a_mark_that_hides_records_from_a_search_is_named(attacker: Attacker, look: Verify) -> None:
    attacker.run("INSERT INTO marks VALUES ('bot', 5, 20)")
    finding = only(look())
    assert (finding.kind, finding.seq) == ("mark", 20)


STATES: dict[str, tuple[str, str]] = {
    "edited": (
        "UPDATE states SET payload = replace(payload, '1027.0', '9.0')",
        "does not fit record 30",
    ),
    "gone": ("DELETE FROM states", "the saved state is gone"),
    "not a state": ("UPDATE states SET payload = 'x'", "cannot be read"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_was_touched_is_named(attacker: Attacker, look: Verify, name: str) -> None:
    statement, said = STATES[name]
    attacker.run(statement)
    report = look()
    assert set(kinds(report)) == {"state"}
    assert any(said in finding.text for finding in report.findings)


def test_a_state_that_fits_its_record_and_is_not_what_the_records_give_is_named(
    attacker: Attacker, look: Verify
) -> None:
    attacker.fit_state(payload=state_of(30).replace("1027.0", "9.0"))
    finding = only(look())
    assert finding.kind == "state"
    assert "peak_equity is 9.0, not 1027.0" in finding.text


def test_an_old_state_put_back_is_named(attacker: Attacker, look: Verify) -> None:
    from hashlib import sha256

    payload, row = state_of(20), attacker.rows()[19]
    tie = sha256(row["hash"] + payload.encode()).digest()
    attacker.run("UPDATE states SET seq = 20, payload = :p, hash = :h", p=payload, h=tie)
    assert "an old one, of record 20" in only(look()).text


def kept(url: str, folder: Path, read_: Read, events: list[ev.Event], state: RiskState) -> Report:
    """What is said of a ledger with these events and this state."""
    ledger = open_(url, folder)
    ledger.append(events, state)
    ledger.close()
    return verify(read_(url), "bot")


def test_after_lost_records_the_state_is_not_called_wrong(
    sqlite_url: str, tmp_path: Path, read_: Read
) -> None:
    lost = ev.RecordsLost(at=NOW, count=7)
    report = kept(sqlite_url, tmp_path, read_, [*story(), lost], RiskState(trips=3))
    assert report.sound
    assert any("7 records were lost at record 31" in note for note in report.notes)


def test_a_state_that_another_version_folded_is_noted_and_not_called_wrong(
    sqlite_url: str, tmp_path: Path, read_: Read
) -> None:
    started = ev.SessionStarted(
        at=NOW, bot="bot", run_mode="live", policy_version="1", software="0.0.1"
    )
    report = kept(sqlite_url, tmp_path, read_, [started], RiskState(trips=3))
    assert report.sound
    assert any("another riskplugin (0.0.1)" in note for note in report.notes)


def test_behind_a_break_the_next_one_is_found_as_well(attacker: Attacker, look: Verify) -> None:
    for seq in (5, 15, 25):
        attacker.change(seq, payload=attacker.rows()[seq - 1]["payload"] + " ")
    found = [f.seq for f in look().findings if f.kind == "edited"]
    assert found == [5, 15, 25]


@pytest.mark.spec("AU-2")
def test_triggers_that_are_gone_are_told(look: Verify, attacker: Attacker) -> None:
    assert attacker.rows()
    report = look()
    assert report.sound
    assert any("triggers that refuse changes are gone" in note for note in report.notes)


def test_many_findings_are_counted(attacker: Attacker, look: Verify) -> None:
    rows = attacker.rows()
    attacker.put([{**rows[0], "hash": bytes([n % 251] * 32)} for n in range(400)])
    report = look()
    assert "more" in kinds(report)
    assert len(report.findings) < 350


def test_an_unknown_bot_has_an_empty_report(look: Verify, signed: str, read_: Read) -> None:
    assert look().sound
    report = verify(read_(signed), "nobody")
    assert (report.records, report.sound, report.first) == (0, True, None)


def test_another_bot_in_the_ledger_changes_nothing(
    look: Verify, signed: str, tmp_path: Path, read_: Read, key: SigningKey
) -> None:
    other = open_ledger(signed, bot="other", base_dir=tmp_path)
    other.load()
    written(other, story(), RiskState(), sign=False)
    other.close()
    assert look().sound
    assert verify(read_(signed), "other", trusted=(key.public,)).sound


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.integers(0, RECORDS - 1), where=st.randoms(), column=st.sampled_from("ph"))
def test_any_single_byte_changed_is_found(
    attacker: Attacker, look: Verify, place: int, where: random.Random, column: str
) -> None:
    """Payloads within ASCII, which both databases take; other bytes are the next test's."""
    row = attacker.rows()[place]
    old = row["payload"].encode() if column == "p" else row["hash"]
    at, flip = where.randrange(len(old)), where.randrange(1, 128)
    new = old[:at] + bytes([old[at] ^ flip]) + old[at + 1 :]
    if column == "p" and (b"\0" in new or b"\x7f" in new):
        new = old[:at] + b"x" + old[at + 1 :] if old[at : at + 1] != b"x" else old[:at] + b"y"
    name = "payload" if column == "p" else "hash"
    try:
        attacker.change(place + 1, **{name: new.decode() if column == "p" else new})
        report = look()
        assert not report.sound
        assert place + 1 in {finding.seq for finding in report.findings}
        assert report.proven <= max([0, *(s for s in SIGNED if s <= place)])
    finally:
        attacker.change(place + 1, **{name: row[name]})


def test_bytes_that_are_no_text_are_found(sqlite_url: str, tmp_path: Path, read_: Read) -> None:
    ledger = open_(sqlite_url, tmp_path)
    written(ledger, story(), RiskState(), sign=False)
    ledger.close()
    attacker = Attacker(sqlite_url)
    attacker.run("UPDATE events SET payload = CAST(x'ff00fe' AS TEXT) WHERE seq = 12")
    attacker.run("UPDATE events SET kind = CAST(x'ff' AS TEXT), at = 'soon' WHERE seq = 13")
    attacker.close()
    report = verify(read_(sqlite_url), "bot")
    assert {12, 13} <= {finding.seq for finding in report.findings}
