"""The state is saved whole only now and then: what a start finds is what was in memory, whenever
the bot died, and whoever touches what lies between is found out.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState, IllegalTransition
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger, open_reader, standing
from riskplugin.ledger.form.codec import CodecError, decode_state, encode_state, event_kinds
from riskplugin.ledger.privacy.data_keys import VARIABLE, new_key
from riskplugin.ledger.proof.repair import folded, repair
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.tables import reached, states
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, decided, instances, peak
from tests.ledger.tampering import Attacker
from tests.ledger.test_failures import losing
from tests.orders import entry_sent

pytestmark = pytest.mark.spec("CB-7", "RE-1", "AU-2")

LATCHED = ev.BreakerLatched(at=NOW, by="anna", reason="looks odd")


def live(ledger: SqlLedger, state: RiskState, *events: ev.Event) -> None:
    """Fold and write each event by itself, as the recorder does."""
    for event in events:
        state.observe(event)
        ledger.append([event], state)


def places(reader: LedgerReader, bot: str = "bot") -> tuple[int, int]:
    """The record that the state was saved with, and the last that changed it."""
    with reader.connection("looking") as connection:
        saved = connection.scalar(select(states.c.seq).where(states.c.bot == bot))
        last = connection.scalar(select(reached.c.seq).where(reached.c.bot == bot))
    assert saved is not None
    assert last is not None
    return saved, last


def busy_life(number: int) -> tuple[ev.Event, ...]:
    """An entry as a bot lives it, three of its four records change the state."""
    name = f"o{number}"
    sent = entry_sent(
        at=NOW, intent=name, pair="ETH/USDT", amount=1.5, price=2000.0, notional=Quote(3000.0)
    )
    answer = ev.OrderAnswered(at=NOW, intent=name, order_id=name, status="open")
    return decided(), sent, answer, ev.OrderBooked(at=NOW, order_id=name)


# --- what a start finds -----------------------------------------------------------------------


def test_a_small_event_leaves_a_large_state_where_it_is(url: str, open_: Open, read_: Read) -> None:
    ledger, state = open_(url), RiskState()
    for number in range(10):
        live(ledger, state, *busy_life(number))
    assert places(read_(url)) == (1, 40)
    assert len(state.awaited) == 10
    assert read_(url).state("bot") == state
    assert open_(url).load() == state


def test_the_tail_that_a_start_folds_is_bounded(url: str, open_: Open, read_: Read) -> None:
    ledger, state = open_(url), RiskState()
    reader, longest = read_(url), 0
    for number in range(standing.TAIL):
        live(ledger, state, *busy_life(number))
        saved, last = places(reader)
        longest = max(longest, last - saved)
    assert standing.TAIL - 4 < longest <= standing.TAIL
    assert open_(url).load() == state


def test_many_decisions_between_two_changes_are_not_folded(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0))
    for _ in range(3):
        ledger.append([decided()] * standing.TAIL, state)
    assert places(read_(url)) == (1, 1)
    live(ledger, state, peak(2.0))
    assert places(read_(url)) == (602, 602)
    assert open_(url).load() == state


def test_a_bot_that_ends_in_order_leaves_nothing_to_fold(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0), decided(), peak(2.0), decided())
    assert places(read_(url)) == (1, 3)
    ledger.close()
    assert places(read_(url)) == (4, 4)
    assert open_(url).load() == state


def test_a_ledger_that_was_taken_away_is_not_begun_anew_at_the_end(
    sqlite_url: str, open_: Open, tmp_path: Path
) -> None:
    ledger, state = open_(sqlite_url), RiskState()
    live(ledger, state, peak(1.0), peak(2.0))
    ledger._database.drop()
    for file in tmp_path.glob("risk.sqlite*"):
        file.unlink()
    ledger.close()
    assert list(tmp_path.iterdir()) == []


def test_each_session_saves_its_first_change_whole(url: str, open_: Open, read_: Read) -> None:
    """Events that another riskplugin wrote are folded by this one once, not for ever."""
    first, state = open_(url), RiskState()
    live(first, state, peak(1.0), peak(2.0))
    second = open_(url)
    again = second.load()
    assert again == state
    live(second, again, peak(3.0))
    assert places(read_(url)) == (3, 3)


def test_a_state_that_the_events_do_not_give_is_saved_whole(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0), peak(2.0))
    state.trips = 7
    ledger.append([peak(2.0)], state)
    assert places(read_(url)) == (3, 3)
    assert open_(url).load() == state


def test_an_event_that_was_not_followed_counts_when_the_state_changes_next(
    url: str, open_: Open, read_: Read
) -> None:
    """Folding would give another state from here on, so the next one is saved whole."""
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0))
    ledger.append([LATCHED], state)
    live(ledger, state, peak(2.0))
    assert state.breaker is BreakerState.CLOSED
    assert places(read_(url)) == (3, 3)
    assert open_(url).load() == state


@pytest.mark.parametrize("committed", [True, False])
def test_after_a_lost_connection_the_state_is_saved_whole(
    url: str, open_: Open, read_: Read, committed: bool
) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0), peak(2.0))
    losing(ledger, committed=committed)
    with pytest.raises(LedgerError, match="connection lost"):
        live(ledger, state, LATCHED)
    live(ledger, state, peak(4.0))
    saved, last = places(read_(url))
    assert saved == last
    assert open_(url).load() == state
    assert state.breaker is BreakerState.LATCHED


def test_an_event_written_in_doubt_is_reckoned_with(url: str, open_: Open) -> None:
    """Nobody gives it again, and the state goes on as if it had not been."""
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0))
    losing(ledger, committed=True)
    with pytest.raises(LedgerError, match="connection lost"):
        ledger.append([LATCHED], state)
    live(ledger, state, peak(4.0))
    assert open_(url).load() == state


def test_a_value_that_no_state_can_hold_is_refused_as_ever(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0), peak("much"))  # type: ignore[arg-type]
    assert places(read_(url)) == (1, 2)
    with pytest.raises(LedgerError, match=r"damaged.*peak_equity"):
        open_(url).load()


def test_sealed_events_are_opened_to_be_folded(
    url: str, tmp_path: Path, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, new_key())
    ledger = open_ledger(url, bot="bot", base_dir=tmp_path, encrypt=True)
    state = RiskState()
    live(ledger, state, peak(1.0), LATCHED, peak(2.0))
    with closing(open_ledger(url, bot="bot", base_dir=tmp_path, encrypt=True)) as other:
        assert other.load() == state
    assert places(read_(url)) == (1, 3)
    assert verify(read_(url), "bot").sound
    monkeypatch.delenv(VARIABLE)
    blind = read_(url).state("bot")
    assert blind is not None
    assert (blind.breaker, blind.latched_by) == (BreakerState.LATCHED, "(sealed)")
    ledger.close()


# --- any life, any death ------------------------------------------------------------------------

NUMBERS = count()
EVENTS = st.sampled_from(sorted(event_kinds())).flatmap(lambda name: instances(event_kinds()[name]))
STEP = st.one_of(
    st.lists(EVENTS, min_size=1, max_size=4),
    st.sampled_from(["crash", "end", "touch", "lost", "written and lost"]),
)


def as_saved(state: RiskState) -> bytes | None:
    """What a state would be that is saved whole and loaded; None when it would be refused."""
    try:
        return encode_state(decode_state(encode_state(state)))
    except CodecError:
        return None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lives")


class Life:
    """One bot, in memory and on disk."""

    def __init__(self, place: Path) -> None:
        self.bot, self.place = f"bot{next(NUMBERS)}", place
        self.ledger, self.state = self.opened(), RiskState()

    def opened(self) -> SqlLedger:
        url = f"sqlite:///{self.place}/risk.sqlite"
        return open_ledger(url, bot=self.bot, base_dir=self.place, durability="normal")

    def found(self) -> bytes | None:
        """What a start would find now."""
        with closing(self.opened()) as other:
            try:
                return encode_state(other.load())
            except LedgerError:
                return None

    def take(self, step: Sequence[ev.Event] | str) -> None:
        """Live on, or die and start again."""
        match step:
            case "crash" | "end":
                if step == "end":
                    self.ledger.close()
                else:
                    self.ledger._database.close()
                self.ledger = self.opened()
                self.state = self.ledger.load()
            case "touch":
                self.state.trips += 1
                self.ledger.append([], self.state)
            case "lost" | "written and lost":
                losing(self.ledger, committed=step != "lost")
                self.state.observe(event := peak(1.5))
                with pytest.raises(LedgerError, match="connection lost"):
                    self.ledger.append([event], self.state)
                self.ledger.append([event], self.state)
            case _:
                self.write([event for event in step if not isinstance(event, str)])

    def write(self, events: Sequence[ev.Event]) -> None:
        """All of them in one transaction, but those that no state can take."""
        written = []
        for event in events:
            try:
                self.state.observe(event)
            except (IllegalTransition, TypeError, ValueError, ArithmeticError, AttributeError):
                continue
            written.append(event)
        self.ledger.append(written, self.state)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=12), tail=st.integers(0, 5))
def test_whatever_happens_a_start_finds_what_was_in_memory(
    place: Path, steps: list[Sequence[ev.Event] | str], tail: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "TAIL", tail)
        life = Life(place)
        try:
            for step in steps:
                life.take(step)
                expected = as_saved(life.state)
                assert life.found() == expected
                if expected is None:
                    return  # such a bot does not start any more
        finally:
            life.ledger._database.close()


# --- a real process, really killed --------------------------------------------------------------

WRITER = """
import sys
from riskplugin.core.events import BreakerHalfOpened, BreakerLatched
from riskplugin.core.breaker import BreakerSignal
from riskplugin.ledger import open_ledger
from tests.ledger.samples import NOW
from tests.ledger.test_standing import busy_life, live
ledger = open_ledger(sys.argv[1], bot="bot", base_dir=".")
state = ledger.load()
number = 0
while True:
    number += 1
    live(ledger, state, *busy_life(number))
    if number == int(sys.argv[2]):
        if state.breaker == "latched":
            rearmed = BreakerHalfOpened(at=NOW, equity=1.0, signal=BreakerSignal.REARM)
            live(ledger, state, rearmed)
        live(ledger, state, BreakerLatched(at=NOW, by="anna", reason="now"))
        print("latched", flush=True)
    print(number, flush=True)
