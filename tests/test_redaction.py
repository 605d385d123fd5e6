"""Secrets are found in a configuration, and hidden in texts and records in every form (AU-4)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.ledger.form.codec import decode, encode, encode_state, event_kinds
from riskplugin.redaction import MASK, NOBODYS, Redactor, hush, hushed, redactor_for, secrets_in
from riskplugin.redaction.events import clean_event
from tests.ledger.samples import busy_state, decided, instances

pytestmark = pytest.mark.spec("AU-4")

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = 'Qx7/c4n+4ry="é\\Z9'
CONFIG: dict[str, Any] = {
    "bot_name": "rabbit",
    "max_open_trades": 3,
    "db_url": "postgresql://rabbit:dbpass-10@db/trades",
    "exchange": {
        "name": "kraken",
        "key": "exkey-0001",
        "secret": "exsecret-02",
        "password": "expass-003",
        "uid": 90210421,
        "walletAddress": "0xAbCdEf0123456789",
        "private_key": "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END KEY-----",
        "ccxt_config": {"headers": {"X-Account": "desk-account-04"}, "timeout": 400},
        "ccxt_async_config": {"aiohttp_proxy": "http://me:proxypass-5@proxy:3128"},
    },
    "telegram": {
        "token": "123456789:AAbbCCddEE",
        "chat_id": "-100987654321",
        "authorized_users": ["44556677"],
        "topic_id": 7,
    },
    "api_server": {
        "username": "person",
        "password": "apipass-06",
        "jwt_secret_key": "jwtsecret-07",
        "ws_token": ["wstoken-08"],
    },
    "webhook": {"url": "https://hooks.example/services/T0123456789ABCDEF/x"},
    "discord": {"webhook_url": "https://discord.example/api/webhooks/1/DiscordToken-0123"},
    "external_message_consumer": {"producers": [{"name": "p", "ws_token": "producer-09"}]},
    "risk": {"ledger": {"url": "postgresql://risk:p%40ss-ledger@db/risk"}},
    "original_config": {"exchange": {"key": "original-11"}},
}
HIDDEN = (
    *("dbpass-10", "exkey-0001", "exsecret-02", "expass-003", "90210421", "0xAbCdEf0123456789"),
    *("MIIEvQIBADANBgkqhkiG9w0B", "desk-account-04", "proxypass-5", "123456789:AAbbCCddEE"),
    *("-100987654321", "44556677", "apipass-06", "jwtsecret-07", "wstoken-08", "producer-09"),
    *("https://hooks.example/services/T0123456789ABCDEF/x", "T0123456789ABCDEF", "original-11"),
    *("/api/webhooks/1/DiscordToken-0123", "p%40ss-ledger", "p@ss-ledger", "from-environ-12"),
    *("overridden-13", "0xabcdef0123456789"),
)
ENVIRON = {
    "RISKPLUGIN_ENCRYPTION_KEY": "from-environ-12, second-environ-12",
    "FREQTRADE__EXCHANGE__KEY": "overridden-13",
    "HOME": "/home/person",
}


@pytest.mark.parametrize("value", HIDDEN)
def test_every_secret_of_a_configuration_is_hidden(value: str) -> None:
    redactor = redactor_for(CONFIG, environ=ENVIRON)
    said = redactor.clean(f"it said {value}, and then nothing")
    assert value not in said
    assert said.startswith("it said ***")


def test_what_is_no_secret_is_left_alone() -> None:
    redactor = redactor_for(CONFIG, environ=ENVIRON)
    text = "rabbit on kraken: person closed 3 trades at 7.5, 1009876543210, within 400 ms of /home"
    assert redactor.clean(text) is text


def test_freqtrades_own_list_of_sensitive_keys_is_covered() -> None:
    freqtrade = pytest.importorskip("freqtrade.configuration.config_secrets")
    for path in freqtrade._SENSITIVE_KEYS:
        section, name = path.split(".")
        found = secrets_in({section: {name: "https://a.example/value-of-this-key"}})
        assert "https://a.example/value-of-this-key" in found, path


@pytest.mark.parametrize("value", ["abc", "1234", "test", "Live", "rabbit", "kraken", "****"])
def test_a_value_that_is_an_ordinary_word_does_not_tear_texts_apart(value: str) -> None:
    redactor = redactor_for({**CONFIG, "telegram": {"token": value}}, environ={})
    text = f"abc 1234 test Live rabbit kraken **** {value}"
    assert redactor.clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("chat 9876543 not found", "chat *** not found"),
        ("chat=-9876543", "chat=-***"),
        ("order 98765432 and 19876543", "order 98765432 and 19876543"),
        ("price 9876543.25", "price ***.25"),
        ("sesame, open", "***, open"),
        ("sesames", "sesames"),
    ],
)
def test_numbers_and_short_words_are_hidden_as_whole_words(text: str, cleaned: str) -> None:
    assert Redactor(["9876543", "sesame"]).clean(text) == cleaned


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        str(SECRET.encode("unicode_escape"), "ascii"),
        f"x{SECRET}x",
        SECRET[:12],
    ],
)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    said = Redactor([SECRET]).clean(f"before {form}")
    assert "c4n" not in said
    assert said.startswith("before ")
    assert MASK in said


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://x.example/api?a=1&signature=0badc0ffee&b=2", "0badc0ffee"),
        ("headers: {'X-MBX-APIKEY': 'vmPUZE6mv9SD5VNHk4'}", "vmPUZE6mv9SD5VNHk4"),
        ('{"apiKey": "vmPUZE6mv9SD5VNHk4", "secret": "NhqPtmdSJYdKjVHj"}', "NhqPtmdSJYdKjVHj"),
        ("OK-ACCESS-SIGN: 5K1ba7Hf0sK3=", "5K1ba7Hf0sK3"),
        ("Authorization: Bearer abc.DEF-123", "abc.DEF-123"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("postgresql://bot:hunter2@db:5432/risk refused", "hunter2"),
        ("https://api.telegram.org/bot123456789:AAE-" + "x" * 32 + "/getMe", "AAE-" + "x" * 32),
        ("POST /api/webhooks/1234/abc-DEF_5 404", "abc-DEF_5"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmVk", "c2lnbmVk"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nabc\n-----END EC PRIVATE KEY-----", "MHcCAQEE"),
        ("psql 'password=correcthorse dbname=x'", "correcthorse"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_whosever_it_is(text: str, secret: str) -> None:
    assert secret not in NOBODYS.clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "Signature for this request is not valid.",
        "daily loss 2.1 % has reached the limit of 2 %",
        "an earlier order on BTC/USDT:USDT has an unknown fate since 12:00:00 UTC",
        "password authentication failed for user 'bot'",
        "design=4711 passes, the bearer of news; a key person: Ann",
        "at http://127.0.0.1:8080/as/bot1/fapi/v1/order",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert NOBODYS.clean(text) is text


SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="*"),
    min_size=8,
    max_size=60,
).filter(lambda text: not text.lstrip("-").isdigit())


@given(SECRETS, st.text(max_size=40), st.text(max_size=40))
def test_no_text_keeps_a_secret(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        said = redactor.clean(f"{before}{form}{after}")
        assert form not in said
        assert redactor.clean(said) == said


@given(st.lists(SECRETS, max_size=4), st.text())
def test_a_text_without_a_secret_is_the_same_object(secrets: list[str], text: str) -> None:
    redactor = Redactor(secrets)
    cleaned = redactor.clean(text)
    assert cleaned is text or MASK in cleaned


@given(st.sampled_from(sorted(event_kinds())).flatmap(lambda name: instances(event_kinds()[name])))
def test_a_record_without_a_secret_keeps_its_bytes(event: ev.Event) -> None:
    redactor = Redactor(["nowhere-to-be-found", "-100987654321"])
    assert redactor.clean_json(encode(event)) == encode(event)


@given(SECRETS)
def test_a_record_keeps_all_but_the_secret(secret: str) -> None:
    redactor = Redactor([secret])
    event = ev.FaultRecorded(at=NOW, source="create_order", text=f"ccxt said {secret} twice")
    payload = redactor.clean_json(encode(event))
    assert orjson.dumps(secret)[1:-1] not in payload
    assert decode(payload) == clean_event(redactor, event)


def test_numbers_times_and_pairs_of_a_record_are_never_touched() -> None:
    redactor = Redactor(["64000", "20260301", "BTC/USDT:USDT", "2026-03-01T12:00:00"])
    for payload in (encode(decided(price=64000)), encode_state(busy_state())):
        assert redactor.clean_json(payload) == payload


def test_an_object_in_a_record_whose_repr_holds_a_secret_is_cleaned() -> None:
    class Spy:
        def __repr__(self) -> str:
            return f"<key {SECRET}>"

    payload = encode(decided(tag=Spy(), price=Spy()))
    assert b"c4n" in payload
    cleaned = Redactor([SECRET]).clean_json(payload)
    assert b"c4n" not in cleaned
    assert cleaned.count(b"<key ***>") == 2


def test_a_value_whose_own_code_fails_is_hidden_whole() -> None:
    class Odd(str):
        __slots__ = ()

        def __contains__(self, item: object) -> bool:
            raise RuntimeError(SECRET)

    assert Redactor([SECRET]).clean(Odd("all is well")) == "all is well"
    assert Redactor([SECRET]).clean(Odd(f"a {SECRET}")) == "a ***"
    assert Redactor([SECRET]).clean(4711) == MASK  # type: ignore[arg-type]


def test_the_log_hides_secrets_of_messages_values_and_tracebacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    redactor = Redactor([SECRET])
    hush(redactor)
    logger = calm_logger("riskplugin.test")
    with caplog.at_level(logging.INFO):
        logger.warning("it said %s, 100 %%", SECRET)
        logger.info("nothing to hide: %d", 3)
        logger.error("a guard failed", exc_info=ValueError(SECRET))
    assert "c4n" not in caplog.text
    assert [record.getMessage() for record in caplog.records[:2]] == [
        "it said ***, 100 %",
        "nothing to hide: 3",
    ]
    assert "ValueError: ***" in caplog.text


def test_a_log_line_without_secrets_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    logger = calm_logger("riskplugin.test")
    logger.error("a guard failed", exc_info=ValueError("all can read this"))
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.msg == "a guard failed"


def test_a_bot_that_is_gone_hides_nothing_any_more() -> None:
    redactor = Redactor(["of-a-bot-that-went"])
    hush(redactor)
    assert hushed("of-a-bot-that-went") == MASK
    del redactor
    import gc

    gc.collect()
    assert hushed("of-a-bot-that-went") == "of-a-bot-that-went"
