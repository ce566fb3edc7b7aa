"""A centre with work of every kind at hand: each round brings a file, a site with pages, and hits to write mails of.
What the truth is follows from the number of rounds alone."""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from collector.app import App
from storage.database import is_current, open_database, writing
from storage.operations import jobs
from tests.collector.centre import HEAD
from tests.collector.service.live import ROOT
from tests.server import platforms as played
from tests.server.site import Site

SHANGHAI = timezone(timedelta(hours=8))
ROWS = 200
ARTICLES = 8
#: In config at a time: a pass over more would never come to its mails before it is killed.
SITES = 3
#: Each round's file lets two more posts cross 100,000 plays and 10,000 likes.
CROSSING = 2
#: From a message's end to the server's word that it has it: long enough to be killed in.
SLOW = 0.15
_CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[web]
listen = "127.0.0.1:0"

[schedule]
collect = "* * * * *"
mail = "* * * * *"
summary = ""
backup = ""
clean_up = ""

[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "xmt@yunling.example"
to = ["leader@yunling.example"]

[notify]
early = 0

[platforms.portal]
rate = "20/s"
base_url = "{url}"

[[accounts]]
id = "douyin"
platform = "douyin"
name = "看云岭"
"""
_SITE = """
[[accounts]]
id = "wang{round}"
platform = "portal"
name = "云岭新闻网{round}"
url = "https://www.yunling.gov.cn/{round}/index.html"
"""


class Post:
    """The mail server of the centre: keeps what it has taken, slowly, and tells when a message arrives."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []  # subject, text
        self.arriving = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.arriving.set()
        await asyncio.sleep(SLOW)
        message = message_from_bytes(envelope.content, policy=default)
        body = message.get_body(("plain",))
        self.texts.append((str(message["Subject"]), "" if body is None else body.get_content()))
        return "250 taken"


@dataclass
class World:
    """The centre and everything around it. ``rounds``: how many have been prepared."""

    folder: Path
    site: Site
    post: Post
    port: int
    began: datetime
    rounds: int = 0
    process: subprocess.Popen[bytes] | None = None
    files: dict[str, int] = field(default_factory=dict)  # name → its round

    @property
    def app(self) -> App:
        return App(config_path=self.folder / "config.toml")

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    @property
    def hindrance(self) -> Path:
        return self.folder / "hindrance"

    def next_round(self) -> None:
        """A new site in config, its pages ready; a new file in the inbox, with grown figures."""
        number = self.rounds
        self.rounds += 1
        links = [f"/info/{1_000 + number}/{1_000 + each}.htm" for each in range(ARTICLES)]
        self.site.routes[f"/{number}/index.html"] = played.portal_list(links)
        for each, link in enumerate(links):
            self.site.routes[link] = played.portal_article(
                f"第{number}站第{each}篇",
                f"{self.began:%Y-%m-%d}",
                views=article_views(number, each),
            )
        self.configure(range(max(0, self.rounds - SITES), self.rounds))
        inbox = self.folder / "inbox" / "douyin"
        inbox.mkdir(parents=True, exist_ok=True)
        name = f"作品列表第{number}份.csv"
        self.files[name] = number
        draft = self.folder / "draft.csv"
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEAD)
            for post in range(ROWS):
                at = self.published(post)
                figures = (plays(number, post), plays(number, post) // 10, 1, 2, 3)
                when = f"{at:%Y-%m-%d %H:%M:%S}"
                writer.writerow((title(post), when, "1min-视频", "公开", *figures))
        draft.replace(inbox / name)

    def configure(self, sites: Iterable[int]) -> None:
        """Write config.toml, with these rounds' sites in it."""
        text = _CONFIG.format(port=self.port, url=self.site.url)
        text += "".join(_SITE.format(round=each) for each in sites)
        partial = self.folder / "config.part"
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.folder / "config.toml")

    def make_due(self) -> None:
        """A pass over the sources is due now, whatever the minute."""
        engine = self.engine()
        try:
            if is_current(engine):
                with writing(engine) as connection:
                    moment = int(datetime.now(SHANGHAI).timestamp())
                    if jobs.counted(connection, "collect", moment) is not None:
                        jobs.note_due(connection, "collect", [moment], None)
        finally:
            engine.dispose()

    def published(self, post: int) -> datetime:
        return self.began - timedelta(days=2) + timedelta(seconds=61 * post)

    def waiting(self) -> list[str]:
        """Files that lie in the inbox still."""
        folder = self.folder / "inbox" / "douyin"
        return sorted(each.name for each in folder.iterdir() if each.is_file())

    def engine(self) -> Engine:
        return open_database(self.app.config.database_url)

    def start(self, module: str = "collector.cli") -> None:
        """``collect serve``, leading a group of its own."""
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*self._command(module), "serve"],
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self._environment(),
                start_new_session=True,
            )

    def is_up(self) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"it ended by itself ({code}): {self.said()[-3000:]}"
        return self.said().count("服务已启动") >= self.starts

    starts: int = 0

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self, *, everything: bool) -> None:
        """``kill -9``: of the service alone, or of its children too, as a power cut would."""
        assert self.process is not None
        session = _session(self.process.pid) if everything else []
        self.process.kill()
        for each in session:
            _kill(each)
        self.process.wait(60)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def collect(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command, by hand; it waits until nothing of a killed service is left."""
        return subprocess.run(
            [*self._command(), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=self._environment(),
            check=False,
        )

    def settle(self) -> None:
        """Wait until the children of a killed service have ended: they hold the locks until then."""
        from collector.service.lock import held

        engine = self.engine()
        try:
            for lane in ("work", "inbox"):
                with held(engine, lane, 60):
                    pass
        finally:
            engine.dispose()

    def _command(self, module: str = "collector.cli") -> list[str]:
        return [sys.executable, "-m", module, "--config", str(self.folder / "config.toml")]

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(Path(__file__).parent / "hindered"),
            "SOAK_HINDRANCE": str(self.hindrance),
        }


def _session(leader: int) -> list[int]:
    """The processes of a session: children lead groups of their own."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and int(each.name) != leader:
            with suppress(OSError):
                if os.getsid(int(each.name)) == leader:
                    found.append(int(each.name))
    return found


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def title(post: int) -> str:
    return f"云岭短视频{post:04d}号"


def plays(round_: int, post: int) -> int:
    """What round's file says of a post: two more of them are past the mark each round."""
    return (120_000 if post < CROSSING * (round_ + 1) else 1_000) + round_


def article_views(round_: int, article: int) -> int:
    return 100 * round_ + article + 1


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Everything around a service, on loopback; whatever of it lives at the end is killed."""
    post = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with Site(delay=0.02) as site:
            now = datetime.now(SHANGHAI).replace(microsecond=0)
            made = World(folder, site, post, port, now)
            made.log.touch()
            try:
                yield made
            finally:
                if made.process is not None and made.process.poll() is None:
                    made.kill(everything=True)
    finally:
        controller.stop()
