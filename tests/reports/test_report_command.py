"""riskplugin report: the command, its file, and ledgers that are damaged or forged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_ledger
from tests.databases import postgresql_server
from tests.ledger.tampering import Attacker
from tests.reports import lives
from tests.reports.conftest import Lived, Run

pytestmark = pytest.mark.spec("DB-3")

MARCH = ("--from", "2026-03", "--to", "2026-03")


def test_one_file_with_everything_in_it(run: Run, month: Lived) -> None:
    said = run("report", "--ledger", month.url, "--bot", lives.BOT, *MARCH)
    assert said.exit_code == 0, said.output
    assert all(len(line) <= 80 for line in said.output.splitlines())
    assert "breaker opened 2 times" in said.output
    file = Path("risk-report-freqtrade-2026-03-01_2026-03-31.html")
    text = file.read_text(encoding="utf-8")
    assert "src=" not in text.split("<script", 1)[0]
    assert 'http-equiv="Content-Security-Policy"' in text
    for heading in ("Performance", "Attribution", "Breaches", "Decisions", "Limits", "Alerts"):
        assert f"<h2>{heading}" in text


def test_json_has_the_same_figures(run: Run, month: Lived) -> None:
    said = run("report", "--ledger", month.url, "--bot", lives.BOT, *MARCH, "--json")
    told = json.loads(said.stdout)
    assert told["trades"]["all"]["trades"] == len(month.trader.closed)
    assert told["contribution"]["rest"] == pytest.approx(0, abs=1e-6)
    assert told["audit"]["sound"] is True
    assert told["breaches"]["all"][1]["rearmed_by"] == "carl"
    assert told["limits"]["in_force"]["values"]["breaker.drawdown.trip_pct"] == "12"
    assert not list(Path().iterdir())


def test_a_report_is_not_written_over(run: Run, month: Lived) -> None:
    again = ("report", "--ledger", month.url, "--bot", lives.BOT, *MARCH, "--out", "r.html")
    Path("r.html").write_text("mine", encoding="utf-8")
    said = run(*again)
    assert said.exit_code == 2
    assert "--force" in said.output
    assert Path("r.html").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--from", "yesterday"), "is no time"),
        (("--from", "2026-13"), "is no time"),
        (("--from", "2026-04", "--to", "2026-03"), "before it begins"),
        (("--bot", "nobody"), "knows no bot"),
        (("--out", "nowhere/r.html"), "no folder"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    run: Run, month: Lived, options: tuple[str, ...], says: str
) -> None:
    said = run("report", "--ledger", month.url, "--bot", lives.BOT, *options)
    assert said.exit_code == 2
    assert says in said.output
    assert "Traceback" not in said.output


def test_a_bot_that_never_traded_has_a_report(run: Run, month: Lived) -> None:
    said = run("report", "--ledger", month.url, "--bot", "idle", *MARCH, "--out", "r.html")
    assert said.exit_code == 0, said.output
    text = Path("r.html").read_text(encoding="utf-8")
    assert "No trade was closed in this period." in text
    assert "The breaker stayed closed." in text
    assert len(text) < 200_000  # no chart, so no script of 5 MB


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Two days, in a ledger that may be spoiled."""
    home = tmp_path / "home"
    home.mkdir()
    trader = lives.Trader(lives.service(home))
    for _ in range(48):
        trader.hour()
    trader.service.close()
    return home


def spoil(home: Path, statement: str) -> None:
    attacker = Attacker(lives.url_of(home))
    attacker.run(statement)
    attacker.close()


@pytest.mark.spec("DB-3", "AU-2")
def test_a_forged_record_is_said_first_and_plainly(run: Run, short: Path) -> None:
    spoil(
        short,
        "UPDATE events SET payload = replace(payload, '\"long\"', '\"short\"') WHERE id = "
        "(SELECT min(id) FROM events WHERE kind = 'TradeClosed')",
    )
    said = run("report", "--ledger", lives.url_of(short), *MARCH, "--out", "r.html")
    assert said.exit_code == 1
    assert "NOT SOUND" in said.output
    text = Path("r.html").read_text(encoding="utf-8")
    assert text.index("NOT SOUND") < text.index("At a glance")


