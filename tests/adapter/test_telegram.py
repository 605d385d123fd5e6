"""The commands of riskplugin in freqtrade's own Telegram, with updates as Telegram sends them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.rpc.telegram import Telegram
from telegram.ext import CallbackQueryHandler, CommandHandler

from riskplugin.adapter.doors.telegram import open_telegram
from riskplugin.config import parse
from riskplugin.control.people import open_people
from riskplugin.control.permissions import Role
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import Bot
from tests.adapter.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("EM-2", "AU-5")]

GIVEN, OWN = "green-horse-battery-9", "my very own sentence 42"


class Chat:
    """freqtrade's own Telegram object with a bot that only remembers what it is told to send."""

    def __init__(self, bot: Bot) -> None:
        open_telegram()
        self.telegram = Telegram.__new__(Telegram)
        self.telegram._config = bot.freqtrade.config
        self.telegram._rpc = bot.freqtrade.rpc._rpc
        self.telegram._keyboard = []
        app = self.telegram._init_telegram_app()
        self.handlers = app.handlers[0]
        self.sent: list[str] = []
        self.buttons: list[Any] = []
        self.telegram._send_msg = self._send
        self.data: dict[str, Any] = {}

    async def _send(self, text: str, *, parse_mode: str, keyboard: Any = None) -> None:
        self.sent.append(text)
        self._offer(keyboard)

    def _offer(self, keyboard: Any) -> None:
        self.buttons = [button for row in keyboard or [] for button in row]

    def say(self, command: str, *args: str, chat: int = 5, user: int = 7) -> list[str]:
        """What is answered to ``/command``."""
        handler = next(
            h for h in self.handlers if isinstance(h, CommandHandler) and command in h.commands
        )
        message = SimpleNamespace(chat_id=chat, message_thread_id=None)
        update = SimpleNamespace(message=message, callback_query=None, effective_user=_user(user))
        return self._run(handler, update, list(args))

    def tap(self, words: str, *, user: int = 7) -> list[str]:
        """Tap the button that says so."""
        button = next(b for b in self.buttons if words in b.text)
        handler = next(h for h in self.handlers if isinstance(h, CallbackQueryHandler))

        async def answer() -> None: ...

        async def edit(text: str, reply_markup: Any = None) -> None:
            self.sent.append(text)
            self._offer(reply_markup.inline_keyboard if reply_markup else None)

        query = SimpleNamespace(
            data=button.callback_data,
            answer=answer,
            edit_message_text=edit,
            message=SimpleNamespace(chat_id=5, message_thread_id=None),
        )
        update = SimpleNamespace(message=None, callback_query=query, effective_user=_user(user))
        return self._run(handler, update, [])

    def _run(self, handler: Any, update: Any, args: list[str]) -> list[str]:
        before = len(self.sent)
        asyncio.run(handler.callback(update, SimpleNamespace(args=args, user_data=self.data)))
        return self.sent[before:]


def _user(number: int) -> Any:
    return SimpleNamespace(id=number, username="ann" if number == 7 else None, is_bot=False)


@pytest.fixture
def chat(start: Start) -> Chat:
    telegram = {"enabled": False, "token": "1:x", "chat_id": "5"}
    bot = start(telegram=telegram)
    bot.loop(2)
    made = Chat(bot)
    made.bot = bot  # type: ignore[attr-defined]
    return made


def _bot(chat: Chat) -> Bot:
    bot: Bot = chat.bot  # type: ignore[attr-defined]
    return bot


def test_the_status_fits_a_phone(chat: Chat) -> None:
    (text,) = chat.say("risk")
    assert _bot(chat).session.bot in text
    assert "trading" in text
    assert "drawdown 0.00 % of 15 %" in text
    assert max(len(line) for line in text.splitlines()) < 60


def test_a_foreign_chat_is_not_answered(chat: Chat) -> None:
    assert chat.say("risk", chat=6) == []
    assert chat.say("risk_trip", chat=6) == []


def test_an_emergency_takes_two_taps(chat: Chat) -> None:
    state = _bot(chat).session.service.state
    chat.say("risk_emergency", "the", "news")
    chat.tap("Emergency mode")
    assert not state.emergency, "one tap only asks"
    said = chat.tap("Yes: Emergency mode")
    assert state.emergency
    assert state.emergency_by == "telegram:ann"
    assert "done" in said[-1]


def test_cancel_does_nothing(chat: Chat) -> None:
    chat.say("risk_emergency")
    chat.tap("Close all")
    assert "Nothing" in chat.tap("Cancel")[-1]
    assert _bot(chat).session.service.state.breaker is BreakerState.CLOSED


def test_an_old_button_orders_nothing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.say("risk_trip")
    monkeypatch.setattr("riskplugin.adapter.doors.telegram.GOOD_FOR", -1)
    assert "too long ago" in chat.tap("Yes: Trip")[-1]
    assert _bot(chat).session.service.state.breaker is BreakerState.CLOSED


def test_trip_needs_one_confirmation_and_says_who(chat: Chat) -> None:
    chat.say("risk_trip")
    chat.tap("Yes: Trip")
    assert _bot(chat).session.service.state.latched_by == "telegram:ann"


def test_once_people_are_registered_a_telegram_user_has_to_be_one_of_them(chat: Chat) -> None:
    session = _bot(chat).session
    people = open_people(
        parse({"control": {"second_factor": False}}),
        Path(session.config["user_data_dir"]).resolve(),
    )
    people.add("root", Role.ADMINISTRATOR, OWN, by="sam")
    people.add("olga", Role.OPERATOR, GIVEN, by="root")
    people.own_password(people.sign_in("olga", GIVEN), GIVEN, OWN)
    people.set_telegram("olga", 8, by="root")
    chat.say("risk_trip")
    assert "nobody here" in chat.tap("Yes: Trip", user=7)[-1]
    assert session.service.state.latched_by is None
    chat.say("risk_trip", user=8)
    chat.tap("Yes: Trip", user=8)
    assert session.service.state.latched_by == "olga"


def test_an_acknowledgement_without_a_number_says_how(chat: Chat) -> None:
    assert "/risk_ack" in chat.say("risk_ack")[0]
    assert "/risk_ack" in chat.say("risk_ack", "<b>")[0]
    assert "/risk_ack" in chat.say("risk_ack", "9" * 30)[0], "more than a ledger can hold"
