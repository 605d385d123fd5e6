"""Decisions in a long chain: every filter, every page, in bounded time, nothing lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskplugin.core.events import EntryDecided
from riskplugin.dashboard import search as searching
from riskplugin.dashboard.search import Wanted, head, objecting, one, search
from riskplugin.dashboard.told import verdict_of
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from tests.dashboard.bots import BTC, ETH, SOL, PaperBot
from tests.dashboard.conftest import API, House

pytestmark = pytest.mark.spec("DB-1")

Known = tuple[LedgerReader, list[tuple[int, EntryDecided]]]
ODD = 'X"},"pair":"BTC/USDT:USDT'


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """A chain of two bots' decisions of all kinds, and those of ``alpha`` in order."""
    home = tmp_path_factory.mktemp("search")
    bot, other = PaperBot(home), PaperBot(home, "other")
    for round_ in range(40):
        for each in (bot, other):
            each.clock = timedelta(minutes=round_)
            each.ask(BTC, 10)
            each.ask(SOL, 150 + round_, leverage=50.0)
            each.ask(ETH, 20 + round_)
            each.ask("DOGE/USDT:USDT", 20)
            each.ask(ODD, 5.0)
            each.loop()
    bot.stop()
    other.stop()
    reader = open_reader(bot.url, base_dir=bot.user_data)
    found = [(r.seq, r.event) for r in reader.chain("alpha") if r.kind == "EntryDecided"]
    yield reader, [(seq, e) for seq, e in found if isinstance(e, EntryDecided)]
    reader.close()


def everything(reader: LedgerReader, wanted: Wanted, limit: int, patience: float) -> list[int]:
    """All that fits, page by page."""
    found: list[int] = []
    before = None
    for _ in range(10_000):
        page = search(reader, "alpha", wanted, before=before, limit=limit, patience=patience)
        found += [seq for seq, _ in page.decisions]
        if page.next is None:
            return found
        assert before is None or page.next < before, "it gets on"
        before = page.next
    raise AssertionError("the search does not end")


@given(
    pair=st.sampled_from([None, "BTC", BTC, "S", "DOGE", ODD, 'X"', "nobody", "%", "_"]),
    verdict=st.sampled_from([None, "allowed", "capped", "refused"]),
    rule=st.sampled_from([None, "leverage", "size", "exposure", "input", "none"]),
    limit=st.sampled_from([1, 2, 7, 200]),
    patience=st.sampled_from([0.0, 10.0]),
    window=st.sampled_from([1, 3, 256]),
)
@settings(max_examples=50, deadline=None)
def test_pages_hold_what_fits_newest_first_and_once(
    known: Known,
    *,
    pair: str | None,
    verdict: str | None,
    rule: str | None,
    limit: int,
    patience: float,
    window: int,
) -> None:
    reader, decisions = known
    fits = [
        seq
        for seq, event in reversed(decisions)
        if (pair is None or str(event.decision.request.pair).startswith(pair))
        and (verdict is None or verdict_of(event.decision) == verdict)
        and (rule is None or rule in objecting(event.decision))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "_FIRST", window)
        patch.setattr(searching, "_LARGEST", window)
        wanted = Wanted(pair=pair, verdict=verdict, rule=rule)
        assert everything(reader, wanted, limit, patience) == fits


def test_only_what_is_newer_than_a_place_or_a_moment_is_given(known: Known) -> None:
    reader, decisions = known
    middle, event = decisions[len(decisions) // 2]
    behind = search(reader, "alpha", Wanted(), after=middle, limit=200)
    assert [seq for seq, _ in behind.decisions] == [s for s, _ in reversed(decisions) if s > middle]
    since = search(reader, "alpha", Wanted(since=event.at), limit=200)
    assert [s for s, _ in since.decisions] == [
        s for s, e in reversed(decisions) if e.at >= event.at
    ]


def test_when_the_time_is_up_it_says_how_far_it_came(known: Known) -> None:
    reader, decisions = known
    ticks = count(0.0, 1.0)
    clock: Callable[[], float] = lambda: next(ticks)  # noqa: E731
    found = search(reader, "alpha", Wanted(pair="nobody"), patience=0.5, clock=clock)
    assert found.decisions == []
    if found.next is not None:
        assert found.next <= head(reader, "alpha")
        assert found.reached is not None
    assert one(reader, "alpha", decisions[0][0]) == decisions[0][1]
    assert one(reader, "other", 10**9) is None


def test_a_decision_opens_to_every_rule_and_what_it_rested_on(house: House) -> None:
    house.bot.ask(SOL, 150, leverage=50.0)
    house.bot.loop()
    client = house.client()
    (short,) = client.get(f"{API}/decisions").json()["decisions"]
    told = client.get(f"{API}/decisions/{short['seq']}").json()
    names = client.get(f"{API}/session").json()["rules"]
    assert {r["rule"] for r in told["rules"]} == set(names)
    assert told["rules"][0]["rule"] == short["reasons"][0]["rule"]
    assert told["rules"][0]["verdict"] == "refused"
    content = [r for r in told["rules"] if r["verdict"] == "allowed"]
    assert content
    assert all(r["text"] is None for r in content)
    basis = {f["name"]: f["value"] for f in told["basis"]}
    assert basis["equity"] == pytest.approx(10_000)
    assert client.get(f"{API}/decisions/1").status_code == 404, "no decision stands there"
    assert client.get(f"{API}/decisions/0").status_code == 422


def test_a_sealed_ledger_is_searched_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from riskplugin.ledger.privacy.data_keys import VARIABLE, new_key

    monkeypatch.setenv(VARIABLE, new_key())
    bot = PaperBot(tmp_path, section={"ledger": {"metrics_interval": "1s", "encrypt": True}})
    bot.ask(SOL, 150, leverage=50.0)
    bot.loop()
    bot.stop()
    reader = open_reader(bot.url, base_dir=bot.user_data)
    found = search(reader, "alpha", Wanted(pair="SOL", verdict="refused", rule="leverage"))
    assert len(found.decisions) == 1
    reader.close()
