"""Who else can reach the bot: its API, its chat, and who can read its keys."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, group_of

_EXAMPLES = {
    "password",
    "superdupersecretpassword",
    "supersecurepassword",
    "freqtrader",
    "freqtrade",
}
_EXAMPLE_KEYS = {"", "super-secret", "somethingrandom", "somethingrandomsomethingrandom123"}
#: freqtrade's image says so; there only the published port counts.
_IN_DOCKER = "docker"

API_PASSWORD = kind(
    "api-password",
    CRITICAL,
    where="api_server.password",
    why="The API has no user or no password: whoever reaches it can trade.",
    does="caps what is traded; it cannot know who asks",
    mend="set username and password",
    see="threat-model.md",
)
API_EXAMPLE = kind(
    "api-example-password",
    CRITICAL,
    where="api_server.password",
    why="The API's password is the one of an example: everybody knows it.",
    does="caps what is traded; it cannot know who asks",
    mend="choose your own",
    see="threat-model.md",
)
API_JWT = kind(
    "api-jwt",
    WARNING,
    where="api_server.jwt_secret_key",
    why="The key is missing or from an example: logins to the API can be forged.",
    mend="a key of your own:\npython -c 'import secrets; print(secrets.token_hex(32))'",
    see="threat-model.md",
)
API_OPEN = kind(
    "api-open",
    WARNING,
    where="api_server.listen_ip_address",
    why="The API listens to the whole network, without encryption.",
    mend='reach it by a tunnel; in api_server:\n"listen_ip_address": "127.0.0.1"',
    see="threat-model.md",
)
API_CORS = kind(
    "api-cors",
    WARNING,
    where="api_server.CORS_origins",
    why="Any web page that you visit may ask the bot's API in your name.",
    mend='in api_server:\n"CORS_origins": []',
    see="threat-model.md",
)
TELEGRAM_GROUP = kind(
    "telegram-group",
    WARNING,
    where="telegram.authorized_users",
    why="The chat is a group: each of its members can stop the bot and force exits.",
    does="asks for a signed-in person for its own commands, once people are registered",
    mend='in telegram, with your own id:\n"authorized_users": ["12345678"]',
    see="people.md",
)
TELEGRAM_CHAT = kind(
    "telegram-chat",
    CRITICAL,
    where="telegram.chat_id",
    why="Telegram is on and no chat is named: nobody is told anything.",
    does="its alerts reach nobody by this way",
    mend="write the number that @userinfobot tells you into telegram.chat_id",
    see="alerts.md",
)
TELEGRAM_KEYBOARD = kind(
    "telegram-keyboard",
    INFO,
    where="telegram.keyboard",
    why="Buttons that trade or stop the bot are one touch away.",
    does="caps entries; an exit by hand always passes",
    mend="take them out of telegram.keyboard, and type them",
    see="people.md",
)
CUSTOM_MESSAGES = kind(
    "custom-messages",
    INFO,
    where="telegram.allow_custom_messages",
    also=(WARNING,),
    when="warning when the strategy sends messages",
    why="A strategy's own texts go out unread: secrets in them too, and many of them delay alerts.",
    does="cleans its own texts of secrets, not those of a strategy",
    mend='in telegram:\n"allow_custom_messages": false',
    see="alerts.md",
)
FILE_READABLE = kind(
    "file-readable",
    WARNING,
    where="(the file)",
    also=(INFO,),
    when="info when it holds no keys of an exchange",
    why="Everybody on this machine can read the secrets in the configuration.",
    mend="\nchmod 600 user_data/config.json",
    see="threat-model.md",
)


def api_server(setup: Setup) -> Iterator[Finding]:
    """The API can trade: it needs a password, and a wall."""
    api = setup.group("api_server")
    if not api.get("enabled"):
        return
    if not api.get("password") or not api.get("username"):
        yield API_PASSWORD.found()
    elif str(api["password"]).lower() in _EXAMPLES:
        yield API_EXAMPLE.found()
    if str(api.get("jwt_secret_key") or "").lower() in _EXAMPLE_KEYS:
        yield API_JWT.found()
    inside = os.environ.get("FT_APP_ENV") == _IN_DOCKER
    if api.get("listen_ip_address") in {"0.0.0.0", "::"} and not inside:  # noqa: S104  # looked for
        yield API_OPEN.found()
    if "*" in (api.get("CORS_origins") or ()):
        yield API_CORS.found()


def telegram(setup: Setup) -> Iterator[Finding]:
    """Whoever writes into the chat gives the bot orders."""
    chat = setup.group("telegram")
    if not chat.get("enabled"):
        return
    number = str(chat.get("chat_id") or "")
    if not number:
        yield TELEGRAM_CHAT.found()
    elif number.startswith("-") and not chat.get("authorized_users"):
        yield TELEGRAM_GROUP.found()
    buttons = {str(key) for row in chat.get("keyboard") or () for key in row}
    trading = sorted(key for key in buttons if key.startswith(("/force", "/stop")))
    if trading:
        yield TELEGRAM_KEYBOARD.found(f"One touch away: {', '.join(trading)}.")
    yield from _messages(setup, chat)


def _messages(setup: Setup, chat: Mapping[str, Any]) -> Iterator[Finding]:
    allowed = chat.get("allow_custom_messages", True)  # freqtrade's own default
    if allowed and setup.strategy is not None and setup.strategy.sends_messages:
        reason = f"{setup.strategy.name} sends messages of its own: {_small(CUSTOM_MESSAGES.why)}"
        yield CUSTOM_MESSAGES.found(reason, severity=WARNING)
    elif allowed and "allow_custom_messages" in chat:
        yield CUSTOM_MESSAGES.found()


def readable(setup: Setup) -> Iterator[Finding]:
    """A file with keys is its owner's alone."""
    for file in setup.files:
        secrets = _secrets_of(file, setup)
        if not secrets or not _everybodys(file):
            continue
        keys = "the exchange's keys" in secrets
        yield FILE_READABLE.found(
            f"Everybody on this machine can read {' and '.join(secrets)}.",
            where=str(file),
            mend=f"\nchmod 600 {file}",
            severity=WARNING if keys else INFO,
        )


def _secrets_of(file: Path, setup: Setup) -> list[str]:
    """What this very file holds; the environment's secrets are in no file."""
    own = setup.own.get(file, {})
    exchange, api = group_of(own, "exchange"), group_of(own, "api_server")
    held = {
        "the exchange's keys": any(
            exchange.get(name) for name in ("secret", "private_key", "password")
        ),
        "the API's password": api.get("enabled") and api.get("password"),
        "the Telegram token": group_of(own, "telegram").get("token"),
    }
    return [name for name, there in held.items() if there]


def _everybodys(file: Path) -> bool:
    if os.name != "posix":
        return False
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
