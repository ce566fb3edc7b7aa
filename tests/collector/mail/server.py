# ruff: noqa: N802 -- aiosmtpd names its hooks after the commands
"""A mail server of this machine that answers, or hangs up, as a test says."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from collector.config.sections import MailConfig

USER, PASSWORD = "xmt@yunling.example.cn", "shouquanma123456"
HANG_UP = "hang up"
SILENCE = "silence"  # after the dot: no answer at all
Security = Literal["ssl", "starttls", "none"]


@dataclass
class Script:
    """Stage (connect, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, dot) → the answer, or HANG_UP; other stages go well.
    ``heard``: the commands of every connection, and what followed AUTH. ``taken``: messages whose dot arrived."""

    answers: Mapping[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    taken: list[Envelope] = field(default_factory=list)
    arrived: Event = field(default_factory=Event)  # a message has been taken


class _Server(SMTP):
    def __init__(self, script: Script, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self.script = script
        self.greeted = False

    async def _answered(self, stage: str, argument: str | None = "") -> bool:
        """Whether the script has dealt with a stage."""
        self.script.heard.append(f"{stage} {argument or ''}".strip())
        answer = self.script.answers.get(stage)
        if answer == HANG_UP:
            self._hang_up()
        elif answer is not None:
            await self.push(answer)
        return answer is not None

    def _hang_up(self) -> None:
        transport: Any = self.transport
        transport.abort()

    async def push(self, status: Any) -> None:
        answer = None if self.greeted else self.script.answers.get("connect")
        self.greeted = True
        if answer == HANG_UP:
            self._hang_up()
        else:
            said = answer or status
            await super().push(said.encode("gb18030") if isinstance(said, str) else said)

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._answered("EHLO", hostname):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._answered("STARTTLS", arg):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._answered("AUTH", arg):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._answered("MAIL", arg):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._answered("RCPT", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._answered("DATA", arg):
            await super().smtp_DATA(arg)

    async def handle_dot(self, envelope: Envelope) -> str:
        self.script.taken.append(envelope)
        self.script.arrived.set()
        answer = self.script.answers.get("dot", "250 OK queued as 7")
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            self._hang_up()
        return answer


class _Handler:
    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
        return await server.handle_dot(envelope)


def _known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.login == USER.encode()
    return AuthResult(success=bool(good and data.password == PASSWORD.encode()), handled=False)


@dataclass(frozen=True, eq=False)
class Authority:
    """A certificate authority of this machine: ``file`` holds its certificate."""

    ca: trustme.CA
    file: Path

    @cache  # noqa: B019  # as long as the tests of a module
    def context(self, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(*names).configure_cert(context)
        return context


def authority(folder: Path) -> Authority:
    ca = trustme.CA()
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return Authority(ca, path)


@contextmanager
def serving(
    script: Script, security: Security, context: ssl.SSLContext | None, *, tls: bool = True
) -> Iterator[int]:
    """The port of a server that follows ``script``. ``tls`` False: STARTTLS is not offered."""

    class Serving(Controller):
        def factory(self) -> SMTP:
            return _Server(
                script,
                self.handler,
                authenticator=_known,
                auth_require_tls=security == "starttls" and tls,
                tls_context=context if security == "starttls" and tls else None,
                hostname="mail.example.cn",
            )

        def _trigger_server(self) -> None:
            """It would ask the port it was told, which is 0: any."""
            self.smtpd = _Server(script, self.handler, loop=self.loop)
            self._factory_invoked.set()

    controller = Serving(
        _Handler(),
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if security == "ssl" else None,
    )
    controller.start()
    try:
        yield int(controller.server.sockets[0].getsockname()[1])  # type: ignore[union-attr]
    finally:
        controller.stop()


def mail_config(
    port: int, security: Security, ca_file: Path | str = "", **others: Any
) -> MailConfig:
    return MailConfig.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "security": security,
            "ca_file": str(ca_file),
            "username": USER,
            "from": USER,
            "to": ["zhuren@yunling.example.cn"],
            "password_env": "MAIL_PASSWORD",
        }
        | others
    )
