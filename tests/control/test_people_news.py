"""Others hear when somebody gets rights, loses them, or guesses at a password: once, from one bot
(AU-5, AL-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from riskplugin.alerts.keeping import News
from riskplugin.bootstrap import live_service, open_alerts
from riskplugin.config import parse
from riskplugin.control.people import Denied
from riskplugin.control.people_chain import PeopleChain, Place
from riskplugin.control.people_news import EVERY, TURN, PeopleNews
from riskplugin.control.people_tellings import rights
from riskplugin.control.permissions import Role
from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.rules import told
from riskplugin.core.levels import Severity
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS
from tests.alerts.desks import Mailbox, until
from tests.control.people_made import GIVEN, Office
from tests.ledger.tampering import unlocked

pytestmark = pytest.mark.spec("AU-5", "AL-1")
PLAN = AlertPlan()


def url_of(office: Office) -> str:
    return f"sqlite:///{office.folder / 'user_data' / 'risk.sqlite'}"


class Bot:
    """A bot on the office's ledger that follows the chain of people, round by round."""

    def __init__(self, office: Office, name: str = "rabbit") -> None:
        self.office, self.name, self.ticks = office, name, 0.0
        base, url = office.folder / "user_data", url_of(office)
        self.ledger: SqlLedger = open_ledger(url, bot=name, base_dir=base)
        self.recorder = Recorder(
            self.ledger, redactor=NOBODYS, note=None, subscribers=[], plan=PLAN
        )
        self.news = PeopleNews(
            PeopleChain(Place(url=url, base_dir=base)),
            partial(open_reader, url, base_dir=base),
            bot=name,
            ticks=lambda: self.ticks,
            clock=office.clock,
        )

    @property
    def book(self) -> AlertBook:
        return self.recorder.state.alerts

    def lives(self) -> None:
        """It leaves word, as a bot does in each loop."""
        self.ledger.say({"at": ""}, self.office.clock.now)

    def looks(self, after: float = EVERY) -> list[str]:
        """What it tells people in this round."""
        self.ticks += after
        news: News | None = self.news(self.book)
        if news is None:
            return []
        before = self.book.last_alert
        made = told(self.book, news.tellings, PLAN, self.office.clock.now)
        self.recorder.record((*news.events, *made))
        return [a.said for a in self.book.alerts if a.number > before]

    def dies(self) -> None:
        self.news.close()
        self.ledger.close()


@pytest.fixture
def office(tmp_path: Path, cheap_passwords: None) -> Office:
    (tmp_path / "user_data").mkdir()
    made = Office(tmp_path, control={"second_factor": False})
    made.hire("root", Role.ADMINISTRATOR, by="shell")
    return made


@pytest.fixture
def bot(office: Office) -> Iterator[Bot]:
    made = Bot(office)
    made.lives()
    made.looks()
    yield made
    made.dies()


def test_who_gets_rights_or_loses_them_is_told_with_name_and_by_whom(
    office: Office, bot: Bot
) -> None:
    people = office.people
    assert bot.looks() == []
    people.add("bob", Role.RISK_MANAGER, GIVEN, by="root", reason="new here")
    assert bot.looks() == [
        "bob is REGISTERED as risk manager: by root (new here), 2026-03-02 12:00 UTC"
    ]
    assert bot.book.alerts[-1].severity is Severity.WARNING
    people.change_role("bob", Role.VIEWER, by="root", reason="leave")
    people.change_role("bob", Role.OPERATOR, by="root", reason="back")
    people.set_password("bob", "another horse battery 7", by="root", reason="lost")
    people.disable("bob", by="root", reason="left us")
    said = bot.looks()
    assert [text.split(":")[0] for text in said] == [
        "bob is viewer from now on, was risk manager",
        "bob is operator from now on, was viewer",
        "bob was GIVEN a new password",
        "bob is DISABLED",
    ]
    fewer, more, given, disabled = bot.book.alerts[-4:]
    assert fewer.severity is Severity.INFO
    assert {more.severity, given.severity, disabled.severity} == {Severity.WARNING}


