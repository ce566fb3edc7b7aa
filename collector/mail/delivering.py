"""The weekly mail on its way: claimed in the database, written to disk, handed to the server, and what came of it.

Nothing goes out that was not claimed first, and nothing claimed is claimed again: what a process that died may have
sent is ``unclear`` and is sent again only where a person asks for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage

from sqlalchemy import Engine

from adapters.moments import DAY
from collector.config.loading import Config
from collector.config.sections import MailConfig
from collector.mail.replies import Reply
from collector.mail.smtp import POLICY, account_of, send
from collector.words import minute, said
from reports.documents.writing import DocumentError, write
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import deliveries
from storage.operations.deliveries import Delivery, State

#: Seconds between a temporary refusal and the next try; the last stands for all further ones.
BACKOFF = (300, 900, 3_600, 10_800)
#: What the weekly mail is called among deliveries; its subject is the week.
WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a message to one recipient. ``tried`` is False where it had been dealt with before; ``text`` says
    it in Chinese."""

    recipient: str
    state: State
    text: str
    tried: bool

    @property
    def good(self) -> bool:
        return self.state in ("accepted", "superseded")


def deliver(
    engine: Engine,
    config: Config,
    week: str,
    build: Callable[[str], EmailMessage],
    now: datetime,
    *,
    to: Sequence[str] | None = None,
    again: Collection[State] = (),
) -> list[Sent]:
    """Send a week's mail to each recipient (``to``: other ones than config's) who has not been dealt with yet.

    ``build`` makes the message for an address; ``again``: states from which it is tried once more. What was claimed
    on a day to come, by a clock that was ahead, does not count. Raises ConfigError where the mail section cannot be
    used, before anything is claimed.
    """
    mail, password = account_of(config)
    at, found = seconds(now), []
    for recipient in mail.to if to is None else to:
        with reading(engine) as connection:
            known = deliveries.one(connection, WEEKLY, week, recipient)
        states = set(again)
        if known is not None and known.claimed_at > at + DAY:
            states.add(known.state)
        if known is not None and known.state not in states:
            found.append(Sent(recipient, known.state, words_of(known), tried=False))
            continue
        message = build(recipient)
        path = _keep(config, mail, week, recipient, message)
        with writing(engine) as connection:
            if known is None:
                number = deliveries.claim(connection, WEEKLY, week, recipient, at, path=path)
            else:
                mine = deliveries.claim_again(
                    connection, known.number, at, states=states, path=path
                )
                number = known.number if mine else None
        if number is not None:
            reply = send(mail, password, message, recipient)
            found.append(_settle(engine, number, reply, now))
    return found


def retry(engine: Engine, config: Config, now: datetime) -> list[Sent]:
    """Try again what ``deliver`` could not send for the time being and is due; given up where config has no mail
    section any more. Raises ConfigError."""
    settle_lost(engine, now)
    with reading(engine) as connection:
        due = deliveries.waiting(connection, seconds(now), WEEKLY)
    if due and config.mail is None:
        text = "config.toml 里已没有 [mail] 一节，不再发送"
        return [_settle(engine, each.number, Reply("refused", text), now) for each in due]
    if not due:
        return []
    mail, password = account_of(config)
    found = []
    for each in due:
        with writing(engine) as connection:
            claimed = deliveries.claim_again(connection, each.number, seconds(now))
        if not claimed:
            continue
        try:
            message = _kept(config, mail, each)
        except OSError as problem:
            text = f"找不到要重发的邮件 {each.path}（{said(problem)}），没有再发"
            reply = Reply("refused", text)
        else:
            reply = send(mail, password, message, each.recipient)
        found.append(_settle(engine, each.number, reply, now))
    return found


def settle_lost(engine: Engine, now: datetime) -> None:
    """Claims of processes that died are unclear from now on."""
    with reading(engine) as connection:
        lost = deliveries.lost(connection, seconds(now), WEEKLY)
    if lost:
        with writing(engine) as connection:
            deliveries.abandon(connection, seconds(now), WEEKLY)


def words_of(delivery: Delivery) -> str:
    """What became of a delivery, in Chinese; ``accepted`` is the server's word, nobody knows of more."""
    when = minute(delivery.settled_at or delivery.claimed_at)
    problem = f"：{delivery.problem}" if delivery.problem else ""
    if delivery.state == "waiting":
        assert delivery.next_try_at is not None
        return f"{when} 暂时没有发出，{minute(delivery.next_try_at)} 以后再试{problem}"
    return {
        "claimed": f"{minute(delivery.claimed_at)} 开始发送，还没有结果",
        "accepted": f"{when} 服务器已接收",
        "refused": f"{when} 没有发出{problem}",
        "unclear": f"{when} 是否送达不明，不会自动重发{problem}",
        "superseded": f"没有发出，由{delivery.problem}的一封代替",
    }[delivery.state]


def _settle(engine: Engine, number: int, answer: Reply, now: datetime) -> Sent:
    """Note what came of a try. After a temporary refusal there is another one, within a day of the first."""
    at = seconds(now)
    with writing(engine) as connection:
        claimed = deliveries.by_number(connection, number)
        last = claimed.claimed_at + DAY
        state: State = "refused"
        problem, again = answer.words, None
        if answer.state != "temporary":
            state = answer.state
        elif at < last:
            state, again = "waiting", min(at + BACKOFF[min(claimed.tries, len(BACKOFF)) - 1], last)
        else:
            problem = f"一天内未能送出：{problem}"
        deliveries.settle(connection, number, state, at, problem=problem, next_try_at=again)
        settled = deliveries.by_number(connection, number)
    return Sent(settled.recipient, state, words_of(settled), tried=True)


def _keep(
    config: Config, mail: MailConfig, week: str, recipient: str, message: EmailMessage
) -> str | None:
    """Write a message below the mail folder; where, relative to it; None where the disk does not let us: the mail
    is then sent all the same, but not again."""
    mark = hashlib.sha256(f"{week}\n{recipient}".encode()).hexdigest()[:8]
    name = f"{WEEKLY}/{_fit(week)}-{_fit(recipient)}-{mark}.eml"
    try:
        write(config.path(mail.folder) / name, message.as_bytes(policy=POLICY))
    except DocumentError:
        return None
    return name


def _kept(config: Config, mail: MailConfig, delivery: Delivery) -> EmailMessage:
    """The message as it was first sent. Raises OSError. A path that the database names leads to no other file."""
    folder = config.path(mail.folder).resolve()
    path = (folder / (delivery.path or "")).resolve()
    if not path.is_relative_to(folder) or path.suffix != ".eml":
        raise FileNotFoundError("邮件没有存下来")
    content = path.read_bytes()
    return message_from_bytes(content, _class=EmailMessage, policy=POLICY)


def _fit(text: str) -> str:
    """A part of a file name."""
    return re.sub(r"[^\w.@-]+", "_", text)[:60].strip("._") or "_"
