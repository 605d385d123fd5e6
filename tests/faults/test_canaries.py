"""A value of its own in every secret of a real bot's configuration; then everything fails that can
carry them into a text. Not one may be found in ledger, export, status, log, note, lock or message.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from freqtrade.exceptions import OperationalException
from freqtrade.persistence import PairLocks, Trade
from sqlalchemy.exc import StatementError

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.privacy.data_keys import VARIABLE
from riskplugin.ledger.privacy.encryption import new_key
from riskplugin.redaction import redactor_for
from tests.adapter.bots import BTC, ETH, SOL
from tests.faults.bench import FORGIVING, Bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("AU-4")]

CANARIES = {
    "exchange key": "cNrY-exchange-key-01",
    "exchange password": 'cNrY pass/"word"+é02',
    "exchange uid": "8877665501",
    "header": "cNrY-header-account-03",
    "telegram token": "556677880:cNrY-telegram-04",
    "chat id": "-1008877665505",
    "api password": "cNrY&api=password-06",
    "jwt": "cNrY-jwt-secret-07-long-enough-for-freqtrade",
    "ws token": "cNrY-ws-token-08",
    "webhook": "https://hooks.example/cNrY-webhook-path-09",
    "discord": "https://discord.example/api/webhooks/42/cNrY-discord-10",
    "producer": "cNrY-producer-token-11",
    "short": "cNrY12",
}
ALL = " ~ ".join(CANARIES.values())
SECTIONS: dict[str, Any] = {
    "bot_name": "rabbit",
    "telegram": {
        "enabled": False,
        "token": CANARIES["telegram token"],
        "chat_id": CANARIES["chat id"],
    },
    "api_server": {
        "enabled": False,
        "listen_ip_address": "127.0.0.1",
        "listen_port": 8080,
        "username": "person",
        "password": CANARIES["api password"],
        "jwt_secret_key": CANARIES["jwt"],
        "ws_token": [CANARIES["ws token"], CANARIES["short"]],
    },
    "webhook": {"enabled": False, "url": CANARIES["webhook"]},
    "discord": {"enabled": False, "webhook_url": CANARIES["discord"]},
    "external_message_consumer": {
        "enabled": False,
        "producers": [{"name": "p", "host": "h", "ws_token": CANARIES["producer"]}],
    },
}


def forms(secret: str) -> set[str]:
    """How a secret may stand in a file, a URL, a record or a line of a log."""
    return {
        *(secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]),
        *(json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]),
    }


def found_in(said: bytes | str) -> list[str]:
    """The canaries in it, by name."""
    text = said if isinstance(said, bytes) else said.encode("utf-8", "backslashreplace")
    return [
        name
        for name, secret in CANARIES.items()
        if any(form.encode() in text for form in forms(secret))
    ]


@pytest.fixture
def rabbit(start: Start, caplog: pytest.LogCaptureFixture) -> Bench:
    """A bot with a canary in every secret."""
    caplog.set_level(logging.DEBUG, "riskplugin")
    return start(
        key=CANARIES["exchange key"],
        exchange={
            "password": CANARIES["exchange password"],
            "uid": int(CANARIES["exchange uid"]),
            "ccxt_sync_config": {"headers": {"X-Account": CANARIES["header"]}},
        },
        section=FORGIVING,
        **SECTIONS,
    )


class Spy:
    """What a strategy may hand over instead of a text."""

    def __repr__(self) -> str:
        return f"Spy({ALL})"


def everything_fails(bench: Bench) -> None:
    """Whatever carries somebody's text into ours."""
    bot, strategy, service = bench.bot, bench.bot.strategy, bench.bot.session.service
    error = RuntimeError(f"401 for {ALL}")
    bench.loop(2)
    for kind, how in (("reject", {"msg": ALL}), ("http_500", {})):
        bot.control.fault(kind, name=bot.key, method="POST", match="/order", count=1, **how)
        bench.tries_to_enter(SOL)
        bench.loop()
    for hook in ("bot_loop_start", "leverage", "custom_stake_amount", "confirm_trade_entry"):
        strategy.answers = {hook: error}
        bench.loop()
        bench.tries_to_enter(BTC)
    strategy.answers = {}
    bot.control.clear_faults()
    assert bot.enter(ETH, 100, enter_tag=ALL)
    service.subscribers.append(_telling)
    strategy.answers = {"custom_exit": ALL}
    bench.loop(2)
    strategy.answers = {}
    bench.loop()
    with suppress(StatementError):  # an object is no tag to freqtrade's own database
        bot.enter(SOL, 100, enter_tag=Spy())
    Trade.session.rollback()
    book = bot.session.look(bot.session.now())
    for command in ("trip", "rearm", "emergency-on", "emergency-on", ALL):
        service.command(command, by=CANARIES["chat id"], reason=ALL, book=book)
    bench.loop()
    (bench.folder / "user_data" / "RISK_KILL").write_text(ALL)
    bench.loop(2)


