"""Handing a message over: every answer, and every moment at which a server may hang up."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from collector.mail import smtp
from collector.mail.replies import Reply
from collector.mail.smtp import POLICY, send
from tests.collector.mail.server import (
    HANG_UP,
    PASSWORD,
    Authority,
    Script,
    Security,
    mail_config,
    serving,
)

TO = "zhuren@yunling.example.cn"


@dataclass(frozen=True)
class Case:
    """``answers`` as in Script; what is to come of it: the state, the code, words of the advice."""

    name: str
    answers: dict[str, str]
    state: str
    code: int | None
    words: str
    taken: int = 0
    password: str = PASSWORD
    security: tuple[Security, ...] = ("ssl", "starttls")
    config: dict[str, Any] = field(default_factory=dict)


BUSY = "服务器暂时不收"
CASES = (
    Case("accepted", {}, "accepted", 250, "服务器答复 250 OK queued as 7", taken=1),
    Case("busy greeting", {"connect": "421 too busy"}, "temporary", 421, BUSY),
    Case("hostile greeting", {"connect": "554 your address is blocked"}, "refused", 554, "不接受这台电脑"),
    Case("busy hello", {"EHLO": "421 shutting down"}, "temporary", 421, BUSY),
    Case("tls not now", {"STARTTLS": "454 TLS not available"}, "temporary", 454, BUSY, security=("starttls",)),
    Case("login password", {"AUTH": "535 Error: authentication failed"}, "refused", 535, "授权码"),
    Case("qq in gbk", {"AUTH": "535 Error: 请使用授权码登录。详情请看: http://service.mail.qq.com/cgi-bin/help"},
         "refused", 535, "535 Error: 请使用授权码登录"),
    Case("qq of late", {"AUTH": "535 Login fail. Account is abnormal, service is not open, password is incorrect,"
                                " login frequency limited, or system is busy."}, "refused", 535, "授权码"),
    Case("163 after wrong passwords", {"AUTH": "451 Requested mail action not taken: too much fail authentication"},
         "temporary", 451, BUSY),
    Case("really wrong password", {}, "refused", 535, "授权码", password="my-login-password"),
    Case("smtp not opened", {"AUTH": "550 User has no permission"}, "refused", 550, "没有开通 SMTP"),
    Case("login later", {"AUTH": "454 Temporary authentication failure"}, "temporary", 454, BUSY),
    Case("busy login", {"AUTH": "421 try later"}, "temporary", 421, BUSY),
    Case("other sender 501", {"MAIL": "501 mail from address must be same as authorization user"},
         "refused", 501, "和 username 同一个"),
    Case("other sender 553", {"MAIL": "553 Mail from must equal authorized user"}, "refused", 553, "和 username 同一个"),
    Case("login wanted", {"MAIL": "530 Authentication required"}, "refused", 530, "要求登录"),
    Case("busy sender", {"MAIL": "451 try again later"}, "temporary", 451, BUSY),
    Case("no such recipient", {"RCPT": "550 User not found"}, "refused", 550, "没有这个收件人"),
    Case("mailbox full", {"RCPT": "552 mailbox full"}, "refused", 552, "邮箱已满"),
    Case("grey", {"RCPT": "450 greylisted"}, "temporary", 450, BUSY),
    Case("too often", {"RCPT": "550 Connection frequency limited"}, "temporary", 550, "太频繁"),
    Case("sender too often", {"dot": "550 Sender frequency limited."}, "temporary", 550, "太频繁", taken=1),
    Case("163 spam for now", {"dot": "451 DT:SPM ,please try again"}, "temporary", 451, BUSY, taken=1),
    Case("no data", {"DATA": "451 no space"}, "temporary", 451, BUSY),
    Case("taken back", {"dot": "451 local error"}, "temporary", 451, BUSY, taken=1),
    Case("last moment", {"dot": "421 going down"}, "temporary", 421, BUSY, taken=1),
    Case("spam", {"dot": "554 DT:SPM 163 smtp5,Dt_spam"}, "refused", 554, "垃圾邮件", taken=1),
    Case("spam 550", {"dot": "550 Mail content denied: spam"}, "refused", 550, "垃圾邮件", taken=1),
    Case("too large", {"dot": "552 message too large"}, "refused", 552, "邮件太大", taken=1),
    Case("chinese answer", {"dot": "554 邮件被拒绝"}, "refused", 554, "554 邮件被拒绝", taken=1),
    Case("no answer of the protocol", {"EHLO": "hello there"}, "temporary", None, "看不懂"),
    Case("nonsense after the dot", {"dot": "what?"}, "unclear", None, "是否被接收不明", taken=1),
    Case("dropped at connect", {"connect": HANG_UP}, "temporary", None, "连不上"),
    Case("dropped at hello", {"EHLO": HANG_UP}, "temporary", None, "问候时"),
    Case("dropped at tls", {"STARTTLS": HANG_UP}, "temporary", None, "加密时", security=("starttls",)),
    Case("dropped at login", {"AUTH": HANG_UP}, "temporary", None, "登录时"),
    Case("dropped at sender", {"MAIL": HANG_UP}, "temporary", None, "报寄件人时"),
    Case("dropped at recipient", {"RCPT": HANG_UP}, "temporary", None, "报收件人时"),
    Case("dropped at data", {"DATA": HANG_UP}, "temporary", None, "传正文时"),
    Case("dropped after the dot", {"dot": HANG_UP}, "unclear", None, "是否被接收不明", taken=1),
    Case("user in chinese", {}, "refused", None, "半角", config={"username": "融媒@yunling.example.cn"}),
)  # fmt: skip
RUNS = [(case, security) for case in CASES for security in case.security]


def message() -> EmailMessage:
    made = EmailMessage(policy=POLICY)
    made["Subject"] = "周报"
    made["From"] = made["To"] = TO
    made.set_content(".\r\n..\r\n一行话\r\n", cte="base64")
    return made


@pytest.mark.parametrize(("case", "security"), RUNS, ids=[f"{c.name}-{s}" for c, s in RUNS])
def test_what_comes_of_it(case: Case, security: Security, trusted: Authority) -> None:
    script = Script(case.answers)
    with serving(script, security, trusted.context("127.0.0.1")) as port:
        mail = mail_config(port, security, trusted.file, **case.config)
        answer = send(mail, case.password, message(), TO)
    assert answer.state == case.state
    assert re.findall(r"服务器答复 (\d+)", answer.words) == ([str(case.code)] if case.code else [])
    assert case.words in answer.words
    assert len(script.taken) == case.taken
    assert case.password not in answer.words


def test_the_message_arrives_as_it_is(trusted: Authority) -> None:
    sent = EmailMessage(policy=POLICY)
    sent["Subject"] = "x"
    sent.set_content(".a dot\r\n.\r\n..\r\nend", cte="7bit")
    script = Script()
    with serving(script, "ssl", trusted.context("127.0.0.1")) as port:
        send(mail_config(port, "ssl", trusted.file), PASSWORD, sent, TO)
    (envelope,) = script.taken
    assert isinstance(envelope.content, bytes)
    assert envelope.content.split(b"\r\n\r\n", 1)[1] == b".a dot\r\n.\r\n..\r\nend\r\n"
    assert (envelope.mail_from, envelope.rcpt_tos) == ("xmt@yunling.example.cn", [TO])


def test_only_one_way_of_logging_in_is_tried(trusted: Authority) -> None:
    script = Script()
    with serving(script, "starttls", trusted.context("127.0.0.1")) as port:
        send(mail_config(port, "starttls", trusted.file), "wrong-password", message(), TO)
    assert [each.split()[1] for each in script.heard if each.startswith("AUTH")] == ["PLAIN"]


def test_a_server_that_repeats_the_password_is_not_repeated(trusted: Authority) -> None:
    script = Script({"AUTH": f"535 {PASSWORD} is wrong"})
    with serving(script, "ssl", trusted.context("127.0.0.1")) as port:
        answer = send(mail_config(port, "ssl", trusted.file), PASSWORD, message(), TO)
    assert PASSWORD not in answer.words
    assert "*** is wrong" in answer.words


@pytest.mark.parametrize("security", ["ssl", "starttls"])
@pytest.mark.parametrize(
    ("names", "trust", "words"),
    [
        (("127.0.0.1",), False, "由不认识的机构签发"),
        (("mail.other.example",), True, "不是这台服务器的"),
    ],
)
def test_a_certificate_that_cannot_be_trusted(
    names: tuple[str, ...], trust: bool, words: str, security: Security, trusted: Authority
) -> None:
    script = Script()
    with serving(script, security, trusted.context(*names)) as port:
        mail = mail_config(port, security, trusted.file if trust else "")
        answer = send(mail, PASSWORD, message(), TO)
    assert answer.state == "refused"
    assert words in answer.words
    assert not [each for each in script.heard if each.startswith(("AUTH", "MAIL"))]


def test_a_server_without_starttls_gets_nothing(trusted: Authority) -> None:
    script = Script()
    with serving(script, "starttls", None, tls=False) as port:
        answer = send(mail_config(port, "starttls", trusted.file), PASSWORD, message(), TO)
    assert answer.state == "refused"
    assert "不提供 STARTTLS" in answer.words
    assert [each.split()[0] for each in script.heard] == ["EHLO"]


def test_tls_asked_of_a_plain_port(trusted: Authority) -> None:
    script = Script()
    with serving(script, "starttls", trusted.context("127.0.0.1")) as port:
        answer = send(mail_config(port, "ssl", trusted.file), PASSWORD, message(), TO)
    assert answer == Reply("refused", answer.words)
    assert "不是 TLS 加密的端口" in answer.words


def test_no_password_without_tls() -> None:
    script = Script()
    with serving(script, "none", None) as port:
        answer = send(mail_config(port, "none"), PASSWORD, message(), TO)
        assert "不加密的连接上不发送密码" in answer.words
        assert script.heard == []
        open_ = send(mail_config(port, "none", username=""), "", message(), TO)
    assert open_.state == "accepted"


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        answer = send(mail_config(port, "ssl"), PASSWORD, message(), TO)
    assert answer.state == "temporary"
    assert "拒绝连接" in answer.words


def test_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    answer = send(mail_config(465, "ssl", host="smtp.yunling.example.cn"), PASSWORD, message(), TO)
    assert answer.state == "temporary"
    assert "找不到邮件服务器 smtp.yunling.example.cn" in answer.words


def test_a_file_that_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    for name in ("ca.pem", "missing.pem"):
        answer = send(mail_config(1, "ssl", tmp_path / name), PASSWORD, message(), TO)
        assert answer.state == "refused"
        assert "ca_file" in answer.words


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = mail_config(silent.getsockname()[1], "starttls")
        answer = send(mail, PASSWORD, message(), TO)
    assert answer.state == "temporary"
    assert "超时" in answer.words
