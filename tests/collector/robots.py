"""Robots of 企业微信, 钉钉, 飞书 and Lark, played by a server of this machine, and a centre that talks to them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

from collector.announce import announcing
from collector.announce.announcing import Announced, announce
from storage import database
from storage.writing import upkeep, writes
from tests.collector.centre import Centre, centre
from tests.server.site import Reply, Seen, Site
from tests.storage.build import Store, at

KEY, TOKEN, SECRET = "wecomkey-5f3a9b7c", "dingtoken7d1e8f2a", "SECc0ffee12345678"
HOOK, LARK = "feishuhook-1b2c3d4e", "larkhook-9e8d7c6b"
#: An address of each, as Apprise writes it.
ADDRESSES = {
    "wecombot": f"wecombot://{KEY}/",
    "dingtalk": f"dingtalk://{TOKEN}/",
    "feishu": f"feishu://{HOOK}/",
    "lark": f"lark://{LARK}/",
}
#: Where each robot is asked, on this machine.
PATHS = {
    "wecombot": f"/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"/robot/send?access_token={TOKEN}",
    "feishu": f"/open-apis/bot/v2/hook/{HOOK}",
    "lark": f"/open-apis/bot/v2/hook/{LARK}",
}
#: What each says when it takes a message.
TAKEN = {
    "wecombot": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {
        "StatusCode": 0,
        "StatusMessage": "success",
        "code": 0,
        "data": {},
        "msg": "success",
    },
    "lark": {"code": 0, "msg": "success", "data": {}},
}
SECRETS = (KEY, TOKEN, SECRET, HOOK, LARK)


def said(answer: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(answer).encode(), status)


def at_home(site: Site, patch: pytest.MonkeyPatch) -> None:
    """Apprise's addresses of the robots lead to ``site``, which takes every message."""
    for plugin, path in (
        (NotifyWeComBot, "/cgi-bin/webhook/send?key={key}"),
        (NotifyDingTalk, "/robot/send?access_token={token}"),
        (NotifyFeishu, "/open-apis/bot/v2/hook/{token}/"),
        (NotifyLark, "/open-apis/bot/v2/hook/"),
    ):
        patch.setattr(plugin, "notify_url", f"{site.url}{path}")
    for kind, path in PATHS.items():
        site.routes[path] = said(TAKEN[kind])


def text_of(seen: Seen) -> str:
    """The text in a message, as the chat would show it."""
    body = json.loads(seen.body)
    content = body["text"]["content"] if "text" in body else body["content"]["text"]
    assert isinstance(content, str)
    return content


CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[[accounts]]
id = "a"
platform = "app"
name = "云岭云"

[[accounts]]
id = "b"
platform = "app"
name = "邻县云"
owner = "peer"

[notify]
urls_file = "robots.txt"
"""


@dataclass
class Room:
    """A centre whose database is told things, and whose robots are listened to."""

    centre: Centre
    site: Site
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        engine = self.centre.app.engine
        self.store = Store(engine, {"views": [100_000, 1_000_000], "likes": [10_000]})
        with database.writing(engine) as connection:
            writes.accounts_known(connection, {"a": "app", "b": "app"})
            upkeep.keep_thresholds(connection, self.store.thresholds, 0)

    def tell(self, now: int) -> Announced:
        """Announce, ``now`` seconds after START."""
        return announce(self.store.engine, self.centre.app.config, at(now))

    def heard(self, kind: str = "wecombot") -> list[str]:
        """The texts that a robot was sent, in order."""
        return [text_of(each) for each in self.site.asked(PATHS[kind])]

    def states(self) -> list[tuple[str, str, str]]:
        """(kind, subject, state) of all deliveries, by number."""
        sql = "SELECT what, subject, state FROM delivery ORDER BY delivery_id"
        return [(row[0], row[1], row[2]) for row in self.store.rows(sql)]


def room(
    folder: Path,
    site: Site,
    patch: pytest.MonkeyPatch,
    *,
    robots: Sequence[str] = ("wecombot",),
    config: str = CONFIG,
    now: datetime | None = None,
) -> Room:
    """A room with these robots."""
    at_home(site, patch)
    lines = [ADDRESSES.get(each, each) for each in robots]
    (folder / "robots.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = centre(folder, config)
    if now is not None:
        made.now = now
    return Room(made, site)


def announce_at(folder: str, url: str, now: int, die: str = "") -> None:
    """Announce in a process of its own; ``die``: kill it hard where that function of announcing would begin."""
    NotifyWeComBot.notify_url = f"{url}/cgi-bin/webhook/send?key={{key}}"
    if die:
        setattr(announcing, die, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    app = Centre(Path(folder)).app
    announce(app.engine, app.config, at(now))
