"""Telling people what has just happened: hits, early words, what broke and what works again; each once in its life.

What is new is marked as told, and a delivery for each recipient lined up, in one transaction. Each message is claimed
before the network is touched and settled after: killed in between, it is not known whether it went out (不明), and it
is not sent again. One that was surely not taken is tried again for a day. A recipient that fails does not stop the
others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from adapters.moments import DAY
from collector.announce import troubles
from collector.announce.news import KINDS, Entry, entries, mark, news
from collector.announce.recipients import ALL_CHATS, Recipient, Recipients, recipients_of
from collector.config.loading import Config
from collector.mail.replies import Reply
from reports.announcements import HEADS
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import deliveries, newsworthy
from storage.operations.deliveries import Delivery

#: Seconds until the next try, by the number of tries so far; the last one for every further try of the day.
AGAIN = (300, 600, 1_200, 2_400, 3_600, 7_200)
WORDS = {"hit": "爆款", "early": "预警", "trouble": "故障", "recovered": "恢复"}


@dataclass(frozen=True, slots=True)
class Announced:
    """What was told to whom, and what went wrong, a line each, in Chinese; no secret in it."""

    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class _Taken(Exception):
    """Another process is sending it."""


def announce(engine: Engine, config: Config, now: datetime) -> Announced:
    """Tell every recipient of config what it was not told yet, and try again what waits for it. To be called after
    every run, by any number of processes. Raises StorageError where the database cannot do its work.
    """
    at = seconds(now)
    with writing(engine) as connection:
        lost = [each for each in deliveries.abandon(connection, at) if each.what in KINDS]
        alarming = troubles.watch(connection, config, now)
        newsworthy.pass_over(connection, at - config.notify.max_age_days * DAY)
        there = any(news(connection, config, now, alarming).values()) or _due(connection, at)
    lines: list[str] = []
    problems = [f"{_about(each)}是否发出不明：{each.problem}" for each in lost]
    if there:
        to = recipients_of(config, now)
        with writing(engine) as connection:
            _line_up(connection, config, now, to, alarming)
            problems += _give_up(connection, at, to)
        for recipient in to.everyone:
            for kind in KINDS:
                for answer, told in _tell(engine, config, now, kind, recipient):
                    line = f"{recipient.name}：{WORDS[kind]} {told} 条，{answer.words}"
                    (lines if answer.state == "accepted" else problems).append(line)
    return Announced(tuple(lines), tuple(problems))


def _due(connection: Connection, at: int, kind: str = "", recipient: str = "") -> list[Delivery]:
    return [
        each
        for each in deliveries.waiting(connection, at, kind or None)
        if each.what in KINDS and recipient in ("", each.recipient)
    ]


def _about(delivery: Delivery) -> str:
    return f"{delivery.recipient}：{WORDS[delivery.what]}（编号 {delivery.number}）"


def _line_up(
    connection: Connection, config: Config, now: datetime, to: Recipients, alarming: list[int]
) -> None:
    """Mark what is new as told and line up its deliveries. Where nobody would hear of it, it stays new."""
    for kind, subjects in news(connection, config, now, alarming).items():
        hearing = [each for each in to.everyone if kind in each.hears]
        for recipient in hearing:
            for subject in subjects:
                deliveries.line_up(connection, kind, subject, recipient.name, seconds(now))
        if hearing and subjects:
            mark(connection, kind, subjects, seconds(now))


def _give_up(connection: Connection, at: int, to: Recipients) -> Iterator[str]:
    """What waits for somebody who is no longer there is not sent any more, and said. What waited for chats that config
    did not name properly goes to each of them that has not had it."""
    for each in _due(connection, at):
        if each.recipient == ALL_CHATS and not to.unknown:
            for name in to.chats:
                deliveries.line_up(connection, each.what, each.subject, name, at)
            words = "群机器人的地址已改好，改发到各群"
            deliveries.settle(connection, each.number, "superseded", at, problem=words)
        elif to.get(each.recipient) is None and (not to.unknown or at >= each.claimed_at + DAY):
            problem = f"config.toml 里已没有这个收件人；此前：{each.problem or '还没有发过'}"
            deliveries.settle(connection, each.number, "refused", at, problem=problem)
            yield f"{_about(each)}不再发送：{problem}"


def _tell(
    engine: Engine, config: Config, now: datetime, kind: str, recipient: Recipient
) -> Iterator[tuple[Reply, int]]:
    """Send what is due of a kind to a recipient in as few messages as it takes. Yields what came of each message, and
    of how many things it told."""
    while True:
        with reading(engine) as connection:
            due = _due(connection, seconds(now), kind, recipient.name)
            numbers = {each.subject: each.number for each in due}
            told = entries(connection, config, kind, numbers, now) if due else []
        standing = {subject for entry in told for subject in entry.subjects}
        _drop(engine, [n for subject, n in numbers.items() if subject not in standing], now)
        if not told:
            return
        yield from _send(engine, now, kind, recipient, told, numbers)


def _send(
    engine: Engine,
    now: datetime,
    kind: str,
    recipient: Recipient,
    told: list[Entry],
    numbers: dict[str, int],
) -> Iterator[tuple[Reply, int]]:
    """One message after the other, each claimed before and settled after. Ends early where another process has
    claimed some of it. After a message that did not go through the rest waits too."""
    head = HEADS[kind]
    title = told[0].title if len(told) == 1 else f"{head.partition('】')[2]}（{len(told)}条）"
    held: Reply | None = None
    spoilt: Reply | None = None  # the beginning of an entry that goes on in the next message
    for part in parts(head, [each.text for each in told], recipient.limit):
        mine = [numbers[subject] for at in part.ends for subject in told[at].subjects]
        if not _claim(engine, mine, now):
            return
        answer = held or recipient.send(title, part.text)
        if answer.state in ("temporary", "unclear") and held is None:
            held = Reply("temporary", f"前一条没有发成，等着再试：{answer.words}")
        answer = spoilt if spoilt is not None and answer.state == "accepted" else answer
        spoilt = answer if not part.ends and answer.state != "accepted" else None
        _settle(engine, mine, now, answer)
        yield answer, len(part.ends)


def _claim(engine: Engine, numbers: list[int], now: datetime) -> bool:
    """Claim all of these deliveries, or none."""
    try:
        with writing(engine) as connection:
            for number in numbers:
                if not deliveries.claim_again(connection, number, seconds(now)):
                    raise _Taken
    except _Taken:
        return False
    return True


def _drop(engine: Engine, numbers: list[int], now: datetime) -> None:
    if numbers:
        with writing(engine) as connection:
            for number in numbers:
                if deliveries.by_number(connection, number).state == "waiting":
                    problem = "已撤回或不再成立，没有发送"
                    deliveries.settle(
                        connection, number, "superseded", seconds(now), problem=problem
                    )


def _settle(engine: Engine, numbers: list[int], now: datetime, answer: Reply) -> None:
    """Note what came of a message; what was not taken for now gets another try, within a day of the first one."""
    at, words = seconds(now), None if answer.state == "accepted" else answer.words
    with writing(engine) as connection:
        for number in numbers:
            tried = deliveries.by_number(connection, number)
            again = at + AGAIN[min(tried.tries, len(AGAIN)) - 1]
            if answer.state != "temporary":
                deliveries.settle(connection, number, answer.state, at, problem=words)
            elif again <= tried.claimed_at + DAY:
                deliveries.settle(
                    connection, number, "waiting", at, problem=words, next_try_at=again
                )
            else:
                given_up = f"试了一天没有发成：{words}"
                deliveries.settle(connection, number, "refused", at, problem=given_up)


#: Bytes of the mark at the head of a part, ``（12/34）``, at its longest.
_MARK = len("（999/999）".encode())


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and the numbers of the entries that are told to their end when it has arrived."""

    text: str
    ends: tuple[int, ...]


