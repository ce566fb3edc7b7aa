"""To whom announcements go: the addresses of [mail] and the group chats of [notify], all alike from here on.

Chats are Apprise addresses, one a line. They hold secrets, so a chat goes by a name that says its kind, its place in the
list and a piece of a hash of its address.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from collector.announce.chats import CHATS, WHOLE_SECONDS, post
from collector.bounded import TooLate, within
from collector.config.loading import Config, ConfigError
from collector.mail.replies import Reply

#: What a recipient may hear of.
HITS, TROUBLES = frozenset({"hit", "early"}), frozenset({"trouble", "recovered"})
#: Bytes in a mail; nobody reads more.
_MAIL_LIMIT = 200_000
#: Stands for all chats where config does not say which they are.
ALL_CHATS = "群通知"
#: The address that a chat itself shows when a robot is added → the Apprise address it stands for.
_SHOWN = {
    r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)": r"dingtalk://\1/",
    r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?": r"feishu://\1/",
    r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)/?": r"lark://\1/",
}
_INSTALL = "没有安装群通知的组件，请运行 pip install baokuan[notify]"


@dataclass(frozen=True, slots=True)
class Recipient:
    """``name`` holds no secret; ``hears`` are the kinds of announcements; ``send`` takes (title, text) of at most
    ``limit`` bytes and never raises for what a server or a network may do."""

    name: str
    hears: frozenset[str]
    limit: int
    send: Callable[[str, str], Reply] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chats:
    """The chats that can be used, and in Chinese what is wrong with the others."""

    usable: tuple[Recipient, ...] = ()
    problems: tuple[str, ...] = ()


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
    chats = chats_of(config)
    found = [*_mailboxes(config, now), *chats.usable]
    if chats.problems:
        refusal = Reply("temporary", "；".join(chats.problems))
        found.append(
            Recipient(ALL_CHATS, HITS | TROUBLES, _MAIL_LIMIT, lambda _title, _text: refusal)
        )
    names = tuple(each.name for each in chats.usable)
    return Recipients(tuple(found), unknown=bool(chats.problems), chats=names)


def chats_of(config: Config) -> Chats:
    """The chats of config. Never raises: what cannot be read is a problem in words, without the secret."""
    notify = config.notify
    try:
        text = config.secret(notify.urls_env, notify.urls_file, "[notify]")
    except ConfigError as problem:
        return Chats(problems=(str(problem),))
    lines = list(_addresses(text))
    if not lines:
        told = notify.urls_env or notify.urls_file
        return Chats(problems=("[notify]：没有写群机器人的地址",) if told else ())
    try:
        plugins = _plugins(lines)
    except ImportError:
        return Chats(problems=(f"[notify]：{_INSTALL}",))
    seen: Counter[str] = Counter()
    usable: dict[str, Recipient] = {}
    problems = []
    for number, address in lines:
        plugin = plugins[address]
        if plugin is None:
            problems.append(
                f"[notify]：第{number}行的地址看不懂，请照手册核对（例如 wecombot://机器人的key/）"
            )
            continue
        digest = hashlib.sha256(address.encode()).hexdigest()[:6]
        if digest not in usable:
            usable[digest] = _chat(plugin, digest, seen)
    return Chats(tuple(usable.values()), tuple(problems))


def _addresses(text: str) -> Iterator[tuple[int, str]]:
    """(line, address); a variable of systemd has one line only, so spaces part them too. Remarks are skipped."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        for address in line.split():
            meant = (
                re.sub(f"^{shown}$", each, address)
                for shown, each in _SHOWN.items()
                if re.match(f"^{shown}$", address)
            )
            yield number, next(meant, address)


def _plugins(lines: list[tuple[int, str]]) -> Mapping[str, Any]:
    """Address → what Apprise makes of it, None where it is nothing. Raises ImportError where Apprise is not
    installed. Its log is shut: it prints addresses."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    logging.getLogger("urllib3").setLevel(logging.INFO)  # DEBUG writes addresses too
    return {address: apprise.Apprise.instantiate(address) for _, address in lines}


def _chat(plugin: Any, digest: str, seen: Counter[str]) -> Recipient:
    scheme = plugin.secure_protocol or plugin.protocol
    chat = CHATS.get(scheme if isinstance(scheme, str) else scheme[0])
    kind = str(plugin.service_name) if chat is None else chat.name
    seen[kind] += 1
    name = f"{kind}#{seen[kind]}-{digest}"
    if chat is not None:
        return Recipient(
            name, HITS | TROUBLES, chat.limit, lambda _title, text: post(chat, plugin, text)
        )
    limit = int(plugin.body_maxlen)
    return Recipient(name, HITS | TROUBLES, limit, lambda _title, text: _notify(plugin, kind, text))


def _notify(plugin: Any, kind: str, text: str) -> Reply:
    """Through Apprise itself, which only says whether it went well."""
    try:
        taken = within(WHOLE_SECONDS, lambda: bool(plugin.notify(body=text)))
    except TooLate:
        return Reply("unclear", f"{kind} 一直没有回答完，消息可能已经发出")
    if taken:
        return Reply("accepted", f"{kind} 已接收")
    return Reply("temporary", f"{kind} 没有接收，Apprise 没有说明原因。请核对地址和网络")


def _mailboxes(config: Config, now: datetime) -> Iterator[Recipient]:
    mail = config.mail
    if mail is not None:
        hears = HITS | TROUBLES if mail.hits else TROUBLES
        for address in dict.fromkeys(mail.to):
            yield Recipient(address, hears, _MAIL_LIMIT, partial(_mail, config, now, address))


def _mail(config: Config, now: datetime, to: str, title: str, text: str) -> Reply:
    from collector.mail.smtp import account_of, send
    from reports.mail import messages

    try:
        mail, password = account_of(config)
    except ConfigError as problem:
        return Reply("temporary", str(problem))
    envelope = messages.Envelope(f"{config.centre.name} 爆款", mail.sender, to, now)
    return send(mail, password, messages.plain(envelope, title, f"{text}\n", about=text), to)
