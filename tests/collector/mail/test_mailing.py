"""The weekly mail from the database to the server: once to each recipient, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from collector.config.loading import ConfigError
from collector.mail import delivering
from collector.mail.smtp import send
from collector.service.works import WORKS
from tests.collector.mail.office import ONE, TWO, WEEK, Office, parsed, part
from tests.collector.mail.server import HANG_UP, SILENCE
from tests.reports.week import NOW


def test_sent_twice_is_sent_once(office: Office) -> None:
    office.send()
    again = office.send(NOW + timedelta(hours=3))
    assert [(each.state, each.tried) for each in again] == [("accepted", False)] * 2
    assert len(office.script.taken) == 2
    assert office.states() == [("2026-W38", "accepted")] * 2


def test_the_service_says_what_came_of_it(office: Office) -> None:
    office.script.answers = {"RCPT": "451 greylisted"}
    app = office.app
    answers = [
        WORKS[name].do(app.engine, app.config, NOW + timedelta(minutes=later), Event())
        for name, later in (("mail", 0), ("retry", 6))
    ]
    app.engine.dispose()
    assert [each.outcome for each in answers] == ["done", "done"]
    for each in answers:
        assert f"{ONE}：" in each.problem
        assert "451 greylisted" in each.problem


def test_it_stays_on_disk(office: Office) -> None:
    office.send()
    kept = sorted((office.folder / "data" / "mail" / "weekly").glob("*.eml"))
    assert (office.folder / "data" / "mail" / "weekly" / "周报-2026-W38.html").exists()
    assert [each.name[:8] for each in kept] == ["2026-W38"] * 2
    message = message_from_bytes(kept[1].read_bytes(), _class=EmailMessage, policy=default)
    assert message["To"] == TWO
    assert not list(office.folder.rglob("*.part"))


def test_a_temporary_refusal_is_tried_again_as_it_was(office: Office) -> None:
    office.script.answers = {"dot": "451 local error"}
    (first,) = office.send(to=[ONE])
    assert (first.state, first.tried) == ("waiting", True)
    assert "2026-09-21 12:50 以后再试" in first.text
    assert office.retry(NOW + timedelta(minutes=4)) == []
    office.script.answers = {}
    (second,) = office.retry(NOW + timedelta(minutes=5))
    assert second.state == "accepted"
    refused, taken = (parsed(each) for each in office.script.taken)
    assert refused.as_bytes() == taken.as_bytes()
    assert office.retry(NOW + timedelta(hours=1)) == []


def test_after_a_day_it_is_given_up(office: Office) -> None:
    office.script.answers = {"connect": "421 too busy"}
    office.send(to=[ONE])
    moment, tries = NOW, 1
    while True:
        moment += timedelta(minutes=30)
        found = office.retry(moment)
        tries += len(found)
        if found and found[0].state != "waiting":
            break
    assert found[0].state == "refused"
    assert "一天内未能送出" in found[0].text
    assert "421 too busy" in found[0].text
    assert moment == NOW + timedelta(days=1)
    assert 5 < tries < 15
    assert office.send(moment, to=[ONE])[0].tried is False


def test_no_network_is_temporary(office: Office) -> None:
    office.script.answers = {"EHLO": HANG_UP}
    assert {each.state for each in office.send()} == {"waiting"}


def test_a_permanent_refusal_is_not_tried_again(office: Office) -> None:
    office.script.answers = {"AUTH": "535 Login Fail"}
    (first,) = office.send(to=[ONE])
    assert first.state == "refused"
    assert "授权码" in first.text
    office.script.answers = {}
    assert office.retry(NOW + timedelta(hours=1)) == []
    assert office.send(NOW + timedelta(hours=1), to=[ONE])[0].tried is False
    assert office.script.taken == []


def test_dropped_after_the_dot_is_not_sent_again(office: Office) -> None:
    office.script.answers = {"dot": HANG_UP}
    (first,) = office.send(to=[ONE])
    assert first.state == "unclear"
    assert "是否送达不明" in first.text
    office.script.answers = {}
    assert office.retry(NOW + timedelta(hours=1)) == []
    assert office.send(NOW + timedelta(hours=1), to=[ONE])[0].tried is False
    assert len(office.script.taken) == 1


class _Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("sent", [False, True], ids=["before the network", "after the answer"])
def test_killed_between_claim_and_settling(
    office: Office, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    real = send

    def killed(*arguments: Any) -> Any:
        if sent:
            real(*arguments)
        raise _Killed

    monkeypatch.setattr(delivering, "send", killed)
    with pytest.raises(_Killed):
        office.send(to=[ONE])
    monkeypatch.setattr(delivering, "send", real)
    (soon,) = office.send(NOW + timedelta(minutes=10), to=[ONE])
    assert (soon.state, soon.tried) == ("claimed", False)
    (later,) = office.send(NOW + timedelta(minutes=15), to=[ONE])
    assert (later.state, later.tried) == ("unclear", False)
    assert "发送途中程序被中断" in later.text
    assert len(office.script.taken) == int(sent)
    office.now = NOW + timedelta(hours=2)
    by_hand = office.collect("--to", ONE)
    assert by_hand.exit_code == 0, by_hand.output
    assert len(office.script.taken) == int(sent) + 1


def test_a_process_that_is_killed_while_the_server_has_the_mail(office: Office) -> None:
    office.script.answers = {"dot": SILENCE}
    command = (
        "import sys; from datetime import datetime; from collector.app import App;"
        "from collector.mail.mailing import send_weekly; from pathlib import Path;"
        "app = App(config_path=Path(sys.argv[1]));"
        "send_weekly(app.engine, app.config, datetime.fromisoformat(sys.argv[2]))"
    )
    arguments = [str(office.folder / "config.toml"), NOW.isoformat()]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen([sys.executable, "-c", command, *arguments], cwd=root) as process:
        assert office.script.arrived.wait(60)
        process.kill()
    office.script.answers = {}
    after = office.send(NOW + timedelta(hours=1))
    assert [(each.recipient, each.state, each.tried) for each in after] == [
        (ONE, "unclear", False),
        (TWO, "accepted", True),
    ]
    assert [each.rcpt_tos for each in office.script.taken] == [[ONE], [TWO]]


def test_weeks_that_were_missed_are_named(office: Office) -> None:
    office.send(NOW - 2 * WEEK)
    office.send(NOW + WEEK)
    assert office.states() == [
        *[("2026-W36", "accepted")] * 2,
        *[("2026-W37", "superseded")] * 2,
        *[("2026-W38", "superseded")] * 2,
        *[("2026-W39", "accepted")] * 2,
    ]
    text = part(parsed(office.script.taken[-1]), "text/plain").get_content()
    assert "此前2026年第37周、2026年第38周的周报没有发出" in text
    office.send(NOW + 2 * WEEK)
    text = part(parsed(office.script.taken[-1]), "text/plain").get_content()
    assert "没有发出" not in text
    assert [each.state for each in office.send(NOW + 2 * WEEK)] == ["accepted"] * 2


def test_a_waiting_week_gives_way_to_a_newer_one(office: Office) -> None:
    office.script.answers = {"MAIL": "451 later"}
    office.send()
    office.script.answers = {}
    office.send(NOW + WEEK)
    assert office.states() == [
        *[("2026-W38", "superseded")] * 2,
        *[("2026-W39", "accepted")] * 2,
    ]
    assert office.retry(NOW + WEEK + timedelta(hours=1)) == []
    text = part(parsed(office.script.taken[-1]), "text/plain").get_content()
    assert "此前2026年第38周的周报没有发出" in text


def test_nothing_is_claimed_without_a_password(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAIL_PASSWORD")
    with pytest.raises(ConfigError, match="MAIL_PASSWORD 没有设置"):
        office.send()
    assert office.states() == []


def test_what_a_clock_that_was_ahead_sent_does_not_count(office: Office) -> None:
    """Five weeks ahead it mailed a week to come and gave up the true one; set right, the true one goes out, and the
    other once more when its time has come."""
    office.send(NOW - WEEK)
    office.send(NOW + 5 * WEEK)
    office.script.taken.clear()
    assert {each.state for each in office.send()} == {"accepted"}
    assert len(office.script.taken) == 2
    message = str(part(parsed(office.script.taken[0]), "text/plain").get_content())
    assert "没有发出" not in message
    assert [each.tried for each in office.send(NOW + timedelta(hours=1))] == [False] * 2
