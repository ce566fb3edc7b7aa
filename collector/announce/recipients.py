"""To whom announcements go: the addresses of [mail] and the chats of [notify], all alike from here on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from collector.announce.channels.configured import channels
from collector.config.loading import Config, ConfigError
from collector.config.sections import MailConfig
from collector.mail.answers import Answer

#: What a recipient may hear of.
HITS, TROUBLES = frozenset({"hit", "early"}), frozenset({"trouble", "recovered"})
#: Bytes in a mail; nobody reads more.
_MAIL_LIMIT = 200_000
#: Stands for all chats where config does not say which they are.
CHATS = "群通知"


@dataclass(frozen=True, slots=True)
class Recipient:
    """``name`` holds no secret; ``hears`` are the kinds of announcements; ``send`` takes (title, text) of at most
    ``limit`` bytes and never raises for what a server or a network may do."""

    name: str
    hears: frozenset[str]
    limit: int
    send: Callable[[str, str], Answer]


@dataclass(frozen=True, slots=True)
class Recipients:
    """``unknown``: there may be chats that config does not let us see."""

    everyone: tuple[Recipient, ...]
    unknown: bool = False
    chats: tuple[str, ...] = ()  # the names of those that are chats

    def get(self, name: str) -> Recipient | None:
        return next((each for each in self.everyone if each.name == name), None)


def recipients_of(config: Config, now: datetime) -> Recipients:
    """Everybody that config names. Chats that it does not name properly are one recipient, which takes nothing and
    says why; what waits for it goes to the chats once they are named (announcing)."""
    found = _mailboxes(config, now)
    chats = channels(config)
    found += [
        Recipient(
            chat.name,
            HITS | TROUBLES,
            chat.limit,
            lambda _title, text, send=chat.send: send(text),  # type: ignore[misc]
        )
        for chat in chats.usable
    ]
    if chats.problems:
        refusal = Answer("temporary", "；".join(chats.problems))
        found.append(Recipient(CHATS, HITS | TROUBLES, _MAIL_LIMIT, lambda _title, _text: refusal))
    names = tuple(each.name for each in chats.usable)
    return Recipients(tuple(found), unknown=bool(chats.problems), chats=names)


def _mailboxes(config: Config, now: datetime) -> list[Recipient]:
    mail = config.mail
    if mail is None:
        return []
    hears = HITS | TROUBLES if mail.hits else TROUBLES
    return [
        Recipient(
            address,
            hears,
            _MAIL_LIMIT,
            lambda title, text, to=address: _send(config, now, to, title, text),  # type: ignore[misc]
        )
        for address in dict.fromkeys(mail.to)
    ]


def _send(config: Config, now: datetime, to: str, title: str, text: str) -> Answer:
    from collector.mail.smtp import account_of, send

    try:
        mail, password = account_of(config)
    except ConfigError as problem:
        return Answer("temporary", str(problem))
    return send(mail, password, _message(config, mail, now, to, title, text), to)


def _message(
    config: Config, mail: MailConfig, now: datetime, to: str, title: str, text: str
) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = title
    message["From"] = formataddr((f"{config.centre.name} 爆款", mail.sender))
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n")
    return message
