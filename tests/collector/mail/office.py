"""A centre with the week of tests/reports/week.py in its database, and the mail server that it sends to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import Envelope
from click.testing import CliRunner, Result

from collector.app import App
from collector.cli import main
from collector.mail import delivering
from collector.mail.delivering import Sent
from collector.mail.mailing import send_weekly
from tests.collector.mail.server import Script
from tests.reports.week import NOW

ONE, TWO = "zhuren@yunling.example.cn", "zongbianshi@yunling.example.cn"
WEEK = timedelta(days=7)


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
            return delivering.retry(app.engine, app.config, now)
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


def part(message: EmailMessage, kind: str) -> EmailMessage:
    return next(
        each
        for each in message.walk()
        if each.get_content_type() == kind and isinstance(each, EmailMessage)
    )