def _telling(event: ev.Event) -> None:
    raise ValueError(f"no channel for {type(event).__name__}: {ALL}")


def told_by_us(caplog: pytest.LogCaptureFixture) -> str:
    written = logging.Formatter("%(message)s")
    return "\n".join(
        written.format(record)
        for record in caplog.records
        if record.name.startswith("riskplugin") or "riskplugin" in record.getMessage()
    )


def test_no_secret_is_found_anywhere_while_the_bot_runs_or_after(
    rabbit: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bot = rabbit.bot
    messages: list[str] = []
    bot.freqtrade.rpc.send_msg = lambda message: messages.append(str(message.get("status")))
    everything_fails(rabbit)
    locks = "\n".join(str(lock.reason) for lock in PairLocks.get_all_locks())
    assert "riskplugin: " in locks
    reader = open_reader(rabbit.url, base_dir=rabbit.folder)
    records = list(reader.chain("rabbit"))
    status = json.dumps(reader.status("rabbit"), ensure_ascii=False)
    state = repr(reader.state("rabbit")) + repr(rabbit.state)
    reader.close()
    kinds = {record.kind for record in records}
    assert {
        "OrderFailed",
        "FaultRecorded",
        "TradeClosed",
        "ControlHandled",
        "EntryDecided",
    } <= kinds
    # A decision on the tag that is an object holds that very object; its record is looked at.
    heard = "\n".join(repr(e) for e in rabbit.heard if not isinstance(e, ev.EntryDecided))
    assert "***" in heard
    bot.session.service.close()
    files = [path for path in (rabbit.folder / "user_data").rglob("*") if path.is_file()]
    ours = [path for path in files if path.name != "RISK_KILL"]
    assert any(path.name.startswith("risk.sqlite") for path in ours)
    places: dict[str, bytes | str] = {
        "records": b"\n".join(record.payload for record in records),
        "status": status,
        "state": state,
        "events heard": heard,
        "locks": locks,
        "messages": "\n".join(text for text in messages if "riskplugin" in text),
        "log": told_by_us(caplog),
    }
    places |= {path.name: path.read_bytes() for path in ours}
    assert {place: found_in(said) for place, said in places.items() if found_in(said)} == {}


def test_a_latch_that_no_ledger_takes_leaves_a_note_without_secrets(rabbit: Bench) -> None:
    rabbit.loop(2)
    ledger: Any = rabbit.bot.session.service._ledger
    ledger.close()
    rabbit.bot.session.service.latch(by=ALL, reason=ALL, at=rabbit.bot.session.now())
    (note,) = (rabbit.folder / "user_data").glob("RISK_KILL.*.latched")
    assert "***" in note.read_text()
    assert found_in(note.read_bytes()) == []


def test_a_command_left_with_the_bots_configuration_at_hand_is_clean(rabbit: Bench) -> None:
    redactor = redactor_for({**SECTIONS, "exchange": {"key": CANARIES["exchange key"]}})
    reader = open_reader(rabbit.url, base_dir=rabbit.folder, redactor=redactor)
    reader.post_control("rabbit", "trip", "person", f"key {CANARIES['exchange key']} is out")
    with reader.connection("looking") as connection:
        rows = connection.exec_driver_sql("SELECT by, reason FROM controls").all()
    reader.close()
    assert [tuple(row) for row in rows] == [("person", "key *** is out")]


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "mysql"])
def test_a_ledger_that_cannot_be_reached_is_refused_without_its_password(
    start: Start, scheme: str, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{scheme}://risk:{quote('cNrY-ledger/pass')}@127.0.0.1:{free_port}/risk"
    with pytest.raises(OperationalException) as refused:
        start(section={"ledger": {"url": url}})
    for said in (str(refused.value), told_by_us(caplog)):
        assert "cNrY" not in said


def test_an_encrypted_ledger_shows_no_person_in_its_file(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, new_key())
    bench = start(section={**FORGIVING, "ledger": {"encrypt": True}})
    bench.loop(2)
    assert bench.bot.enter(BTC, 100, enter_tag="breakout of mine")
    book = bench.bot.session.look(bench.bot.session.now())
    service = bench.bot.session.service
    service.command("trip", by="Margarethe", reason="closed for the day", book=book)
    bench.loop()
    reader = open_reader(bench.url, base_dir=bench.folder)
    state = reader.state(bench.bot.key)
    reader.close()
    assert state is not None
    assert state.latched_by == "Margarethe"
    service.close()
    files = (bench.folder / "user_data").glob("risk.sqlite*")
    said = b"".join(path.read_bytes() for path in files)
    for text in (b"Margarethe", b"closed for the day", b"breakout of mine"):
        assert text not in said
    assert b'"$":"sealed"' in said


def test_a_bot_that_shall_encrypt_and_has_no_key_does_not_start(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(OperationalException, match=r"no key.*keygen --encryption"):
        start(section={"ledger": {"encrypt": True}})