#: What somebody, or a disk, may do to a ledger.
_MADE_NONE = '{"data": 7, "kind": "x", "version": 1}'
DAMAGE = {
    "broken": "UPDATE events SET payload = '{' WHERE kind = 'TradeClosed'",
    "foreign": f"UPDATE events SET payload = '{_MADE_NONE}' WHERE kind = 'EntryDecided'",
    "kind": "UPDATE events SET kind = 7 WHERE kind = 'DayStarted'",
    "state": "UPDATE states SET payload = 'x'",
    "metrics": "UPDATE metrics SET equity = 'much'",
    "limits": "UPDATE events SET payload = replace(payload, 'section', 's') "
    "WHERE kind = 'LimitsAdopted'",
}
_MANY = [pytest.param(name, marks=pytest.mark.exhaustive) for name in [*DAMAGE][2:]]


@pytest.mark.parametrize("damage", [*[*DAMAGE][:2], *_MANY])
def test_a_damaged_ledger_has_a_report_that_says_so(run: Run, short: Path, damage: str) -> None:
    spoil(short, DAMAGE[damage])
    said = run("report", "--ledger", lives.url_of(short), *MARCH, "--out", "r.html")
    assert said.exit_code == 1, said.output
    assert "Traceback" not in said.output
    assert "cannot be told" in said.output or "NOT SOUND" in said.output
    assert "<h2>Decisions" in Path("r.html").read_text(encoding="utf-8")


def test_a_page_of_the_file_that_is_noise_does_not_end_the_report(run: Run, short: Path) -> None:
    file = short / "risk.sqlite"
    spoil(short, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    place = content.rindex(b'"kind":"EntryDecided"') // 4096 * 4096
    content[place : place + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    said = run("report", "--ledger", lives.url_of(short), *MARCH, "--out", "r.html")
    assert said.exit_code in (1, 2), said.output
    assert "Traceback" not in said.output


def test_words_that_are_odd_end_no_file(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "odd"
    home.mkdir()
    ledger = open_ledger(lives.url_of(home), bot=lives.BOT, base_dir=home)
    words = "\ud800 </script>{{ 7*7 }} \x00 " + "x" * 5000
    ledger.append(
        [
            ev.BreakerLatched(at=lives.BEGIN, by=words, reason=words),
            ev.ControlHandled(at=lives.BEGIN, command=words, by=words, reason=words, outcome=words),
        ],
        ledger.load(),
    )
    ledger.close()
    said = run("report", "--ledger", lives.url_of(home), *MARCH, "--out", "r.html")
    assert "Traceback" not in said.output
    text = Path("r.html").read_text(encoding="utf-8")
    assert "{{ 7*7 }}" in text
    assert "</script>{{" not in text
    said = run("report", "--ledger", lives.url_of(home), *MARCH, "--json")
    json.loads(said.stdout)


@pytest.mark.spec("DB-3", "AU-4")
def test_names_that_are_encrypted_are_read_with_the_key_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.fernet import Fernet

    monkeypatch.setenv("RISKPLUGIN_ENCRYPTION_KEY", Fernet.generate_key().decode())
    home = tmp_path / "sealed"
    home.mkdir()
    section = lives.SECTION | {"ledger": {"encrypt": True}}
    trader = lives.Trader(lives.service(home, section=section))
    for _ in range(30):
        trader.hour()
    trader.order("trip", "margaret", "a secret reason")
    trader.service.close()
    address = ("report", "--ledger", lives.url_of(home), *MARCH)
    run(*address, "--out", "open.html")
    assert "margaret" in Path("open.html").read_text(encoding="utf-8")
    monkeypatch.delenv("RISKPLUGIN_ENCRYPTION_KEY")
    said = run(*address, "--out", "sealed.html")
    assert "Traceback" not in said.output
    text = Path("sealed.html").read_text(encoding="utf-8")
    assert "margaret" not in text
    assert "a secret reason" not in text
    assert "(sealed)" in text
    opened = Path("open.html").read_text(encoding="utf-8")
    assert opened.count("<section") == text.count("<section")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_ledger_in_postgresql_has_the_same_report(run: Run, tmp_path: Path) -> None:
    with postgresql_server() as server:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        section = lives.SECTION | {"ledger": {"url": address}}
        trader = lives.Trader(lives.service(tmp_path, section=section))
        for _ in range(60):
            trader.hour()
        trader.service.close()
        said = run("report", "--ledger", address, *MARCH, "--json")
        assert said.exit_code == 0, said.output
        told = json.loads(said.stdout)
        assert told["trades"]["all"]["trades"] == len(trader.closed)
        assert told["unknown"] == {}
        assert told["contribution"]["rest"] == pytest.approx(0, abs=1e-6)
        wrote = run("export", "equity", "--to", "e.csv", "--ledger", address)
        assert wrote.exit_code == 0, wrote.output
        assert "60 rows" in wrote.output
