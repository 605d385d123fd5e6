"""What looks like a secret, whoever's it is: signatures, keys in headers, passwords in URLs."""

from __future__ import annotations

import re

#: What stands where a secret stood.
MASK = "***"

#: Names of fields and headers of exchanges, channels and databases that carry a secret.
_NAMES = (
    r"(?:(?<![a-z])sign(?:ature)?|api[-_ ]?key|access[-_]?key|listen[-_]?key|secret(?:[-_]?key)?"
    r"|private[-_]?key|pass(?:word|wd|phrase)|(?<![a-z])token)"
)
_VALUE = r"[^\s&\"'<>,;(){}\[\]]"

#: Each with what replaces it; the name of the field stays, so that the text can be understood.
#: None looks further ahead than a hundred characters: texts are others', and made to be slow.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), put)
    for pattern, put in (
        (
            r"-----BEGIN [A-Z ]{0,30}KEY-----.*?(?:-----END [A-Z ]{0,30}KEY-----|\Z)",
            MASK,
        ),
        (r"(://[^:/@\s\"']{0,200}:)[^\s\"']{1,300}@", rf"\1{MASK}@"),
        (r"(authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[a-z]{2,20}\s+)?)[^\s\"',}]+", r"\1***"),
        (r"(bearer\s+)(?=[^\s\"']{0,100}\d)[\w.~+/=-]{8,}", rf"\1{MASK}"),
        (r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+", MASK),
        (r"(?<!\d)\d{6,12}:[\w-]{30,}", MASK),  # the token of a Telegram bot
        (r"(/api/webhooks/)\d+/[\w-]+", rf"\1{MASK}"),  # Discord
        (rf"({_NAMES}\\?[\"']\s*[:=]\s*b?\\?[\"'])[^\"'\\]+", rf"\1{MASK}"),
        (rf"({_NAMES}\s*=\s*){_VALUE}{{4,}}", rf"\1{MASK}"),
        (rf"({_NAMES}\s*:\s*)(?={_VALUE}{{0,100}}\d){_VALUE}{{8,}}", rf"\1{MASK}"),
    )
)
#: One of these is in every text that a pattern fits, whatever its case.
_SIGNS = ("sign", "key", "secret", "pass", "token", "://", "authori", "bearer", "eyj", "webhooks")
_TELEGRAM = re.compile(r"\d{6}:")


def without_patterns(text: str) -> str:
    """``text`` with everything hidden that looks like a secret.

    >>> without_patterns("GET /order?symbol=BTC&signature=00c0ffee00 failed")
    'GET /order?symbol=BTC&signature=*** failed'
    >>> without_patterns("postgresql://bot:hunter2@db/risk")
    'postgresql://bot:***@db/risk'
    """
    small = text.lower()
    if not (any(sign in small for sign in _SIGNS) or _TELEGRAM.search(text)):
        return text
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text
