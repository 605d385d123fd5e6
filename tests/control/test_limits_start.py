"""What a start reveals that no person acknowledges: other rules for people, another bot (AU-6)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.control.permissions import Role
from riskplugin.core.events import AlertRaised
from riskplugin.core.events.limits import BotJoined, ControlFiled
from riskplugin.ledger import open_reader
from riskplugin.ledger.form.codec import decode_state, encode_state
from tests.control.limits_made import START, Bot
from tests.control.people_made import Office

pytestmark = pytest.mark.spec("AU-5", "AU-6")


def with_control(**keys: Any) -> dict[str, Any]:
    return {"control": keys}


def filed(bot: Bot) -> list[ControlFiled]:
    return [e for e in bot.events if isinstance(e, ControlFiled)]


def test_the_group_control_is_recorded_at_the_first_start_and_whenever_it_differs() -> None:
    bot = Bot({})
    [first] = filed(bot)
    assert (first.looser, first.texts) == ((), ())
    assert '"newcomer_wait":"1d"' in first.values
    bot.restart()
    assert filed(bot) == [first]
    bot.restart(with_control(newcomer_wait="2d"))
    assert filed(bot)[1].texts == ("newcomer_wait 1d → 2d",)
    assert bot.state.runtime.control == filed(bot)[1].values


def test_a_state_that_was_saved_before_control_was_recorded_is_read() -> None:
    bot = Bot({})
    saved = orjson.loads(encode_state(bot.state))
    del saved["data"]["runtime"]["control"]
    assert decode_state(orjson.dumps(saved)).runtime.control == ""


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ({}, {"newcomer_wait": "0s"}, "newcomer_wait"),
        ({"loosen_delay": "1h"}, {"loosen_delay": "1m"}, "loosen_delay"),
        ({}, {"second_factor": False}, "second_factor"),
        ({}, {"token_life": "13h"}, "token_life"),
        ({}, {"proposal_expires": "2d"}, "proposal_expires"),
        ({}, {"longest_override": "2d"}, "longest_override"),
        ({}, {"kill_file": "user_data/ELSEWHERE"}, "kill_file"),
        ({}, {"hard_limits": {"positions": {"max": 9}}}, "hard_limits.positions.max"),
    ],
)
def test_holding_people_back_less_is_told_holding_them_back_more_is_recorded(
    before: dict[str, Any], after: dict[str, Any], key: str
) -> None:
    bot = Bot(with_control(**before))
    bot.restart(with_control(**after))
    assert filed(bot)[-1].looser == (key,)
    bot.restart(with_control(**before))
    back = filed(bot)[-1]
    assert back.looser == ((key,) if key == "kill_file" else ()), "a file's place has no order"
    assert key in back.texts[0]


def test_a_new_name_beside_other_bots_of_registered_people_is_told_once(
    tmp_path: Path, cheap_passwords: None
) -> None:
    office = Office(tmp_path, control={"second_factor": False})
    risk = parse({"control": office.control})
    user_data = tmp_path / "user_data"
    reader = open_reader(office.url, base_dir=tmp_path, create=True)

    def joined(bot: str) -> list[Any]:
        service = live_service(risk, risk.policy, bot=bot, user_data=user_data)
        with closing(service):
            service.start(START, "live")
        told = reader.events(bot, kinds=[BotJoined])
        return [event.others for event in told if isinstance(event, BotJoined)]

    with closing(reader):
        assert joined("first") == [], "nobody is registered"
        office.hire("ann", Role.ADMINISTRATOR)
        assert joined("first") == [], "it was there before"
        reader.post_control("second", "trip", "ann", "a command is no record of the bot's")
        assert joined("second") == [("first",)]
        assert joined("second") == [("first",)], "told once"
        raised = reader.events("second", kinds=[AlertRaised])
        assert [e.name for e in raised if isinstance(e, AlertRaised)] == ["bot_joined"]