def parts(head: str, entries: Sequence[str], limit: int) -> list[Message]:
    """``entries`` in as few messages of at most ``limit`` bytes as their order allows; each begins with ``head``, with
    ``（1/3）`` where there are several. An entry stays whole where one message can hold it; else it is parted
    between lines, and a line that alone is too long between characters."""
    room = limit - len(f"{head}\n".encode()) - _MARK
    if room < 8:
        raise ValueError(f"a message of {limit} bytes has no room beside its head")
    bodies: list[tuple[list[str], list[int]]] = []
    used = room  # so that the first piece opens the first part
    for number, entry in enumerate(entries):
        pieces = list(_pieces(entry, room))
        for place, piece in enumerate(pieces):
            gap = 1 if place == 0 and bodies and bodies[-1][0] else 0  # an empty line between two
            size = len(piece.encode()) + 1 + gap
            if used + size > room + 1:
                bodies.append(([], []))
                used, size, gap = 0, size - gap, 0
            bodies[-1][0].extend([""] * gap + [piece])
            used += size
            if place + 1 == len(pieces):
                bodies[-1][1].append(number)
    several = len(bodies) > 1
    return [
        Message(
            "\n".join((f"{head}（{at}/{len(bodies)}）" if several else head, *lines)),
            tuple(ends),
        )
        for at, (lines, ends) in enumerate(bodies, 1)
    ]


def _pieces(entry: str, room: int) -> Iterator[str]:
    """The entry as a whole, or where that is too long its lines, cut where they are too long."""
    if len(entry.encode()) <= room:
        yield entry
        return
    for line in entry.split("\n"):
        yield from _cut(line, room)


def _cut(line: str, room: int) -> Iterator[str]:
    start, size = 0, 0
    for at, character in enumerate(line):
        width = len(character.encode())
        if size + width > room:
            yield line[start:at]
            start, size = at, 0
        size += width
    yield line[start:]
