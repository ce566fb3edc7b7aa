"""In what state the credentials are that config names: cookies of platforms, keys of interfaces. Times are UTC
seconds; no credential is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from adapters.moments import DAY, SHANGHAI
from collector.announce.troubles import Name, credential_of, names
from collector.config.loading import Config, ConfigError
from collector.config.secrets import read_secret
from reports.announcements import when
from storage.bulk import seconds
from storage.operations import attempts, troubles
from storage.operations.attempts import INTERFACE, POSTS

#: Where a platform's cookie says itself when it ends.
_ENDS = {
    "weibo": re.compile(r"\bALF=(?:\d+_)?(\d{10})\b"),
    "bilibili": re.compile(r"\bSESSDATA=[^;,%]*(?:%2C|,)(\d{10})(?:%2C|,)"),
}

State = Literal["good", "dead", "unused", "unset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A credential. ``label``: whose; ``good_at``: when something was last read with it; ``since``: when it was first
    refused; ``ends``: when it says itself that it ends, where it does; ``problem`` where it cannot be read."""

    label: str
    state: State
    good_at: int | None = None
    since: int | None = None
    ends: int | None = None
    problem: str = ""

    def words(self, now: datetime) -> str:
        """One line for people."""
        head = f"{self.label}："
        if self.state == "unset":
            return f"{head}{self.problem}"
        if self.state == "dead":
            return f"{head}{_when(self.since, now)}起失效，请换上新的"
        said = (
            "还没有用过"
            if self.state == "unused"
            else f"正常，最近 {_when(self.good_at, now)} 可用"
        )
        if self.ends is None:
            return f"{head}{said}"
        left = (self.ends - seconds(now)) // DAY
        return f"{head}{said}，" + (f"还有 {left} 天到期" if left >= 0 else "已经到期，请换上新的")


def logins(connection: Connection, config: Config, now: datetime) -> list[Login]:
    """The state of every credential in config, in its order."""
    dead = {
        (each.kind, each.account, each.source): each for each in troubles.open_troubles(connection)
    }
    good: dict[Name, int] = {}
    for tail in attempts.fares(connection, 0):
        account = config.account(tail.account)
        name = None if account is None else credential_of(config, account, tail.source)
        if name is not None and tail.good_at is not None:
            good[name] = max(good.get(name, 0), tail.good_at)
    found = []
    for name, label, secret in _named(config):
        trouble = dead.get(name)
        try:
            text = read_secret(config, *secret, label)
        except ConfigError as problem:
            unset = str(problem).removeprefix(f"{label}：")
            found.append(Login(label=label, state="unset", problem=unset))
            continue
        ends = _ENDS[name[2]].search(text) if name[2] in _ENDS else None
        state: State = "good" if name in good else "unused"
        found.append(
            Login(
                label=label,
                state="dead" if trouble else state,
                good_at=good.get(name),
                since=trouble.since if trouble else None,
                ends=int(ends[1]) if ends else None,
            )
        )
    return found


def _named(config: Config) -> Iterator[tuple[Name, str, tuple[str, str]]]:
    """Each credential, what people call it, and where it is read from."""
    called = names(config)
    seen = set()
    for account in config.accounts:
        for source in (POSTS, INTERFACE):
            name = credential_of(config, account, source)
            if name is None or name in seen:
                continue
            seen.add(name)
            if source == INTERFACE:
                yield name, f"{account.name}的接口密钥", (account.secret_env, account.secret_file)
            else:
                _, whose, _ = name
                section = account if whose else config.platforms[account.platform]
                label = f"{called[whose or account.platform]}的登录（cookie）"
                yield name, label, (section.cookie_env, section.cookie_file)


def _when(moment: int | None, now: datetime) -> str:
    return "" if moment is None else when(datetime.fromtimestamp(moment, SHANGHAI), now)
