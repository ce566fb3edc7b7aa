"""A simulated year of weekly mails: the machine off at random, servers in every mood, processes that die while sending.
Every due week reaches a server at most once for each recipient, and every one that did not is told of."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.moments import SHANGHAI
from collector.config.loading import load
from collector.mail import delivering, mailing
from collector.mail.mailing import due_week, send_weekly
from collector.mail.replies import Reply
from reports.mail import messages
from reports.periods import Period
from storage import database
from storage.operations.deliveries import PATIENCE, of
from tests.collector.mail.server import USER
from tests.reports import week

START, DAYS = datetime(2026, 1, 1, tzinfo=SHANGHAI), 380
TO = ("a@x.example", "b@x.example")
_MOODS = (
    "accepted",
    "accepted",
    "temporary",
    "temporary",
    "refused",
    "unclear",
    "dies",
    "dies after",
)
_MAIL = f"""
[mail]
host = "localhost"
security = "none"
from = "{USER}"
to = ["{TO[0]}", "{TO[1]}"]
"""


class _Died(BaseException):
    pass


class _Server:
    """``taken``: (week, recipient) → how often the server had the whole message. ``named``: weeks that mails name."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.taken: Counter[tuple[str, str]] = Counter()
        self.named = 0

    def send(self, mail: Any, password: str, message: EmailMessage, recipient: str) -> Reply:
        self.named += int(message["X-Unsent"])
        mood = self.chance.choice(_MOODS)
        if mood in ("accepted", "dies after") or (mood == "unclear" and self.chance.random() < 0.5):
            self.taken[message["Subject"], recipient] += 1
        if mood.startswith("dies"):
            raise _Died
        return Reply(mood, mood)  # type: ignore[arg-type]


def _message(envelope: Any, period: Period, rendered: Any) -> EmailMessage:
    """The subject is the week's name alone."""
    made = EmailMessage()
    made["Subject"], made["To"] = period.name, envelope.recipient
    made["X-Unsent"] = str(len(rendered.unsent))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_each_week_at_most_once(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    server = _Server(chance)
    monkeypatch.setattr(delivering, "send", server.send)
    monkeypatch.setattr(
        mailing,
        "made",
        lambda _engine, _config, week, _now, unsent: (
            week,
            SimpleNamespace(html="", unsent=unsent),
        ),
    )
    monkeypatch.setattr(messages, "file_name", lambda period: period.name)
    monkeypatch.setattr(messages, "weekly", _message)
    (tmp_path / "config.toml").write_text(week.CONFIG + _MAIL, encoding="utf-8")
    config = load(tmp_path / "config.toml")
    engine = database.open_database(config.database_url)
    database.prepare(engine, START)
    now = START
    due: list[Period] = []
    while now < START + timedelta(days=DAYS):
        now += timedelta(hours=11)
        if chance.random() < 0.04:  # off for up to five weeks
            now += timedelta(hours=chance.randrange(840))
        try:
            if not due or due[-1] != due_week(config, now):  # the job runs once a due week
                due.append(due_week(config, now))
                send_weekly(engine, config, now)
            delivering.retry(engine, config, now)
        except _Died:
            now += timedelta(seconds=chance.randrange(2 * PATIENCE))
    with database.reading(engine) as connection:
        rows = of(connection, "weekly")
    engine.dispose()
    states = {(each.subject, each.recipient): each.state for each in rows}
    assert len(states) == len(rows)
    assert max(server.taken.values()) == 1
    for key, number in server.taken.items():
        assert number == 1
        assert states[key] in ("accepted", "unclear", "claimed"), key
    for key, state in states.items():
        assert (state == "accepted") <= (server.taken[key] == 1), key
    sure = {period.name for period in due}
    assert {subject for subject, _ in states} >= sure
    superseded = {subject for (subject, _), state in states.items() if state == "superseded"}
    assert len(superseded) > 3
    assert server.named
