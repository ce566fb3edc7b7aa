"""Databases with years in them, filled directly as the program keeps them, and the config.toml beside one.

What lies further back changes nothing of what is newest: ten years end with the same quarter as one.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench._common import figures
from storage import database

DAY, YEAR = 86_400, 365 * 86_400
THRESHOLDS = {"views": (100_000, 1_000_000), "likes": (10_000,)}
SHOWN = ("views", "likes", "comments", "shares", "favourites", "looks")
#: The accounts' platforms in turn, each with its usual kind of post.
PLATFORMS = (
    ("app", "article"),
    ("wechat_mp", "article"),
    ("douyin", "video"),
    ("portal", "article"),
)
GROUPS = 5
#: A crossing seen longer ago than this when it was found is no news.
NEWS = 7 * DAY
#: So many posts a page with a list shows.
LISTED = 20

_HEAD = """[centre]
name = "云岭县融媒体中心"

[storage]
url = "sqlite:///bench.db"

[mail]
host = "localhost"
security = "none"
from = "a@example.cn"
to = ["b@example.cn"]
hits = false

[hits]
"""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a database holds. Every ``every`` days an export of each account shows those posts that fewer than ``looks``
    exports showed before. ``until`` (UTC seconds; today's beginning): the newest post was published just before, and the
    newest exports were made then, unless ``trailing``: then every post has all its looks. Of ``folded`` in a hundred
    posts a page was looked at too, before their second export: values are folded. There are at least ``attempts``:
    visits of lists that showed nothing new fill up."""

    posts: int = 100_000  # a year
    years: int = 1
    looks: int = 10
    every: int = 4
    accounts: int = 20
    folded: int = 0
    attempts: int = 0
    until: int = int(datetime.now(UTC).timestamp()) // DAY * DAY
    trailing: bool = False

    @property
    def total(self) -> int:
        return self.posts * self.years

    @property
    def rhythm(self) -> int:
        return self.every * DAY

    @property
    def rounds(self) -> int:
        """How many times exports were made, until ``until``."""
        return -(-self.years * YEAR // self.rhythm)

    def made(self, round_: int) -> int:
        """When the exports of a round (from 0) were made: the last of them at ``until``."""
        return self.until - (self.rounds - 1 - round_) * self.rhythm

    def published(self, age: int) -> int:
        """When the post was published that has ``age`` newer ones."""
        return self.until - 1 - age * YEAR // self.posts

    def shown(self, age: int) -> range:
        """The rounds whose exports show that post."""
        first = self.rounds - 1 - (self.until - self.published(age) - 1) // self.rhythm
        last = first + self.looks
        return range(first, last if self.trailing else min(last, self.rounds))

    def looked_at(self, age: int) -> int | None:
        """When its page was looked at; None: never."""
        rounds = self.shown(age)
        if len(rounds) < 2 or age % 100 >= self.folded:
            return None
        return self.made(rounds[0]) + self.rhythm // 2 + age % 3_600


@dataclass(slots=True)
class _Attempt:
    """An export (``round_``), a page of the post of that ``age``, or a visit of a list."""

    at: int
    account: int
    round_: int = -1
    age: int = -1
    posts: int = 0
    new: int = 0
    span: tuple[int | None, int | None] = (None, None)

    @property
    def is_export(self) -> bool:
        return self.round_ >= 0


def name(account: int) -> str:
    return f"账号{account - 1}"


def fill(path: Path, shape: Shape) -> None:
    """A new database at ``path``."""
    engine = database.open_database(f"sqlite:///{path.as_posix()}")
    database.prepare(engine, datetime.now(UTC))
    engine.dispose()
    attempts = _attempts(shape)
    connection = sqlite3.connect(path)
    with connection:
        marks = [(metric, each) for metric, values in THRESHOLDS.items() for each in values]
        _insert(connection, "threshold", "metric, threshold", marks)
        accounts = range(1, shape.accounts + 1)
        rows = [(n, name(n), PLATFORMS[n % len(PLATFORMS)][0]) for n in accounts]
        _insert(connection, "account", "account_id, key, platform", rows)
        _keep_attempts(connection, shape, attempts)
        _keep_posts(connection, shape)
        _keep_figures(connection, shape, attempts)
    connection.close()


def config(folder: Path, shape: Shape, hits: Mapping[str, Sequence[int]] = THRESHOLDS) -> Path:
    """A config.toml in ``folder`` for the database ``bench.db`` there, with a weekly mail that nobody gets."""
    (folder / "inbox").mkdir(exist_ok=True)
    accounts = "".join(
        f'\n[[accounts]]\nid = "{name(n)}"\nplatform = "{platform}"\nname = "{name(n)}"\n'
        f'group = "第{n % GROUPS}组"\nkind = "{kind}"\n'
        for n in range(1, shape.accounts + 1)
        for platform, kind in [PLATFORMS[n % len(PLATFORMS)]]
    )
    marks = "".join(f"{metric} = {list(values)}\n" for metric, values in hits.items())
    path = folder / "config.toml"
    path.write_text(f"{_HEAD}{marks}{accounts}", encoding="utf-8")
    return path


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Any) -> None:
    marks = ", ".join("?" * len(columns.split(", ")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _owner(shape: Shape, age: int) -> int:
    return age % shape.accounts + 1


def _attempts(shape: Shape) -> list[_Attempt]:
    """In the order in which they were recorded; their places from 1 are their numbers."""
    exports: dict[tuple[int, int], _Attempt] = {}
    found: list[_Attempt] = []
    for age in reversed(range(shape.total)):
        owner, published, rounds = _owner(shape, age), shape.published(age), shape.shown(age)
        for round_ in rounds:
            each = exports.get((round_, owner))
            if each is None:
                each = exports[round_, owner] = _Attempt(shape.made(round_), owner, round_)
            each.posts += 1
            each.new += round_ == rounds[0]
            each.span = (each.span[0] or published, published)
        looked_at = shape.looked_at(age)
        if looked_at is not None:
            found.append(_Attempt(looked_at, owner, age=age, posts=1, span=(published, published)))
    found += exports.values()
    start = shape.until - shape.years * YEAR
    more = max(0, shape.attempts - len(found))
    for n in range(more):
        at = start + n * shape.years * YEAR // more
        found.append(_Attempt(at, n % shape.accounts + 1, posts=LISTED))
    found.sort(key=lambda each: (each.at, each.account, each.age))
    return found


def _keep_attempts(connection: sqlite3.Connection, shape: Shape, attempts: list[_Attempt]) -> None:
    """Attempts, their captures (but for visits that showed what was there already) and the runs, one a day."""
    moments = sorted({each.at // DAY for each in attempts})
    runs = {day: number for number, day in enumerate(moments, 1)}
    spans = [(number, "now", day * DAY, (day + 1) * DAY - 1) for day, number in runs.items()]
    _insert(connection, "run", "run_id, occasion, started_at, ended_at", spans)
    captures: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for number, each in enumerate(attempts, 1):
        capture = None
        if each.is_export or each.age >= 0:
            digest = sha256(f"{number}".encode()).hexdigest()
            capture = len(captures) + 1
            captures.append((capture, digest, 50_000, f"{digest[:2]}/{digest}.gz", each.at))
        rows.append(
            (number, runs[each.at // DAY], each.account, *_source(each), "ok" if capture else "unchanged",
             capture, each.at, each.at, each.posts, each.new, 0, 0, *each.span, 0)
        )  # fmt: skip
    _insert(connection, "capture", "capture_id, sha256, size, path, stored_at", captures)
    columns = (
        "attempt_id, run_id, account_id, source, adapter, kind, observed_from, notes, outcome, capture_id,"
        " observed_at, recorded_at, posts, new_posts, figures, bad_rows, first_published, last_published, cut_off"
    )
    _insert(connection, "attempt", columns, rows)


def _source(attempt: _Attempt) -> tuple[str, str, str, str, str | None]:
    """source, adapter, kind, how its moment is known, notes"""
    if attempt.is_export:
        day = datetime.fromtimestamp(attempt.at, UTC)
        return f"{day:%Y-%m-%d} 作品.xlsx", "table", "file", "按文件名开头的日期", None
    page, about = (f"{attempt.age}.html", "post") if attempt.age >= 0 else ("", "list")
    url = f"https://www.example.cn/{attempt.account}/{page}"
    notes = json.dumps({"request": {"url": url, "about": about}})
    return url, "portal", "page", "访问的时间", notes


def _keep_posts(connection: sqlite3.Connection, shape: Shape) -> None:
    ages = range(shape.total)
    columns = (
        "post_id, account_id, published_at, date_only, kind, original, plain, retold, title, url, author,"
        ' "column"'
    )
    posts = (
        (shape.total - age, _owner(shape, age), shape.published(age), 0,
         PLATFORMS[_owner(shape, age) % len(PLATFORMS)][1], age % 3 > 0, shape.looked_at(age) is None, 0,
         f"云岭县第{age}条消息", f"https://www.example.cn/{_owner(shape, age)}/{age}.html", "", "")
        for age in reversed(ages)
    )  # fmt: skip
    _insert(connection, "post", columns, posts)
    keys = (
        (_owner(shape, age), key, shape.total - age)
        for age in reversed(ages)
        for key in (f"id:{age}", f"url:www.example.cn/{_owner(shape, age)}/{age}.html")
    )
    _insert(connection, "post_key", "account_id, key, post_id", keys)


def _keep_figures(connection: sqlite3.Connection, shape: Shape, attempts: list[_Attempt]) -> None:
    """Observations, latest values and hits."""
    numbers = {
        (each.account, each.age if each.age >= 0 else -1 - each.round_): number
        for number, each in enumerate(attempts, 1)
        if each.age >= 0 or each.is_export
    }
    place: Counter[int] = Counter()
    latest: list[Any] = []
    hits: list[Any] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for age in reversed(range(shape.total)):
            post, owner, rounds = shape.total - age, _owner(shape, age), shape.shown(age)
            looked_at, before = shape.looked_at(age), None
            for look, round_ in enumerate(rounds):
                attempt, shown = numbers[owner, -1 - round_], figures(age, look)
                place[attempt] += 1
                at = shape.made(round_)
                yield post, at, attempt, 0, place[attempt] + 1, 0, *shown
                hits.extend(_crossed(post, before, (at, shown), attempt))
                before = at, shown
                if look == 0 and looked_at is not None:  # a page that shows two of the figures
                    few = (None, *shown[1:3], None, None, None)
                    yield post, looked_at, numbers[owner, age], 0, 1, 0, *few
            assert before is not None
            latest.append((post, before[0], 0, *before[1]))

    figures_of = ", ".join(SHOWN)
    columns = f"post_id, observed_at, attempt_id, sheet, row, state, {figures_of}"
    _insert(connection, "observation", columns, rows())
    _insert(connection, "latest", f"post_id, observed_at, state, {figures_of}", latest)
    old = shape.until - NEWS
    columns = "post_id, metric, threshold, before_at, after_at, attempt_id, value, found_at, announced_at, revoked"
    kept = ((*each, each[4], 0 if each[4] < old else None, 0) for each in hits)
    _insert(connection, "hit", columns, kept)


Look = tuple[int, tuple[int, ...]]


def _crossed(post: int, before: Look | None, now: Look, attempt: int) -> Iterator[tuple[Any, ...]]:
    """The thresholds that lie between two looks (``before`` None: nothing was seen)."""
    for metric, marks in THRESHOLDS.items():
        at = SHOWN.index(metric)
        value = now[1][at]
        for mark in marks:
            if value >= mark and (before is None or before[1][at] < mark):
                yield post, metric, mark, before and before[0], now[0], attempt, value
