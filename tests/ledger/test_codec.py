"""What is written can be read back, whatever it is."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.events import Event, PeakRaised
from riskplugin.core.levels import Side
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import (
    CodecError,
    decode,
    decode_state,
    encode,
    encode_state,
    event_kinds,
)
from riskplugin.ledger.form.odd import Foreign
from riskplugin.ledger.form.shapes import Record, shape_of
from riskplugin.ledger.form.writers import careful_writer, quick_writer
from tests.ledger.samples import NOW, busy_state, decided, instances, peak

KINDS = sorted(event_kinds().values(), key=lambda kind: kind.__name__)


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


def same(one: Any, other: Any) -> bool:
    """Equal, with NaN equal to itself."""
    return repr(one) == repr(other)


@pytest.mark.spec("AU-1")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_event_comes_back_as_it_was(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(instances(kind))
    payload = encode(event)
    again = decode(payload)
    assert same(again, event)
    assert encode(again) == payload
    assert payload == orjson.dumps(orjson.loads(payload), option=orjson.OPT_SORT_KEYS)


@pytest.mark.spec("CB-7")
@given(state=instances(RiskState))
def test_every_state_comes_back_as_it_was(state: RiskState) -> None:
    assert same(decode_state(encode_state(state)), state)


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_the_quick_and_the_careful_writer_agree(data: st.DataObject, kind: type[Event]) -> None:
    event = data.draw(instances(kind))
    careful = careful_writer(Record(kind))(event)
    try:
        quick = quick_writer(Record(kind))(event)
    except Exception:  # noqa: BLE001 - it may refuse, but not differ
        return
    assert same(quick, careful)


def test_a_usual_decision_takes_the_quick_way() -> None:
    assert quick_writer(Record(type(decided())))(decided())["point"] == "stake"
    assert quick_writer(Record(RiskState))(busy_state())["trips"] == 2


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("field", ["stake", "price", "leverage", "stoploss", "pair", "side", "at"])
@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, None, "NaN", "1.5", "", True, 10**30, 7, "\ud800", NOW],
    ids=repr,
)
def test_a_hostile_figure_is_recorded_as_it_came(field: str, value: object) -> None:
    event = decided(**{field: value})
    again = decode(encode(event))
    assert same(again, event)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("value", [Decimal("1.5"), [1, math.nan], {"a": 1}, object(), b"x", 3j])
def test_a_foreign_object_is_recorded_as_its_repr(value: object) -> None:
    payload = encode(decided(stake=value, pair=value, tag=value))
    again = decode(payload)
    assert getattr(again, "decision").request.stake == Foreign(repr(value))  # noqa: B009
    assert encode(again) == payload


@pytest.mark.spec("CF-4")
def test_an_object_that_cannot_even_be_printed_is_recorded() -> None:
    assert b"<unprintable Broken>" in encode(decided(stake=Broken(), side=Broken()))


@given(value=st.from_type(object) | st.recursive(st.none() | st.floats(), st.lists))
def test_nothing_in_a_request_stops_the_encoder(value: object) -> None:
    decode(encode(decided(stake=value, pair=value, side=value, at=value, min_stake=value)))


@pytest.mark.parametrize("value", [np.float64(2.5), np.float32(2.5), np.int64(2), np.bool_(True)])
def test_numpy_scalars_are_plain_numbers(value: Any) -> None:
    again: Any = decode(encode(decided(stake=value, can_liquidate=value)))
    assert again.decision.request.stake == value
    assert again.decision.request.can_liquidate == value


def test_moments_are_written_in_utc() -> None:
    east = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    payload = encode(peak(1.0, east))
    assert b"2026-03-01T12:00:00+00:00" in payload
    assert decode(payload).at == east


def test_a_naive_moment_stays_naive() -> None:
    naive = NOW.replace(tzinfo=None)
    assert decode(encode(peak(1.0, naive))).at == naive


def test_the_form_of_version_1_never_changes() -> None:
    assert encode(peak(1.5)) == (
        b'{"data":{"at":"2026-03-01T12:00:00.000250+00:00","equity":1.5},'
        b'"kind":"PeakRaised","version":1}'
    )
    assert b'"binding":{"$":"Allow"}' in encode(decided())


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"", "not a record"),
        (b"[]", "not a record"),
        (b'{"kind":"PeakRaised"}', "not a record"),
        (b'{"data":{},"kind":"PeakRaised","version":2}', "upgrade riskplugin"),
        (b'{"data":{},"kind":"PeakRaised","version":"1"}', "upgrade riskplugin"),
        (b'{"data":{},"kind":"Moonrise","version":1}', "newer riskplugin"),
        (b'{"data":{},"kind":"PeakRaised","version":1}', "lacks at, equity"),
        (b'{"data":{"mood":1},"kind":"PeakRaised","version":1}', "no field 'mood'"),
        (b'{"data":7,"kind":"PeakRaised","version":1}', "it holds '7'"),
        (b'{"data":{"at":[],"equity":1},"kind":"PeakRaised","version":1}', "at: a list"),
        (b'{"data":{"at":{"$":"?"},"equity":1},"kind":"PeakRaised","version":1}', "unknown tag"),
    ],
)
def test_bytes_that_are_no_event_are_refused_with_the_reason(payload: bytes, message: str) -> None:
    with pytest.raises(CodecError, match=message.replace("?", r"\?")):
        decode(payload)


def test_an_object_that_is_no_event_is_refused() -> None:
    with pytest.raises(CodecError, match="no kind of event"):
        encode("hello")  # type: ignore[arg-type]


@pytest.mark.spec("CB-7")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("breaker", "ajar"),
        ("breaker", None),
        ("peak_equity", "1000"),
        ("peak_equity", {"$": "repr", "text": "x"}),
        ("emergency", 1),
        ("day_until", "2026-03-01T00:00:00"),
        ("day_until", 5),
        ("answers", "tf"),
        ("answers", [1]),
        ("unresolved", [{}]),
        ("surprise", 1),
    ],
)
def test_a_state_with_one_wrong_field_is_refused_by_its_name(field: str, value: object) -> None:
    tree = orjson.loads(encode_state(busy_state()))
    tree["data"][field] = value
    with pytest.raises(CodecError, match=field):
        decode_state(orjson.dumps(tree))


@pytest.mark.spec("CB-7")
def test_a_state_from_before_an_upgrade_takes_defaults_for_new_fields() -> None:
    tree = orjson.loads(encode_state(busy_state()))
    del tree["data"]["losing_streak"]
    assert decode_state(orjson.dumps(tree)) == busy_state()


def test_an_event_is_not_taken_for_a_state() -> None:
    with pytest.raises(CodecError, match="a state was expected"):
        decode_state(encode(peak(1.0)))


def test_a_field_that_the_codec_cannot_write_is_refused_by_type() -> None:
    with pytest.raises(TypeError, match="dict"):
        shape_of(dict[str, int])
    with pytest.raises(TypeError, match="only dataclasses"):
        shape_of(int | str)


def test_a_side_given_as_text_is_read_as_the_side() -> None:
    again: Any = decode(encode(decided(side="short")))
    assert again.decision.request.side is Side.SHORT
    assert PeakRaised in KINDS
