"""The dead man's action: once per silence, never beside a living bot, on record before it acts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.core.levels import Side
from riskplugin.watchdog.closing import Working
from riskplugin.watchdog.hand import Action
from riskplugin.watchdog.venue import VenueError
from tests.watchdog.acting import AFTER, Account, Door, Night, seen

pytestmark = pytest.mark.spec("EM-3", "RE-1")


def futures() -> Account:
    return Account(positions={"BTC/USDT": 0.5, "ETH/USDT": 2.0, "XRP/USDT": 900.0})


def spot() -> Account:
    return Account(futures=False, coins={"BTC": 0.7, "ETH": 1.998, "XRP": 900.0})


def test_a_dead_bots_book_is_closed_and_nothing_else_is() -> None:
    night = Night(futures())
    night.account.orders = [
        Working(pair="BTC/USDT", id="7", reduces=False),
        Working(pair="BTC/USDT", id="8", reduces=True),
        Working(pair="XRP/USDT", id="9", reduces=False),
    ]
    night.rounds(3, seen())
    assert night.account.positions == {"BTC/USDT": 0.0, "ETH/USDT": 0.0, "XRP/USDT": 900.0}
    assert [order.id for order in night.account.orders] == ["9"]
    assert night.steps[:3] == ["begin", "latch", "cancel"]
    assert night.steps[-1] == "end"
    assert len(night.controls) == 1
    assert "verified flat" in night.told[-1].said


def test_it_acts_once_per_silence_even_if_the_watchdog_is_restarted() -> None:
    night = Night(futures())
    night.rounds(5, seen())
    night.restart()
    night.account.positions["BTC/USDT"] = 0.1  # a person traded by hand
    night.rounds(5, seen())
    assert night.account.positions["BTC/USDT"] == 0.1
    assert night.steps.count("begin") == night.steps.count("end") == len(night.controls) == 1


@pytest.mark.parametrize(
    ("what", "look"),
    [
        ("too short", seen(AFTER - timedelta(seconds=1))),
        ("stopped in order", seen(ended=True)),
        ("nothing held", seen(listed=())),
        ("unreadable", seen(life=None, trouble="locked")),
    ],
)
def test_it_does_not_act(what: str, look: object) -> None:
    night = Night(futures())
    night.rounds(5, look)  # type: ignore[arg-type]
    assert not [*night.account.sent, *night.records, *night.controls], what


def test_one_look_is_not_enough() -> None:
    night = Night(futures())
    night.rounds(1, seen())
    assert not night.records
    night.rounds(1, seen(timedelta(0), life="now 8"))
    night.rounds(1, seen(life="now 8"))
    assert not night.records


def test_at_exactly_the_limit_it_acts() -> None:
    night = Night(futures())
    night.rounds(2, seen(AFTER))
    assert night.steps[-1] == "end"


def test_nothing_is_done_at_the_exchange_while_the_process_lives() -> None:
    night = Night(futures())
    night.rounds(20, seen(lives=True))
    assert not night.account.sent
    assert "kill -9" in night.told[-1].said
    night.rounds(5, seen(lives=False))
    assert night.steps[-1] == "end"


def test_a_bot_that_answers_on_rest_is_asked_and_the_exchange_left_alone() -> None:
    door = Door()
    night = Night(futures(), door=door)
    night.rounds(30, seen(lives=None))
    assert door.asked == ["obey", "obey", "forceexit", "obey", "forceexit"]
    assert not night.account.sent
    assert night.steps[-1] == "left"


def test_a_door_that_is_shut_leaves_the_exchange() -> None:
    night = Night(futures(), door=Door(open=False))
    night.rounds(3, seen(lives=None))
    assert night.steps[-1] == "end"


@pytest.mark.parametrize(("action", "steps"), [("alert", []), ("rest", ["begin", "latch", "left"])])
def test_no_more_is_done_than_was_configured(action: Action, steps: list[str]) -> None:
    night = Night(futures(), action=action, door=Door(open=False))
    night.rounds(10, seen())
    assert night.steps == steps
    assert not night.account.sent


def test_a_ledger_that_takes_no_record_may_be_why_the_bot_is_silent() -> None:
    night = Night(futures(), kept=False)
    night.rounds(20, seen(lives=None))
    assert not night.account.sent
    assert "CANNOT ACT" in night.told[-1].said
    night.kept = True
    night.rounds(10, seen(lives=None))
    assert night.steps[-1] == "end"


def test_an_exchange_that_does_not_answer_is_tried_until_it_does() -> None:
    night = Night(futures())
    night.account.failures = [VenueError("down") for _ in range(4)]
    night.rounds(40, seen())
    assert night.steps.count("verify") == 4
    assert night.steps[-1] == "end"
    assert not any(v for k, v in night.account.positions.items() if k != "XRP/USDT")


def test_a_bot_that_comes_back_in_the_middle_ends_the_action() -> None:
    night = Night(futures())
    night.account.failures = [VenueError("down") for _ in range(100)]
    night.rounds(4, seen())
    night.account.failures.clear()
    night.rounds(10, seen(timedelta(0), life="now 8"))
    assert not night.account.sent
    assert "sign of life" in night.told[-1].said


def test_on_spot_only_what_was_listed_is_sold() -> None:
    night = Night(spot())
    night.rounds(5, seen())
    assert night.account.coins["BTC"] == pytest.approx(0.2)
    assert night.account.coins["ETH"] == pytest.approx(0.0)
    assert night.account.coins["XRP"] == 900.0
    assert night.steps[-1] == "end"


def test_on_spot_an_order_whose_answer_was_lost_is_not_sent_again() -> None:
    night = Night(spot())
    night.account.lost_answers = 1
    night.rounds(2, seen())
    night.restart()
    night.rounds(20, seen())
    assert [close.pair for close in night.account.sent].count("BTC/USDT") == 1
    assert night.account.coins["BTC"] == pytest.approx(0.2)
    assert "LOOK AT BTC/USDT" in night.told[0].said


def test_on_spot_a_watchdog_that_is_killed_between_two_orders_goes_on_where_it_was() -> None:
    night = Night(spot())
    night.account.failures = [VenueError("down")]
    night.rounds(2, seen())
    first = night.records[0]
    sent = type(first)(
        at=first.at, watched="bot", silence=first.silence, step="send", outcome="market sell",
        pair="BTC/USDT", amount=0.5,
    )  # fmt: skip
    night.records.append(sent)
    night.account.coins["BTC"] -= 0.5
    night.restart()
    night.rounds(20, seen())
    assert night.account.coins["BTC"] == pytest.approx(0.2)
    assert night.account.coins["ETH"] == pytest.approx(0.0)


def test_an_entry_that_filled_after_the_last_word_is_closed_on_futures() -> None:
    night = Night(futures())
    look = seen(listed=(), expected=(("XRP/USDT", Side.LONG),))
    night.rounds(3, look)
    assert night.account.positions["XRP/USDT"] == 0.0
    assert night.account.positions["BTC/USDT"] == 0.5