def test_an_administrator_let_in_from_the_shell_wakes_people(office: Office, bot: Bot) -> None:
    bot.looks()
    office.people.recover("root", "another horse battery 7", login="mallory", reason="lost phone")
    [said] = bot.looks()
    assert said.startswith("root was LET IN AGAIN from the shell")
    assert "by shell:mallory (lost phone)" in said
    assert bot.book.alerts[-1].severity is Severity.CRITICAL


def test_guessing_at_a_password_is_told_and_wakes_nobody(office: Office, bot: Bot) -> None:
    for _ in range(9):
        with suppress(Denied):
            office.people.sign_in("root", "guess", address="192.0.2.7")
        office.clock.step(minutes=1)
    (said,) = bot.looks()
    assert "sign-ins as root FAILED, the latest from 192.0.2.7" in said
    assert bot.book.alerts[-1].severity is Severity.WARNING
    assert bot.book.alerts[-1].count > 1


def test_of_two_bots_one_tells_and_the_other_when_the_first_is_gone(
    office: Office, bot: Bot
) -> None:
    second = Bot(office, "second")
    second.lives()
    assert second.looks() == [], "it was told before it began"
    office.people.add("bob", Role.VIEWER, GIVEN, by="root")
    assert second.looks() == [], "the first one's turn"
    assert len(bot.looks()) == 1
    assert second.looks(after=10 * TURN) == []
    office.people.add("eve", Role.VIEWER, GIVEN, by="root")
    assert second.looks() == []
    assert len(second.looks(after=TURN)) == 1, "the first one hangs"
    assert bot.looks() == []
    office.clock.step(minutes=3)
    second.lives()
    office.people.disable("eve", by="root")
    assert len(second.looks()) == 1, "the first one has not been seen for a while"
    second.dies()


def test_what_was_told_before_a_crash_is_not_told_again_and_nothing_is_left_out(
    office: Office, bot: Bot
) -> None:
    office.people.add("bob", Role.VIEWER, GIVEN, by="root")
    bot.ticks += EVERY
    assert bot.news(bot.book) is not None, "killed before it was recorded"
    again = Bot(office)
    assert len(again.looks()) == 1
    third = Bot(office)
    assert third.looks() == []
    assert third.book.people == again.book.people > 0
    for each in (again, third):
        each.dies()


def test_records_of_people_that_were_changed_are_an_alarm_until_they_are_mended(
    office: Office, bot: Bot
) -> None:
    office.people.add("bob", Role.VIEWER, GIVEN, by="root")
    _forge(office, '"viewer"', '"operator"')
    (said,) = bot.looks()
    assert "were changed" in said
    assert bot.book.alerts[-1].severity is Severity.CRITICAL
    _forge(office, '"operator"', '"viewer"')
    assert any("REGISTERED" in text for text in bot.looks())
    bot.looks()
    assert all(alert.name != "people_damaged" for alert in bot.book.open)


def _forge(office: Office, old: str, new: str) -> None:
    reader = open_reader(url_of(office), base_dir=office.folder)
    change = f"UPDATE events SET payload = replace(payload, '{old}', '{new}')"
    with reader.connection("forging") as connection:
        unlocked(connection)
        connection.exec_driver_sql(f"{change} WHERE bot = 'people'")
        connection.commit()
    reader.close()


def test_fewer_rights_are_a_matter_of_the_table() -> None:
    assert rights(Role.VIEWER) < rights(Role.OPERATOR) < rights(Role.RISK_MANAGER)
    assert not rights(Role.ADMINISTRATOR) < rights(Role.RISK_MANAGER)


def test_a_bot_tells_of_people_on_its_channels(office: Office) -> None:
    config, user_data = parse({}), office.folder / "user_data"
    service = live_service(config, config.policy, bot="rabbit", user_data=user_data)
    box = Mailbox()
    open_alerts(service, config, user_data, {"log": box, "bot": box})
    until(lambda: any("root is REGISTERED as administrator" in text for text in box.texts))
    service.close()


def test_no_bot_records_people_in_its_own_chain(office: Office, bot: Bot) -> None:
    office.people.add("bob", Role.VIEWER, GIVEN, by="root")
    bot.looks()
    reader = open_reader(url_of(office), base_dir=office.folder)
    kinds = {record.kind for record in reader.chain(bot.name)}
    reader.close()
    assert kinds == {ev.AlertRaised.__name__, ev.PeopleFollowed.__name__}
