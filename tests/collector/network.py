"""A centre whose platforms are played by a server of this machine, for tests of whole runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.records import METRICS, STATES, Post
from collector.run import Run, collect
from storage import schema
from storage.database import reading, writing
from storage.values import decode
from storage.writing import writes
from storage.writing.reading import Reading
from tests.collector.centre import Centre, centre
from tests.server.platforms import H5_PAGE, moment
from tests.server.site import Site

NOW = moment("2026-11-01 12:00:00")
UID = "5612345678"
NONE: Mapping[str, str] = {}

ACCOUNTS = {
    "bilibili": f'uid = "{UID}"',
    "weibo": f'uid = "{UID}"',
    "toutiao": "",
    "baijiahao": "",
    "kuaishou": "",
    "douyin": "",
    "xiaohongshu": "",
    "wechat_mp": "",
    "portal": 'url = "https://www.yunling.gov.cn/xw/index.html"',
    "app": f'url = "https://app.yunling.cn/api/list?ch=1"\n{H5_PAGE}',
}


@dataclass(frozen=True)
class Told:
    """An attempt as it is stored."""

    outcome: str
    problem: str
    capture: bytes | None
    kind: str
    posts: int


@dataclass
class Network:
    """The centre, the server, and what is stored."""

    centre: Centre
    site: Site
    runs: list[Run] = field(default_factory=list)

    def run(self, after: timedelta = timedelta(), **how: Any) -> Run:
        """One pass, ``after`` the first."""
        app = self.centre.app
        found = collect(app.engine, app.config, now=NOW + after, **how)
        self.runs.append(found)
        return found

    def know(self, account: str, *posts: Post) -> None:
        """Posts that are stored already, from a file without figures, a week ago."""
        app = self.centre.app
        with writing(app.engine) as connection:
            platforms = {each.id: each.platform for each in app.config.accounts}
            numbers = writes.accounts_known(connection, platforms)
            when = NOW - timedelta(days=7)
            run = writes.start_run(connection, "import", when)
            read = Reading(
                run_id=run, account=account, source="known.csv", adapter="table", kind="file",
                observed_at=when, observed_from="test", recorded_at=when,
            )  # fmt: skip
            writes.store(connection, read, posts, numbers)

    def figures(self, account: str) -> dict[str, dict[str, int]]:
        """Post (its id, or its address) → its latest figures, those that it has."""
        latest, post, key = schema.latest, schema.post, schema.post_key
        columns = [latest.c[name] for name in METRICS]
        query = (
            select(key.c.key, *columns, latest.c.bounds)
            .join(post, post.c.post_id == latest.c.post_id)
            .join(key, key.c.post_id == post.c.post_id)
            .join(schema.account, schema.account.c.account_id == post.c.account_id)
            .where(schema.account.c.key == account)
        )
        found: dict[str, dict[str, int]] = {}
        with reading(self.centre.app.engine) as connection:
            for row in connection.execute(query):
                counts = decode(row[1:-1], row[-1])
                found[row[0]] = {
                    name: each.value
                    for name, each in zip(METRICS, counts, strict=True)
                    if each is not None
                }
        return found

    def observed(self, account: str, key: str) -> list[tuple[datetime, dict[str, int], str]]:
        """When a post was looked at by pages, what was seen, and its state, oldest first."""
        seen, attempt = schema.observation, schema.attempt
        query = (
            select(seen)
            .join(attempt, attempt.c.attempt_id == seen.c.attempt_id)
            .join(schema.post_key, schema.post_key.c.post_id == seen.c.post_id)
            .join(schema.account, schema.account.c.account_id == schema.post_key.c.account_id)
            .where(schema.account.c.key == account, schema.post_key.c.key == key)
            .where(attempt.c.kind != "file")
            .order_by(seen.c.observed_at, seen.c.attempt_id)
        )
        with reading(self.centre.app.engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [
            (
                datetime.fromtimestamp(row["observed_at"], NOW.tzinfo),
                {name: row[name] for name in METRICS if row[name] is not None},
                STATES[row["state"]],
            )
            for row in rows
        ]

    def told(self, source: str) -> list[Told]:
        """The attempts of an address (its end is enough), oldest first."""
        attempt, capture = schema.attempt, schema.capture
        query = (
            select(
                attempt.c.outcome,
                attempt.c.problem,
                capture.c.path,
                attempt.c.kind,
                attempt.c.posts,
            )
            .outerjoin(capture, capture.c.capture_id == attempt.c.capture_id)
            .where(attempt.c.source.endswith(source, autoescape=True))
            .order_by(attempt.c.attempt_id)
        )
        with reading(self.centre.app.engine) as connection:
            rows = connection.execute(query).all()
        return [Told(row[0], row[1] or "", self._bytes(row[2]), row[3], row[4]) for row in rows]

    def outcome(self, source: str) -> str:
        return self.told(source)[-1].outcome

    def _bytes(self, path: str | None) -> bytes | None:
        from collector.intake.stores import captures_of

        config = self.centre.app.config
        return None if path is None else captures_of(config).read(path)

    def everything_kept(self) -> bytes:
        """All bytes on the disk: database, captures (unpacked), summaries."""
        import gzip

        parts = []
        for path in sorted(self.centre.folder.rglob("*")):
            if path.is_file() and path.name != "config.toml":
                body = path.read_bytes()
                parts.append(gzip.decompress(body) if path.suffix == ".gz" else body)
        return b"\n".join(parts)


def network(
    folder: Path,
    site: Site,
    platforms: Iterable[str],
    *,
    extra: str = "",
    credentials: Mapping[str, str] = NONE,
    **sections: str,
) -> Network:
    """A centre with an account on each platform; ``sections`` add lines to a platform's section, ``credentials`` to its
    account, ``extra`` to the account of 公众号."""
    text = '[centre]\nname = "云岭县融媒体中心"\ncontact = "xmt@yunling.gov.cn"\n'
    for name in platforms:
        text += f'\n[[accounts]]\nid = "{name}"\nplatform = "{name}"\nname = "云岭{name}"\n{ACCOUNTS[name]}\n'
        text += extra if name == "wechat_mp" else credentials.get(name, "")
    for name in platforms:
        own = sections.get(name, "")
        rate = "" if "rate =" in own else 'rate = "1000/s"\nconcurrency = 4\n'
        text += f'\n[platforms.{name}]\n{rate}{own}\nbase_url = "{site.url}"\n'
    return Network(centre(folder, text), site)
