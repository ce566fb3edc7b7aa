"""One message to one recipient through the centre's mail server, and what the server said of it.

TLS from the first byte, or STARTTLS; certificates are verified, there is no way back to plain text, and the password
is sent inside TLS only. Only one way of logging in is tried: a second wrong try may lock the mailbox.
"""

from __future__ import annotations

import base64
import binascii
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from threading import Timer
from typing import Any

from collector.bounded import TooLate, within
from collector.config.loading import Config, ConfigError
from collector.config.secrets import read_secret
from collector.config.sections import MailConfig
from collector.mail.smtp_words import Answer, Stage, of_failure, of_reply, refused

#: Of one step (connecting, a command, the message); the answer to the message itself may take longer.
SECONDS, LAST_SECONDS = 30, 120
#: Of getting connected, and of all steps after that: a server that drips keeps every step within its time.
CONNECT_SECONDS, WHOLE_SECONDS = 60.0, 300.0
#: 7-bit: every server takes it, and no line is longer than 998 signs.
POLICY = SMTP.clone(cte_type="7bit")
#: What the program calls itself: the machine's own name may be Chinese, and is nobody's business.
_HELLO = "[127.0.0.1]"
#: Ways of logging in, by preference; within TLS all of them are safe.
_WAYS = ("PLAIN", "LOGIN", "CRAM-MD5")


class _Said(Exception):
    """The server answered a step with a code that ends the matter."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(slots=True)
class _Road:
    """How far a sending has come."""

    stage: Stage = "connect"


def account_of(config: Config) -> tuple[MailConfig, str]:
    """The mail section, its paths absolute, and the password (empty: none is asked for). Raises ConfigError."""
    mail = config.mail
    if mail is None:
        raise ConfigError(
            "config.toml 里没有 [mail] 一节，发不了邮件。写法见 config.toml 里的例子或使用手册“每周邮件”"
        )
    password = read_secret(config, mail.password_env, mail.password_file, "[mail] 的密码（授权码）")
    if mail.username and not password:
        raise ConfigError("[mail] 写了 username，还要写 password_env 或 password_file（授权码）")
    ca_file = str(config.path(mail.ca_file)) if mail.ca_file else ""
    return mail.model_copy(update={"ca_file": ca_file}), password


def send(mail: MailConfig, password: str, message: EmailMessage, recipient: str) -> Answer:
    """Hand a message over to the server; never raises for what a server or a network may do.

    ``mail`` and ``password`` as ``account_of`` gives them; the envelope's sender is ``mail.sender``.
    """
    if not (mail.sender + recipient + mail.username + password).isascii():
        return refused("邮箱地址、用户名或授权码里有中文或全角字符，请改成半角的英文、数字")
    if password and mail.security == "none":
        return refused(
            '不加密的连接上不发送密码。请把 security 写成 "ssl" 或 "starttls"，或去掉 username'
        )
    try:
        context = ssl.create_default_context(cafile=mail.ca_file or None)
    except OSError:  # ssl.SSLError is one
        return refused(f"读不了 [mail] 的 ca_file（{mail.ca_file}），它应是 PEM 格式的证书文件")
    road = _Road()
    try:
        code, text = _hand_over(road, mail, password, context, message, recipient)
    except _Said as said:
        code, text = said.code, said.text
    except smtplib.SMTPConnectError as problem:  # a greeting other than 220
        code, text = problem.smtp_code, _bytes(problem.smtp_error)
    except (smtplib.SMTPException, OSError) as problem:
        return of_failure(road.stage, problem, mail)
    return of_reply(road.stage, code, text, hidden=(password, *_shown(mail.username, password)))


def _hand_over(
    road: _Road,
    mail: MailConfig,
    password: str,
    context: ssl.SSLContext,
    message: EmailMessage,
    recipient: str,
) -> tuple[int, bytes]:
    """All steps; the server's answer to the whole message. Raises _Said where a step was refused."""
    try:
        server = within(CONNECT_SECONDS, lambda: _connect(mail, context))
    except TooLate as problem:  # nothing was said to it yet
        raise TimeoutError from problem
    late = Timer(WHOLE_SECONDS, _cut, (server,))
    late.daemon = True
    late.start()
    try:
        road.stage = "hello"
        _good(server.ehlo(), 250)
        if mail.security == "starttls":
            road.stage = "tls"
            if not server.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError("STARTTLS")
            _good(server.starttls(context=context), 220)
            _good(server.ehlo(), 250)
        if mail.username:
            road.stage = "login"
            _log_in(server, mail.username, password)
        return _transfer(road, server, mail.sender, recipient, message.as_bytes(policy=POLICY))
    finally:
        late.cancel()
        with suppress(smtplib.SMTPException, OSError):  # the matter is settled by now
            server.putcmd("QUIT")  # its answer would tell nothing
        server.close()


