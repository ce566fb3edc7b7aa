"""The group chats of [notify]: Apprise addresses, one a line. They hold secrets: a chat goes by a name."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.announce.channels.chats import CHATS, WHOLE_SECONDS, post
from collector.bounded import TooLate, within
from collector.config.loading import Config, ConfigError
from collector.config.secrets import read_secret
from collector.mail.answers import Answer

#: The address that a chat itself shows when a robot is added → the Apprise address it stands for.
_SHOWN = {
    r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)": r"dingtalk://\1/",
    r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?": r"feishu://\1/",
    r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)/?": r"lark://\1/",
}
_INSTALL = "没有安装群通知的组件，请运行 pip install baokuan[notify]"


@dataclass(frozen=True, slots=True)
class Channel:
    """A chat. ``name`` says kind, place in the list and a piece of a hash of the address: no secret."""

    name: str
    limit: int  # bytes in a message
    send: Callable[[str], Answer] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Channels:
    """The chats that can be used, and in Chinese what is wrong with the others."""

    usable: tuple[Channel, ...] = ()
    problems: tuple[str, ...] = ()


def channels(config: Config) -> Channels:
    """The chats of config. Never raises: what cannot be read is a problem in words, without the secret."""
    notify = config.notify
    try:
        text = read_secret(config, notify.urls_env, notify.urls_file, "[notify]")
    except ConfigError as problem:
        return Channels(problems=(str(problem),))
    lines = list(_addresses(text))
    if not lines:
        told = notify.urls_env or notify.urls_file
        return Channels(problems=("[notify]：没有写群机器人的地址",) if told else ())
    try:
        plugins = _plugins(lines)
    except ImportError:
        return Channels(problems=(f"[notify]:{_INSTALL}",))
    seen: dict[str, int] = {}
    usable: dict[str, Channel] = {}
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
            usable[digest] = _channel(plugin, digest, seen)
    return Channels(tuple(usable.values()), tuple(problems))


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


def _channel(plugin: Any, digest: str, seen: dict[str, int]) -> Channel:
    chat = CHATS.get(_scheme(plugin))
    kind = str(plugin.service_name) if chat is None else chat.name
    seen[kind] = seen.get(kind, 0) + 1
    name = f"{kind}#{seen[kind]}-{digest}"
    if chat is not None:
        return Channel(name, chat.limit, lambda text: post(chat, plugin, text))
    return Channel(name, int(plugin.body_maxlen), lambda text: _notify(plugin, kind, text))


def _scheme(plugin: Any) -> str:
    found = plugin.secure_protocol or plugin.protocol
    return str(found if isinstance(found, str) else found[0])


def _notify(plugin: Any, kind: str, text: str) -> Answer:
    """Through Apprise itself, which only says whether it went well."""
    try:
        taken = within(WHOLE_SECONDS, lambda: bool(plugin.notify(body=text)))
    except TooLate:
        return Answer("unclear", f"{kind} 一直没有回答完，消息可能已经发出")
    if taken:
        return Answer("accepted", f"{kind} 已接收")
    return Answer("temporary", f"{kind} 没有接收，Apprise 没有说明原因。请核对地址和网络")
