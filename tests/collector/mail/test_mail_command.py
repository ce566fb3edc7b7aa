"""``collect mail``: by hand, a look at it, a test of the server."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import writing
from storage.writing import writes
from tests.collector.mail.office import ONE, Office, parsed
from tests.reports import week


def test_by_hand(office: Office) -> None:
    first = office.collect()
    assert first.exit_code == 0, first.output
    assert f"{ONE}：2026-09-21 12:45 服务器已接收" in first.output
    second = office.collect()
    assert second.output.count("早先已处理，这次没有再发") == 2
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


def test_under_a_wrong_clock_nothing_is_sent(office: Office) -> None:
    """An empty week of days to come would keep the true one from going out."""
    with writing(office.app.engine) as connection:
        writes.start_run(connection, "now", office.now - timedelta(days=40))
    doubted = office.collect()
    assert doubted.exit_code == 1
    assert "晚了40天" in doubted.output
    assert office.script.heard == []
    assert office.states() == []
    with writing(office.app.engine) as connection:
        writes.start_run(connection, "now", office.now)
    assert office.collect().exit_code == 0


def test_preview_sends_nothing(office: Office, tmp_path: Path) -> None:
    shown = office.collect("--preview", str(tmp_path / "看"), "--week", "2026-W39")
    assert shown.exit_code == 0, shown.output
    assert sorted(each.name for each in (tmp_path / "看").iterdir()) == [
        f"周报-2026-W39.{ending}" for ending in ("docx", "eml", "html", "txt", "xlsx")
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
    (("--to", "张三@yunling.example.cn"), "只能用半角"),
    (("--to", "a..b@yunling.example.cn"), "不是邮箱地址"),
    (("--to", "<a@b.cn>"), "不是邮箱地址"),
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


@pytest.mark.parametrize("key", ["from", "to"])
def test_an_address_that_no_mail_can_carry_is_said_when_config_is_read(
    office: Office, key: str
) -> None:
    path = office.folder / "config.toml"
    addresses = {"from": "xmt@yunling.example.cn", "to": ONE} | {key: "融媒@yunling.example.cn"}
    mail = f'host = "localhost"\nfrom = "{addresses["from"]}"\nto = ["{addresses["to"]}"]\n'
    path.write_text(f"{week.CONFIG}\n[mail]\n{mail}", encoding="utf-8")
    result = office.collect("--test")
    assert result.exit_code == 2
    assert "“融媒@yunling.example.cn”不是邮箱地址：只能用半角的英文和数字" in result.output


def test_without_a_mail_section(office: Office) -> None:
    (office.folder / "config.toml").write_text(week.CONFIG, encoding="utf-8")
    result = office.collect()
    assert result.exit_code == 2
    assert "没有 [mail] 一节" in result.output
    shown = office.collect("--preview", str(office.folder / "look"))
    assert shown.exit_code == 0, shown.output
