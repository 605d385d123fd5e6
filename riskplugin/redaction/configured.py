"""The secrets in a freqtrade configuration, found by the names that freqtrade and ccxt give them.

freqtrade takes the exchange's keys out of the configuration once it has them; the adapter hands
them in from the exchange's client. What freqtrade hides itself (configuration/config_secrets.py)
is a part of what is found here.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from riskplugin.redaction.redactor import Redactor

#: Names of secrets, in small letters and without what joins words.
_SECRET = re.compile(
    r"secret|passw|passphrase|token|jwt|apikey|accesskey|privatekey|walletaddress|vaultaddress"
    r"|accountid|subaccount|authorization|credential|bearer|mnemonic|seedphrase|twofa"
    r"|chatid|topicid|authorizedusers|^login$"
)
#: Names that mean a secret in one section only.
_IN_SECTION = {"exchange": {"key", "uid"}, "webhook": {"url"}, "discord": {"webhookurl"}}
_HARMLESS_HEADERS = frozenset({"accept", "contenttype", "useragent", "acceptencoding", "referer"})
#: A name or number of a machine, which is in many texts and no secret.
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+|localhost")
#: Names that everybody may read.
_PUBLIC = ("bot_name", "strategy", "stake_currency", "trading_mode", "timeframe")


def redactor_for(
    config: Mapping[str, Any],
    *,
    more: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Redactor:
    """The redactor of the bot with this configuration; ``more`` is what lies outside it."""
    found = {*secrets_in(config), *secrets_in(more or {}), *_of_environment(environ)}
    found |= _of_channels(config, environ)
    return Redactor(found, public=_public_names(config))


def secrets_in(config: Mapping[str, Any]) -> set[str]:
    """The values of all keys that are secrets, however deep they lie.

    >>> sorted(secrets_in({"telegram": {"token": "1:A", "chat_id": 77}, "max_open_trades": 3}))
    ['1:A', '77']
    """
    found: set[str] = set()
    with suppress(Exception):  # somebody's own mapping; what was found until then counts
        for value in _walk(config, "", ""):
            found.add(value)
    return found - {""}


def _walk(tree: object, section: str, name: str) -> Iterator[str]:
    if isinstance(tree, Mapping):
        deeper = section if name in ("", "originalconfig") or section else name
        for key, item in tree.items():
            under = "headers" if name == "headers" else deeper
            yield from _walk(item, under, _plain(key))
        yield from _basic(tree)
    elif isinstance(tree, list | tuple | set):
        for item in tree:
            yield from _walk(item, section, name)
    elif isinstance(tree, str) or (isinstance(tree, int) and not isinstance(tree, bool)):
        yield from _of_value(str(tree), section, name)


def _of_value(value: str, section: str, name: str) -> Iterator[str]:
    header = section == "headers" and name not in _HARMLESS_HEADERS and len(value) >= 8
    secret = header or _SECRET.search(name) or name in _IN_SECTION.get(section, ())
    if secret:
        yield value
        yield from value.split()[1:]  # "Bearer …"
    if "://" in value:
        yield from _of_url(value, whole=bool(secret))


def _of_url(url: str, *, whole: bool) -> Iterator[str]:
    """The password of an address, secrets in its query; of a secret address its path as well."""
    password = re.match(r"[^/]*://[^:/@]*:(.*)@", url)
    if password:
        yield password[1]
        yield unquote(password[1])
    with suppress(ValueError):
        parts = urlsplit(url)
        for name, value in parse_qsl(parts.query):
            if _SECRET.search(_plain(name)) or name in ("key", "sig"):
                yield value
        if whole:
            asked = parts.path + (f"?{parts.query}" if parts.query else "")
            yield from (each for each in (asked, parts.path) if len(each) >= 12)
            yield from (part for part in parts.path.split("/") if len(part) >= 16)


def _of_channels(config: Mapping[str, Any], environ: Mapping[str, str]) -> set[str]:
    """The addresses of alert channels, whole and in their parts: every part may be the secret."""
    found: set[str] = set()
    with suppress(Exception):  # what is no such section is refused elsewhere
        for written in config["risk"]["alerts"]["channels"].values():
            variable = str(written).removeprefix("env:")
            url = environ.get(variable, "") if variable != written else str(written)
            found |= set(_parts(url.strip()))
    return found


def _parts(url: str) -> Iterator[str]:
    _, separator, rest = url.partition("://")
    if not separator:
        return
    yield url
    if len(rest) >= 8:
        yield rest
    for part in re.split(r"[/@?&=:,]", rest):
        if len(part) >= 8 and not _HOST.fullmatch(part):
            yield part
            yield unquote(part)


def _basic(section: Mapping[Any, Any]) -> Iterator[str]:
    """A login as browsers send it."""
    user, password = section.get("username"), section.get("password")
    if isinstance(user, str) and isinstance(password, str) and password:
        yield base64.b64encode(f"{user}:{password}".encode("utf-8", "replace")).decode()


def _of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Our own keys, and what overrides freqtrade's configuration from there."""
    for variable, value in environ.items():
        if variable.startswith("RISKPLUGIN_") and re.search("KEY|TOKEN|SECRET|PASS", variable):
            yield from (part.strip() for part in value.split(","))
        elif variable.startswith("FREQTRADE__"):
            *groups, name = variable.lower().split("__")[1:]
            yield from _walk(value, groups[0] if groups else "", _plain(name))
        elif variable == "PGPASSWORD":
            yield value


def _public_names(config: Mapping[str, Any]) -> Iterable[str]:
    names = [config.get(name) for name in _PUBLIC]
    exchange = config.get("exchange")
    if isinstance(exchange, Mapping):
        names.append(exchange.get("name"))
    texts = [name for name in names if isinstance(name, str)]
    return [*texts, *(f"{name}.dry" for name in texts)]


def _plain(name: object) -> str:
    return re.sub(r"[-_. ]", "", str(name)).lower()
