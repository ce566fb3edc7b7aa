"""A centre with work of every kind at hand: each round brings a file, a site with pages, and hits to write mails of.
What the truth is follows from the number of rounds alone."""

from __future__ import annotations

import asyncio
import csv
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from collector.service.works import dues
from storage.database import is_current, open_database, writing
from storage.operations import jobs
from tests.collector.centre import HEAD
from tests.server import platforms as played
from tests.server.site import Site

SHANGHAI = timezone(timedelta(hours=8))
#: Each round's file lets two more posts cross 100,000 plays and 10,000 likes.
CROSSING = 2
#: From a message's end to the server's word that it has it: long enough to be killed in.
SLOW = 0.15
_CONFIG = """\
[centre]
name = "{name}县融媒体中心"

[web]
listen = "127.0.0.1:0"

[schedule]
collect = "{crontab}"
mail = "{crontab}"
summary = ""
backup = ""
clean_up = ""

[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "xmt@yunling.example"
to = ["{address}"]

[notify]
early = 0

[platforms.portal]
rate = "20/s"
base_url = "{url}"

[[accounts]]
id = "douyin"
platform = "douyin"
name = "看{name}"
"""
_SITE = """
[[accounts]]
id = "wang{round}"
platform = "portal"
name = "{name}新闻网{round}"
url = "https://www.yunling.gov.cn/{number}-{round}/index.html"
"""


class Post:
    """The mail server: keeps what it has taken, slowly, and tells when a message arrives."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []  # recipient, text
        self.arriving = threading.Event()
        self.under_way = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.under_way += 1
        self.arriving.set()
        await asyncio.sleep(SLOW)
        message = message_from_bytes(envelope.content, policy=default)
        body = message.get_body(("plain",))
        text = "" if body is None else body.get_content()
        self.texts += [(each, text) for each in envelope.rcpt_tos]
        self.under_way -= 1
        return "250 taken"


@dataclass(kw_only=True)
class Around:
    """What there is on loopback for all centres."""

    site: Site
    post: Post
    port: int  # of the mail server


@contextmanager
def around() -> Iterator[Around]:
    post = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with Site(delay=0.02) as site:
            yield Around(site=site, post=post, port=port)
    finally:
        controller.stop()


@dataclass(kw_only=True)
class Centre:
    """One centre. ``url``: of its tables; ``rounds``: how many have been prepared; ``rows`` of a file, ``articles`` of a
    site. No two centres have a number, hence a title, an address or a figure, in common."""

    folder: Path
    url: str
    around: Around
    number: int = 0
    name: str = "云岭"
    crontab: str = "* * * * *"
    rows: int = 200
    articles: int = 8
    began: datetime = field(default_factory=lambda: datetime.now(SHANGHAI).replace(microsecond=0))
    rounds: int = 0
    files: dict[str, int] = field(default_factory=dict)  # name → its round

    @property
    def address(self) -> str:
        return f"leader{self.number}@yunling.example"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox" / "douyin"

    @property
    def captures(self) -> Path:
        return self.folder / "data" / "captures"

    def next_round(self) -> None:
        """The pages of a new site; a new file in the inbox, with grown figures."""
        round_ = self.rounds
        self.rounds += 1
        links = [
            f"/info/{1_000 * (self.number + 1) + round_}/{1_000 + each}.htm"
            for each in range(self.articles)
        ]
        routes = self.around.site.routes
        routes[f"/{self.number}-{round_}/index.html"] = played.portal_list(links)
        for each, link in enumerate(links):
            routes[link] = played.portal_article(
                self.article(round_, each),
                f"{self.began:%Y-%m-%d}",
                views=self.article_views(round_, each),
            )
        self.inbox.mkdir(parents=True, exist_ok=True)
        name = f"作品列表第{round_}份.csv"
        self.files[name] = round_
        draft = self.folder / "draft.csv"
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEAD)
            for post in range(self.rows):
                at = self.published(post)
                views = self.plays(round_, post)
                when = f"{at:%Y-%m-%d %H:%M:%S}"
                writer.writerow(
                    (self.title(post), when, "1min-视频", "公开", views, views // 10, 1, 2, 3)
                )
        draft.replace(self.inbox / name)

    def config(self, sites: Iterable[int]) -> str:
        """The text of config.toml, with these rounds' sites in it."""
        site = self.around.site.url
        text = _CONFIG.format(
            name=self.name,
            crontab=self.crontab,
            port=self.around.port,
            address=self.address,
            url=site,
        )
        return text + "".join(
            _SITE.format(name=self.name, number=self.number, round=each) for each in sites
        )

    def make_due(self, job: str = "collect") -> None:
        """A job, by itself a pass over the sources, is due now, whatever the minute; if the service counts it yet."""
        engine = self.engine()
        try:
            if is_current(engine):
                with writing(engine) as connection:
                    moment = int(datetime.now(SHANGHAI).timestamp())
                    counted = jobs.counted(connection, job, moment)
                    if counted is not None:
                        before = dues(counted.crontab, counted.since, moment - 1)
                        jobs.note_due(connection, job, [*before, moment], None)
        finally:
            engine.dispose()

    def engine(self) -> Engine:
        return open_database(self.url)

    def waiting(self) -> list[str]:
        """Files that lie in the inbox still."""
        return sorted(each.name for each in self.inbox.iterdir() if each.is_file())

    def mails(self) -> list[str]:
        """What its people have been sent."""
        return [text for address, text in list(self.around.post.texts) if address == self.address]

    def published(self, post: int) -> datetime:
        return self.began - timedelta(days=2) + timedelta(seconds=61 * post)

    def title(self, post: int) -> str:
        return f"{self.name}短视频{post:04d}号"

    def plays(self, round_: int, post: int) -> int:
        """What round's file says of a post: two more of them are past the mark each round."""
        return (120_000 if post < CROSSING * (round_ + 1) else 1_000) + round_

    def article(self, round_: int, article: int) -> str:
        return f"{self.name}第{round_}站第{article}篇"

    def article_views(self, round_: int, article: int) -> int:
        return 4_000 * self.number + 100 * round_ + article + 1
