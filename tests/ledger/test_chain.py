"""Every change to a chain but cutting off its end is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.ledger.proof.chain import genesis, link, verify

PAYLOADS = st.lists(st.binary(max_size=20), min_size=2, max_size=8, unique=True)


def chain(payloads: list[bytes], bot: str = "bot") -> list[tuple[bytes, bytes]]:
    rows, last = [], genesis(bot)
    for payload in payloads:
        last = link(last, payload)
        rows.append((payload, last))
    return rows


@pytest.mark.spec("AU-2")
@given(payloads=PAYLOADS)
def test_an_untouched_chain_verifies(payloads: list[bytes]) -> None:
    assert verify(chain(payloads), genesis("bot")) is None
    assert verify(chain(payloads)[1:], chain(payloads)[0][1]) is None


@pytest.mark.spec("AU-2")
@given(payloads=PAYLOADS, data=st.data())
def test_an_edited_removed_or_moved_record_is_found_where_it_is(
    payloads: list[bytes], data: st.DataObject
) -> None:
    rows = chain(payloads)
    place = data.draw(st.integers(0, len(rows) - 2))
    edited = [*rows[:place], (rows[place][0] + b"!", rows[place][1]), *rows[place + 1 :]]
    removed = rows[:place] + rows[place + 1 :]
    moved = [*rows[:place], rows[place + 1], rows[place], *rows[place + 2 :]]
    assert [verify(each, genesis("bot")) for each in (edited, removed, moved)] == [place] * 3


@pytest.mark.spec("AU-2")
def test_records_of_another_bot_do_not_fit() -> None:
    assert verify(chain([b"a"], "other"), genesis("bot")) == 0


def test_an_empty_chain_is_whole() -> None:
    assert verify([], genesis("bot")) is None
