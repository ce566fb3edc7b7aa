"""The weekly mail of the newest complete week: built once, sent to each recipient at most once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from functools import cache

from sqlalchemy import Engine

from adapters.moments import DAY
from collector import due_exports
from collector.config.loading import Config
from collector.mail.delivering import WEEKLY, Sent, deliver, settle_lost
from collector.mail.smtp import account_of
from collector.source_states import ending
from collector.summaries import centre_of, present
from reports.documents.writing import DocumentError, write
from reports.figures import missing
from reports.mail import messages
from reports.mail.rendering import Rendered, render
from reports.periods import Period, parse_period
from reports.weekly import Weekly, build
from reports.weekly.weeks import after, newest_complete, short
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import deliveries
from storage.operations.deliveries import State
from storage.operations.jobs import misses

#: More missed due times than this are counted only.
_MISSES = 10


def due_week(config: Config, now: datetime) -> Period:
    """The week that a mail sent at ``now`` is about."""
    return newest_complete(now, config.centre.week_starts)


def send_weekly(
    engine: Engine,
    config: Config,
    now: datetime,
    *,
    week: Period | None = None,
    to: Sequence[str] | None = None,
    again: Collection[State] = (),
) -> list[Sent]:
    """Send the mail of the newest complete week (or of ``week``) to whom it has not been sent; earlier weeks that
    were missed are named in it and recorded as superseded. Raises ConfigError where mail is not set up.

    ``again``: states from which a person wants it sent once more; the service wants none.
    """
    mail, _ = account_of(config)
    settle_lost(engine, now)
    chosen = week or due_week(config, now)
    unsent = [] if week is not None else _unsent(engine, chosen, mail.to, now)

    @cache  # once for all recipients, and only where it is needed
    def parts() -> tuple[Weekly, Rendered]:
        value, rendered = made(engine, config, chosen, now, [short(each) for each in unsent])
        path = config.path(mail.folder) / WEEKLY / f"{messages.file_name(value)}.html"
        with suppress(
            DocumentError
        ):  # where the disk does not let us, the mail is sent all the same
            write(path, rendered.html.encode())
        return value, rendered

    def message(recipient: str) -> EmailMessage:
        envelope = messages.Envelope(config.centre.name, mail.sender, recipient, now)
        return messages.weekly(envelope, *parts())

    found = deliver(engine, config, chosen.name, message, now, to=to, again=again)
    if unsent and to is None:
        with writing(engine) as connection:
            for each in unsent:
                for recipient in mail.to:
                    deliveries.supersede(
                        connection, WEEKLY, each.name, recipient, seconds(now), short(chosen)
                    )
    return found


def made(
    engine: Engine, config: Config, week: Period, now: datetime, unsent: Sequence[str] = ()
) -> tuple[Weekly, Rendered]:
    """The value of a week's mail as it stands at ``now``, and its parts. A template of the centre's own that cannot be
    used keeps no mail back: the paper takes ours, and the mail says what is wrong."""
    value = _weekly(engine, config, week, now, unsent)
    try:
        return value, render(value)
    except DocumentError as problem:
        if not value.whole.centre.template:
            raise
        value = _weekly(engine, config, week, now, unsent, fault=str(problem))
        return value, render(value)


def _weekly(
    engine: Engine,
    config: Config,
    week: Period,
    now: datetime,
    unsent: Sequence[str],
    fault: str = "",
) -> Weekly:
    """``fault``: why the centre's own template is not used."""
    centre = replace(centre_of(config), template="") if fault else centre_of(config)
    with reading(engine) as connection:
        missed = misses(connection, seconds(week.start), seconds(now))
        lines = [missing.line(each, now) for each in missed[:_MISSES]]
        if len(missed) > _MISSES:
            lines.append(f"另有{len(missed) - _MISSES}段时间没有按时运行，见 collect status")
        if fault:
            lines.append(f"附上的呈报稿用的是程序自带的模板。{fault}")
        lines += ending(config, now)
        return build(
            connection,
            centre,
            week,
            as_of=now,
            known_by=present(connection, now),
            missed=lines,
            unsent=unsent,
            due=list(due_exports.lines(due_exports.due(connection, config, now))),
        )


def _unsent(engine: Engine, due: Period, to: Collection[str], now: datetime) -> list[Period]:
    """Weeks between the last one that a server took (or may have taken) for one of ``to`` and the due one; none where
    no mail was ever sent to them."""
    with reading(engine) as connection:
        known = [
            each
            for each in deliveries.of(connection, WEEKLY)
            if each.recipient in to and each.claimed_at <= seconds(now) + DAY
        ]
    mails = sorted(
        ((parse_period(each.subject), each) for each in known), key=lambda each: each[0].start
    )
    earlier = [each for each in mails if each[0].start < due.start]
    if not earlier:
        return []
    gone = [week for week, each in earlier if each.state in ("accepted", "unclear", "superseded")]
    week = after(max(gone, key=lambda each: each.start)) if gone else earlier[0][0]
    found = []
    while week.start < due.start:
        found.append(week)
        week = after(week)
    return found