def _cut(server: smtplib.SMTP) -> None:
    """End the connection under whatever step it is at; that step then fails as if the server had hung up."""
    with suppress(OSError):
        if server.sock is not None:
            socket.socket.shutdown(
                server.sock, socket.SHUT_RDWR
            )  # below TLS: its thread is in there


def _connect(mail: MailConfig, context: ssl.SSLContext) -> smtplib.SMTP:
    host, port = mail.host, mail.actual_port
    if mail.security == "ssl":
        return smtplib.SMTP_SSL(host, port, local_hostname=_HELLO, timeout=SECONDS, context=context)
    return smtplib.SMTP(host, port, local_hostname=_HELLO, timeout=SECONDS)


def _log_in(server: smtplib.SMTP, username: str, password: str) -> None:
    offered = server.esmtp_features.get("auth", "").upper().split()
    way = next((each for each in _WAYS if each in offered), None)
    if way is None:
        raise smtplib.SMTPNotSupportedError("AUTH")
    server.user, server.password = username, password
    answers: dict[str, Any] = {
        "PLAIN": server.auth_plain,
        "LOGIN": server.auth_login,
        "CRAM-MD5": server.auth_cram_md5,
    }
    try:
        server.auth(way, answers[way])
    except smtplib.SMTPAuthenticationError as problem:
        raise _Said(problem.smtp_code, _bytes(problem.smtp_error)) from problem
    except binascii.Error as problem:  # a challenge that is none
        raise smtplib.SMTPNotSupportedError("AUTH") from problem


def _transfer(
    road: _Road, server: smtplib.SMTP, sender: str, recipient: str, content: bytes
) -> tuple[int, bytes]:
    road.stage = "sender"
    limit = server.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(content):
        raise _Said(552, f"SIZE {limit} < {len(content)}".encode())
    _good(server.mail(sender, [f"size={len(content)}"] if server.has_extn("size") else []), 250)
    road.stage = "recipient"
    _good(server.rcpt(recipient), 250, 251)
    road.stage = "content"
    _good(server.docmd("DATA"), 354)
    server.send(_with_dot(content))
    assert server.sock is not None
    server.sock.settimeout(LAST_SECONDS)
    road.stage = "sent"  # from here on the server may have it, whatever we hear
    return server.getreply()


def _with_dot(content: bytes) -> bytes:
    """The message as it goes over the line: dots at the front of lines doubled, a lone dot at its end."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + each if each.startswith(b".") else each for each in lines) + (
        b"\r\n.\r\n"
    )


def _good(reply: tuple[int, bytes], *codes: int) -> None:
    if reply[0] not in codes:
        raise _Said(*reply)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _shown(username: str, password: str) -> tuple[str, ...]:
    """The password as it goes over the line, in case a server repeats it."""
    if not password:
        return ()
    pair = f"\0{username}\0{password}"
    return tuple(base64.b64encode(each.encode()).decode() for each in (password, pair))
