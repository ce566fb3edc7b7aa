"""The weekly mail from the database to the server: once to each recipient, whatever happens on the way."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from collector import delivering
from collector.app import App
from collector.cli import main
from collector.config import ConfigError
from collector.delivering import Sent
from collector.mailing import retry_waiting, send_weekly
from collector.smtp import send
from storage import database
from tests.collector.mail.server import (
    HANG_UP,
    PASSWORD,
    SILENCE,
    USER,
    Authority,
    Script,
    authority,
    serving,
)
from tests.reports import week
from tests.reports.week import NOW, at

ONE, TWO = "zhuren@yunling.example.cn", "zongbianshi@yunling.example.cn"
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "baokuan.db"
    engine = database.open_database(f"sqlite:///{path}")
    database.prepare(engine, at(1))
    with database.writing(engine) as connection:
        week.fill(connection)
    engine.dispose()
    return path


@dataclass
class Office:
    """A centre with a database, and the mail server that it sends to."""

    folder: Path
    script: Script
    now: datetime = NOW

    @property
    def app(self) -> App:
        return App(config_path=self.folder / "config.toml", clock=lambda: self.now)

    def send(self, now: datetime = NOW, **others: Any) -> list[Sent]:
        app = self.app
        try:
            return send_weekly(app.engine, app.config, now, **others)
        finally:
            app.engine.dispose()

    def retry(self, now: datetime) -> list[Sent]:
        app = self.app
        try:
            return retry_waiting(app.engine, app.config, now)
        finally:
            app.engine.dispose()

    def collect(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["mail", *arguments], obj=self.app)

    @property
    def subjects(self) -> list[str]:
        return [str(parsed(each)["Subject"])[:24] for each in self.script.taken]

    def states(self) -> list[tuple[str, str]]:
        with sqlite3.connect(self.folder / "data" / "baokuan.db") as connection:
            rows = connection.execute(
                "SELECT subject, state FROM delivery ORDER BY subject, recipient"
            ).fetchall()
        connection.close()
        return rows


def parsed(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, _class=EmailMessage, policy=default)


@pytest.fixture
def office(
    tmp_path: Path, filled: Path, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    (tmp_path / "data").mkdir()
    with (
        sqlite3.connect(filled) as source,
        sqlite3.connect(tmp_path / "data" / "baokuan.db") as copy,
    ):
        source.backup(copy)
    source.close()
    copy.close()
    script = Script({})
    with serving(script, "ssl", trusted.context("127.0.0.1")) as port:
        mail = (
            f'\n[mail]\nhost = "127.0.0.1"\nport = {port}\nca_file = "ca.pem"\nusername = "{USER}"\n'
            f'password_env = "MAIL_PASSWORD"\nfrom = "{USER}"\nto = ["{ONE}", "{TWO}"]\n'
        )
        (tmp_path / "config.toml").write_text(week.CONFIG + mail, encoding="utf-8")
        (tmp_path / "ca.pem").write_bytes(trusted.file.read_bytes())
        yield Office(tmp_path, script)


def part(message: EmailMessage, kind: str) -> EmailMessage:
    return next(
        each
        for each in message.walk()
        if each.get_content_type() == kind and isinstance(each, EmailMessage)
    )


def test_the_mail_as_it_arrives(office: Office) -> None:
    sent = office.send()
    assert [(each.recipient, each.state) for each in sent] == [(ONE, "accepted"), (TWO, "accepted")]
    assert [each.text for each in sent] == ["2026-09-21 12:45 服务器已接收"] * 2
    assert [each.rcpt_tos for each in office.script.taken] == [[ONE], [TWO]]
    message = parsed(office.script.taken[0])
    assert message["Subject"] == (
        "云岭县融媒体中心周报 2026年第38周（9月14日—20日）：阅读播放超22.6万"
    )
    assert message["From"].addresses[0].display_name == "云岭县融媒体中心"
    assert message["From"].addresses[0].addr_spec == USER
    assert message["To"] == ONE
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@yunling.example.cn>")
    assert message["Message-ID"] != parsed(office.script.taken[1])["Message-ID"]
    kinds = [each.get_content_type() for each in message.walk() if not each.is_multipart()]
    assert kinds == [
        "text/plain", "text/html", "image/png", "image/png",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]  # fmt: skip
    raw = office.script.taken[0].content
    assert isinstance(raw, bytes)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_figures_in_all_three_parts(office: Office) -> None:
    office.send(to=[ONE])
    message = parsed(office.script.taken[0])
    text = part(message, "text/plain").get_content()
    html = part(message, "text/html").get_content()
    for said in (
        "共发布作品9篇，阅读播放量超22.6万人次（其中3篇无数据）。",
        "比前一周同期增加约12万人次",
        "这一周发现爆款1个",
        "+120040",
        "10万及以上",
        "700人",
        "已有两周没有更新：“云岭头条”",
        "9月20日的数字是暂时的",
        "13.8万（9月2日）",
    ):
        assert said in text, said
        assert said in html, said
    attachment = next(message.iter_attachments())
    assert attachment.get_filename() == "周报-2026-W38.xlsx"
    book = load_workbook(BytesIO(attachment.get_content()))
    rows = list(book["各账号"].values)
    heads = list(rows[0])
    first = dict(zip(heads, rows[1], strict=True))
    assert (first["账号"], first["发布"], first["阅读/播放量"], first["前一周阅读/播放量"]) == (
        *("云岭发布", 3, 123_040, 3_000),
    )
    tops = list(book["阅读播放量前6"].values)
    assert [row[0][:12] for row in tops[1:]] == [
        *("云岭秋收", "夜市烟火", "便民通知", week.HOSTILE[:12], "田间地头", "周日小记"),
    ]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_hostile_titles_are_text_and_pictures_are_there(office: Office) -> None:
    office.send(to=[ONE])
    message = parsed(office.script.taken[0])
    html = part(message, "text/html").get_content()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;=HYPERLINK(" in html
    assert "javascript:" not in html
    assert 'href="https://mp.example/1?a=1&amp;b=2"' in html
    assert len(html) < 60_000
    assert "<style" not in html
    names = [
        each["Content-ID"].strip("<>")
        for each in message.walk()
        if each.get_content_type() == "image/png"
    ]
    assert len(names) == 2
    for name in names:
        assert f'src="cid:{name}"' in html
    for each in message.walk():
        if each.get_content_type() == "image/png" and isinstance(each, EmailMessage):
            assert each.get_content().startswith(b"\x89PNG")
            assert len(each.get_content()) > 5_000


def test_sent_twice_is_sent_once(office: Office) -> None:
    office.send()
    again = office.send(NOW + timedelta(hours=3))
    assert [(each.state, each.tried) for each in again] == [("accepted", False)] * 2
    assert len(office.script.taken) == 2
    assert office.states() == [("2026-W38", "accepted")] * 2


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
        "from collector.mailing import send_weekly; from pathlib import Path;"
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


def test_by_hand(office: Office) -> None:
    first = office.collect()
    assert first.exit_code == 0, first.output
    assert f"{ONE}:2026-09-21 12:45 服务器已接收" in first.output
    second = office.collect()
    assert second.output.count("早先已处理,这次没有再发") == 2
    assert len(office.script.taken) == 2
    other = office.collect("--to", "juzhang@yunling.example.cn", "--week", "2026-W37")
    assert other.exit_code == 0, other.output
    assert office.script.taken[-1].rcpt_tos == ["juzhang@yunling.example.cn"]
    assert "第37周" in str(parsed(office.script.taken[-1])["Subject"])


def test_by_hand_after_the_password_was_mended(office: Office) -> None:
    office.script.answers = {"AUTH": "535 Login Fail"}
    failed = office.collect()
    assert failed.exit_code == 1
    assert "授权码" in failed.output
    office.script.answers = {}
    mended = office.collect()
    assert mended.exit_code == 0, mended.output
    assert office.states() == [("2026-W38", "accepted")] * 2


def test_preview_sends_nothing(office: Office, tmp_path: Path) -> None:
    shown = office.collect("--preview", str(tmp_path / "看"), "--week", "2026-W39")
    assert shown.exit_code == 0, shown.output
    assert sorted(each.name for each in (tmp_path / "看").iterdir()) == [
        f"周报-2026-W39.{ending}" for ending in ("eml", "html", "txt", "xlsx")
    ]
    assert office.script.heard == []
    assert office.states() == []


def test_a_test_mail(office: Office) -> None:
    good = office.collect("--test", "--to", ONE)
    assert good.exit_code == 0, good.output
    assert "服务器已接收" in good.output
    assert parsed(office.script.taken[0])["Subject"] == "爆款测试邮件"
    office.script.answers = {"MAIL": "501 mail from address must be same as authorization user"}
    bad = office.collect("--test", "--to", ONE)
    assert bad.exit_code == 1
    assert "和 username 同一个邮箱" in bad.output
    assert office.states() == []


WRONG = (
    (("--to", "nobody"), "不是邮箱地址"),
    (("--week", "2026-W39"), "还没有结束"),
    (("--week", "2026-09"), "不是一周"),
    (("--week", "2027-W01"), "还没有到"),
    (("--test", "--week", "2026-W38"), "不能和"),
)


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_wrong_use(office: Office, arguments: tuple[str, ...], words: str) -> None:
    result = office.collect(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert office.script.heard == []


def test_without_a_mail_section(office: Office) -> None:
    (office.folder / "config.toml").write_text(week.CONFIG, encoding="utf-8")
    result = office.collect()
    assert result.exit_code == 2
    assert "没有 [mail] 一节" in result.output
    shown = office.collect("--preview", str(office.folder / "look"))
    assert shown.exit_code == 0, shown.output
