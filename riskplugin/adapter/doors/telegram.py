"""The commands of riskplugin in freqtrade's own Telegram, for the chats that it is told to trust.

The only patch is ``Telegram._init_telegram_app``: what it makes gets our handlers, too. Who gives
an order is known by the Telegram user, who has to be a registered person once there are any.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Coroutine
from types import MethodType
from typing import Any

import freqtrade
from freqtrade.rpc.telegram import Telegram, authorized_only
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.ext import CallbackQueryHandler, CommandHandler

from riskplugin.adapter.doors import brief
from riskplugin.adapter.doors.giving import give
from riskplugin.adapter.doors.office import BotOffice
from riskplugin.calm import calm_logger
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

_MARK = "__riskplugin__"
#: Where the office of a Telegram object is kept, on the object itself.
_OFFICE = "_riskplugin_office"
#: A button is good for so long: an old message in a chat orders nothing.
GOOD_FOR = 120
_TITLES = {"emergency-on": "Emergency mode", "close-all": "Close all", "trip": "Trip the breaker"}
_WHAT = {
    "emergency-on": "Small positions only; what exceeds the emergency limits is closed.",
    "close-all": "Every position is closed at market, and the breaker latches.",
    "trip": "No entry passes until a person re-arms it. Positions stay.",
}


Handler = Callable[..., Coroutine[Any, Any, None]]
#: freqtrade's own: only the configured chat, topic and users are heard.
_trusted: Callable[[Handler], Handler] = authorized_only


def open_telegram() -> None:
    """Have each Telegram that starts from now on know our commands. Idempotent."""
    original = Telegram._init_telegram_app
    if getattr(original, _MARK, False):
        return
    if list(inspect.signature(original).parameters) != ["self"]:
        logger.error(
            "riskplugin does not know how freqtrade %s starts Telegram: no commands for risk",
            freqtrade.__version__,
        )
        return

    @functools.wraps(original)
    def init_telegram_app(self: Any) -> Any:
        app = original(self)
        if "riskplugin" in self._config:  # the mark that a guarded strategy leaves
            try:
                add_commands(self, app)
            except Exception:
                logger.exception("riskplugin: Telegram has no commands for risk")
        return app

    setattr(init_telegram_app, _MARK, True)
    Telegram._init_telegram_app = init_telegram_app


def add_commands(telegram: Any, app: Any) -> None:
    """Put the handlers into ``app``."""
    setattr(telegram, _OFFICE, BotOffice("telegram", lambda: telegram._config))
    for name, handler in _COMMANDS.items():
        app.add_handler(CommandHandler(name, MethodType(handler, telegram)))
    app.add_handler(CallbackQueryHandler(MethodType(_tapped, telegram), pattern="^risk__"))


@_trusted
async def _risk(telegram: Any, update: Any, context: Any) -> None:
    await _say(telegram, _told(telegram, brief.brief))


@_trusted
async def _alerts(telegram: Any, update: Any, context: Any) -> None:
    await _say(telegram, _told(telegram, brief.alerts))


@_trusted
async def _ack(telegram: Any, update: Any, context: Any) -> None:
    which, *words = context.args or [""]
    if which != "all" and not (which.isdecimal() and len(which) < 16):
        await _say(telegram, "Which? /risk_ack number, or /risk_ack all, and a reason if you like.")
        return
    args = {"all": True} if which == "all" else {"alert": int(which)}
    await _order(telegram, update, "ack", " ".join(words)[:500] or "seen", args)


@_trusted
async def _emergency(telegram: Any, update: Any, context: Any) -> None:
    _keep_reason(context)
    await _choose(telegram, "What should happen?", ["emergency-on", "close-all"])


@_trusted
async def _trip(telegram: Any, update: Any, context: Any) -> None:
    _keep_reason(context)
    await _choose(telegram, _WHAT["trip"], ["trip"], step="yes")


_COMMANDS = {
    "risk": _risk,
    "risk_alerts": _alerts,
    "risk_ack": _ack,
    "risk_emergency": _emergency,
    "risk_trip": _trip,
}


@_trusted
async def _tapped(telegram: Any, update: Any, context: Any) -> None:
    """A button: the first tap asks, the second one orders."""
    query = update.callback_query
    await query.answer()
    _, step, command, shown = query.data.split("__")
    if step == "no" or command not in _TITLES:
        await query.edit_message_text("Nothing was done.")
    elif not 0 <= time.time() - float(shown) <= GOOD_FOR:
        await query.edit_message_text("That was asked too long ago. Nothing was done.")
    elif step == "ask":
        keyboard = _keyboard([command], "yes")
        await query.edit_message_text(_WHAT[command], reply_markup=InlineKeyboardMarkup(keyboard))
    else:
        await query.edit_message_text(f"{_TITLES[command]}: ordered.")
        reason = (context.user_data or {}).pop("risk_reason", None) or "by Telegram"
        await _order(telegram, update, command, reason, {})


async def _choose(telegram: Any, text: str, commands: list[str], *, step: str = "ask") -> None:
    await _say(telegram, text, keyboard=_keyboard(commands, step))


def _keyboard(commands: list[str], step: str) -> list[list[InlineKeyboardButton]]:
    now = int(time.time())
    sure = "Yes: " if step == "yes" else ""
    rows = [
        [InlineKeyboardButton(f"{sure}{_TITLES[c]}", callback_data=f"risk__{step}__{c}__{now}")]
        for c in commands
    ]
    return [*rows, [InlineKeyboardButton("Cancel", callback_data=f"risk__no__-__{now}")]]


def _keep_reason(context: Any) -> None:
    if context.user_data is not None:
        context.user_data["risk_reason"] = " ".join(context.args or [])[:500]


async def _order(
    telegram: Any, update: Any, command: str, reason: str, args: dict[str, Any]
) -> None:
    office: BotOffice = getattr(telegram, _OFFICE)
    await _say(telegram, await give(office, update.effective_user, command, reason, args))


def _told(telegram: Any, tell: Any) -> str:
    office: BotOffice = getattr(telegram, _OFFICE)
    try:
        return str(tell(office.desk("")))
    except LedgerError as error:
        return brief.plain(f"The ledger cannot be read: {error}")


async def _say(telegram: Any, text: str, **more: Any) -> None:
    await telegram._send_msg(text, parse_mode=ParseMode.HTML, **more)