"""


def lived_and_killed(url: str, latch_at: int, seconds: float) -> list[str]:
    """What the writer said before it was killed."""
    arguments = [sys.executable, "-c", WRITER, url, str(latch_at)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(latch_at)]
        time.sleep(seconds)
        writer.kill()
        said += writer.stdout.read().splitlines(keepends=True)
    return [line.strip() for line in said if line.endswith("\n")]


@pytest.mark.slow
def test_a_latch_survives_a_kill_at_any_moment_behind_it(
    url: str, open_: Open, read_: Read
) -> None:
    for turn in range(8 if url.startswith("sqlite") else 3):
        said = lived_and_killed(url, 1 + turn % 3, 0.011 * turn)
        assert "latched" in said
        reader = read_(url)
        state = open_(url).load()
        assert state.breaker is BreakerState.LATCHED
        assert state == reader.state("bot") == folded(reader, "bot")
        saved, last = places(reader)
        assert last - saved <= standing.TAIL
        assert verify(reader, "bot").sound


# --- who touches what lies between ---------------------------------------------------------------


@pytest.fixture
def torn(url: str, open_: Open) -> Iterator[Attacker]:
    """A ledger whose bot died: the state is saved with record 1, records 2 to 9 changed it."""
    ledger, state = open_(url), RiskState()
    live(ledger, state, *(peak(float(n)) for n in range(1, 9)), LATCHED, decided())
    ledger._database.close()
    attacker = Attacker(url)
    yield attacker
    attacker.close()


DAMAGE = {
    "a record behind it edited": (
        "UPDATE events SET payload = replace(payload, 'anna', 'otto') WHERE seq = 9",
        "edited",
    ),
    "the last that changed it removed": ("DELETE FROM events WHERE seq > 8", "truncated"),
    "a hash between edited": (
        "UPDATE events SET hash = (SELECT hash FROM events WHERE seq = 4) WHERE seq = 5",
        "edited",
    ),
    "one between removed": ("DELETE FROM events WHERE seq = 5", "removed"),
    "how far it goes removed": ("DELETE FROM reached", "state"),
    "how far it goes shortened": ("UPDATE reached SET seq = 8", "state"),
    "how far it goes lengthened": ("UPDATE reached SET seq = 10", "state"),
    "another hash": ("UPDATE reached SET hash = (SELECT hash FROM events WHERE seq = 8)", "state"),
    "another beginning": ("UPDATE reached SET since = 2", "state"),
    "a place that is none": ("UPDATE reached SET seq = -3", "state"),
}


def test_a_ledger_of_a_bot_that_died_is_sound(torn: Attacker, url: str, read_: Read) -> None:
    report = verify(read_(url), "bot")
    assert report.sound, report.findings
    assert places(read_(url)) == (1, 9)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_between_is_refused_named_and_where_it_can_be_mended(
    torn: Attacker, url: str, open_: Open, read_: Read, tmp_path: Path, name: str
) -> None:
    statement, kind = DAMAGE[name]
    torn.run(statement)
    ledger = open_(url)
    with pytest.raises(LedgerError, match=r"damaged.*restore a backup"):
        ledger.load()
    with pytest.raises(LedgerError, match="damaged"):
        ledger.append([peak(1.0)], RiskState())
    with pytest.raises(LedgerError, match="reading the state failed"):
        read_(url).state("bot")
    assert kind in {finding.kind for finding in verify(read_(url), "bot").findings}
    if kind == "state":
        mended = repair(url, bot="bot", base_dir=tmp_path, by="anna", reason="disk")
        assert mended is not None
        assert mended.breaker is BreakerState.LATCHED
        assert verify(read_(url), "bot").sound


def test_an_old_state_put_back_hides_no_latch(url: str, open_: Open, read_: Read) -> None:
    ledger, state = open_(url), RiskState()
    live(ledger, state, peak(1.0))
    attacker = Attacker(url)
    ((seq, payload, hash_),) = attacker.run("SELECT seq, payload, hash FROM states")
    live(ledger, state, LATCHED)
    ledger.close()
    old = "UPDATE states SET seq = :seq, payload = :payload, hash = :hash"
    attacker.run(old, seq=seq, payload=payload, hash=hash_)
    with pytest.raises(LedgerError, match="was replaced by it"):
        open_(url).load()
    (finding,) = verify(read_(url), "bot").findings
    assert "an old one, of record 1" in finding.text
    attacker.run("UPDATE reached SET since = 1")
    assert open_(url).load() == state, "then it is only older, and the records tell the rest"
    attacker.close()


def test_a_reader_opens_while_the_bot_goes_on(sqlite_url: str, open_: Open) -> None:
    """It never sees a state and a place that do not belong together."""
    ledger, state = open_(sqlite_url), RiskState()
    live(ledger, state, peak(0.0))
    with closing(open_reader(sqlite_url, base_dir=".")) as reader:
        for number in range(standing.TAIL):
            live(ledger, state, *busy_life(number))
            assert reader.state("bot") == state
