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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from threading import Timer
from typing import Any

from collector.bounded import TooLate, within
from collector.config.loading import Config, ConfigError
from collector.config.sections import MailConfig
from collector.mail.replies import Reply, Stage, of_failure, of_reply

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
#: Command → the stage that it begins.
_BEGINS: dict[str, Stage] = {
    "ehlo": "hello", "starttls": "tls", "auth": "login", "mail": "sender", "rcpt": "recipient", "data": "content",
}  # fmt: skip


class _Server(smtplib.SMTP):
    """smtplib's connection, which knows at what stage it is, and what was answered to the message."""

    stage: Stage = "connect"
    answer = (0, b"")

    def putcmd(self, cmd: str, args: str = "") -> None:
        self.stage = _BEGINS.get(cmd.lower(), self.stage)
        super().putcmd(cmd, args)

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # what is sent
        super().send(s)
        if self.stage == "content" and isinstance(s, bytes):  # commands are str
            assert self.sock is not None
            self.sock.settimeout(LAST_SECONDS)
            self.stage = "sent"  # from here on the server may have it, whatever we hear

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.answer = super().data(msg)
        return self.answer


class _SecureServer(_Server, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


def account_of(config: Config) -> tuple[MailConfig, str]:
    """The mail section, its paths absolute, and the password (empty: none is asked for). Raises ConfigError."""
    mail = config.mail
    if mail is None:
        raise ConfigError(
            "config.toml 里没有 [mail] 一节，发不了邮件。写法见 config.toml 里的例子或使用手册“每周邮件”"
        )
    password = config.secret(mail.password_env, mail.password_file, "[mail] 的密码（授权码）")
    if mail.username and not password:
        raise ConfigError("[mail] 写了 username，还要写 password_env 或 password_file（授权码）")
    ca_file = str(config.path(mail.ca_file)) if mail.ca_file else ""
    return mail.model_copy(update={"ca_file": ca_file}), password


def send(mail: MailConfig, password: str, message: EmailMessage, recipient: str) -> Reply:
    """Hand a message over to the server; never raises for what a server or a network may do.

    ``mail`` and ``password`` as ``account_of`` gives them; the envelope's sender is ``mail.sender``.
    """
    if not (mail.sender + recipient + mail.username + password).isascii():
        return Reply(
            "refused", "邮箱地址、用户名或授权码里有中文或全角字符，请改成半角的英文、数字"
        )
    if password and mail.security == "none":
        return Reply(
            "refused",
            '不加密的连接上不发送密码。请把 security 写成 "ssl" 或 "starttls"，或去掉 username',
        )
    try:
        context = ssl.create_default_context(cafile=mail.ca_file or None)
    except OSError:  # ssl.SSLError is one
        words = f"读不了 [mail] 的 ca_file（{mail.ca_file}），它应是 PEM 格式的证书文件"
        return Reply("refused", words)
    stage: Stage = "connect"
    said: bytes | str
    try:
        server = within(CONNECT_SECONDS, lambda: _connected(mail, context))
        try:
            with _ended(server):
                _hand_over(server, mail, password, context, message, recipient)
                code, said = server.answer
        finally:
            stage = server.stage
    except TooLate as problem:
        return of_failure(stage, TimeoutError(str(problem)), mail)
    except smtplib.SMTPResponseException as problem:
        code, said = problem.smtp_code, problem.smtp_error
    except smtplib.SMTPRecipientsRefused as problem:
        code, said = problem.recipients[recipient]
    except (smtplib.SMTPException, OSError) as problem:
        return of_failure(stage, problem, mail)
    text = said if isinstance(said, bytes) else said.encode()
    return of_reply(stage, code, text, hidden=(password, *_shown(mail.username, password)))


def _connected(mail: MailConfig, context: ssl.SSLContext) -> _Server:
    host, port = mail.host, mail.actual_port
    if mail.security == "ssl":
        return _SecureServer(host, port, _HELLO, timeout=SECONDS, context=context)
    return _Server(host, port, _HELLO, timeout=SECONDS)


@contextmanager
def _ended(server: _Server) -> Iterator[None]:
    """The connection is cut when all steps together take too long, and closed after them."""
    late = Timer(WHOLE_SECONDS, _cut, (server,))
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()
        with suppress(smtplib.SMTPException, OSError):  # the matter is settled by now
            server.putcmd("QUIT")  # its answer would tell nothing
        server.close()


def _cut(server: smtplib.SMTP) -> None:
    """End the connection under whatever step it is at; that step then fails as if the server had hung up."""
    with suppress(OSError):
        if server.sock is not None:
            # below TLS: its thread is in there
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


def _hand_over(
    server: _Server,
    mail: MailConfig,
    password: str,
    context: ssl.SSLContext,
    message: EmailMessage,
    recipient: str,
) -> None:
    """All steps after connecting. Raises what smtplib raises."""
    _greet(server)
    if mail.security == "starttls":
        server.stage = "tls"
        server.starttls(context=context)
        _greet(server)
    if mail.username:
        server.stage = "login"
        offered = server.esmtp_features.get("auth", "").upper().split()
        ways = [each for each in _WAYS if each in offered]
        if not ways:
            raise smtplib.SMTPNotSupportedError("AUTH")
        server.esmtp_features["auth"] = ways[0]  # smtplib would try all, one after the other
        try:
            server.login(mail.username, password)
        except binascii.Error as problem:  # a challenge that is none
            raise smtplib.SMTPNotSupportedError("AUTH") from problem
    server.sendmail(mail.sender, recipient, message.as_bytes(policy=POLICY))


def _greet(server: _Server) -> None:
    code, text = server.ehlo()
    if code != 250:
        raise smtplib.SMTPHeloError(code, text)


def _shown(username: str, password: str) -> tuple[str, ...]:
    """The password as it goes over the line, in case a server repeats it."""
    if not password:
        return ()
    pair = f"\0{username}\0{password}"
    return tuple(base64.b64encode(each.encode()).decode() for each in (password, pair))
