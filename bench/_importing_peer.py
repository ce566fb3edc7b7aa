"""What somebody with a table library writes to import a work list: read, dates, counts, five tables in SQLite.

``python -m bench._importing_peer LIBRARY XLSX DATABASE DAY``: the tables are the product's own, made before; works known
already, by time and title, get the figures that they have at the end of DAY, and a hit where they pass 100,000 views.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

COUNTS = {"views": "播放量", "likes": "点赞量", "comments": "评论量", "shares": "分享量", "favourites": "收藏量"}  # fmt: skip
BESIDE = ("完播率", "5s完播率", "2s跳出率", "封面点击率", "平均播放时长", "主页访问量", "粉丝增量")
THRESHOLD = 100_000

Columns = dict[str, list[Any]]


def by_pandas(path: str, engine: str) -> Columns:
    import pandas as pd

    frame = pd.read_excel(path, engine=engine, dtype=str)
    moments = pd.to_datetime(frame["发布时间"], format="%Y-%m-%d %H:%M:%S").dt.tz_localize(
        "Asia/Shanghai"
    )
    found = {"title": frame["作品名称"].tolist(), "kind": frame["体裁"].tolist()}
    found["second"] = (moments.dt.as_unit("s").astype("int64")).tolist()
    for name, heading in COUNTS.items():
        found[name] = pd.to_numeric(frame[heading]).tolist()
    beside = {each: pd.to_numeric(frame[each], errors="coerce").tolist() for each in BESIDE}
    return found | {"beside": list(_as_json(beside))}


def by_polars(path: str) -> Columns:
    import fastexcel
    import polars as pl

    frame = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars()
    moments = frame["发布时间"].str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="Asia/Shanghai")
    found = {"title": frame["作品名称"].to_list(), "kind": frame["体裁"].to_list()}
    found["second"] = moments.dt.epoch("s").to_list()
    for name, heading in COUNTS.items():
        found[name] = frame[heading].cast(pl.Int64).to_list()
    beside = {each: frame[each].cast(pl.Float64, strict=False).to_list() for each in BESIDE}
    return found | {"beside": list(_as_json(beside))}


def _as_json(columns: Columns) -> Iterator[str]:
    for row in zip(*columns.values(), strict=True):
        shown = zip(columns, row, strict=True)
        kept = {name: value for name, value in shown if value is not None and value == value}
        yield json.dumps(kept, ensure_ascii=False)


def stored(path: str, found: Columns, observed_at: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")
    run = connection.executemany
    connection.execute("BEGIN IMMEDIATE")
    keys = [f"{when}|{title}" for when, title in zip(found["second"], found["title"], strict=True)]  # fmt: skip
    known = dict(connection.execute("SELECT key, post_id FROM post_key WHERE account_id = 1"))
    posts, new = [], []
    for key in keys:
        if key not in known:
            known[key] = len(known) + 1
            new.append(len(posts))
        posts.append(known[key])
    title, kind, second = found["title"], found["kind"], found["second"]
    kinds = ["video" if "视频" in each else "image" for each in kind]
    run(
        "INSERT INTO post VALUES (?, 1, ?, 0, ?, NULL, 1, 0, NULL, NULL, ?, '', '', '', NULL)",
        [(posts[at], second[at], kinds[at], title[at]) for at in new],
    )
    run("INSERT INTO post_key VALUES (1, ?, ?)", [(keys[at], posts[at]) for at in new])
    shown = list(zip(*(found[name] for name in COUNTS), strict=True))
    before = dict(connection.execute("SELECT post_id, views FROM latest"))
    hits = [
        (post, THRESHOLD, observed_at, figures[0])
        for post, figures in zip(posts, shown, strict=True)
        if figures[0] >= THRESHOLD > (before.get(post) or 0)
    ]
    names = ", ".join(COUNTS)
    run(
        f"INSERT INTO observation (post_id, observed_at, attempt_id, sheet, row, state, {names})"
        f" VALUES (?, {observed_at}, 1, 0, ?, 0, ?, ?, ?, ?, ?)",
        [(post, at, *figures) for at, (post, figures) in enumerate(zip(posts, shown, strict=True), 2)],
    )  # fmt: skip
    run(
        f"INSERT INTO observation_beside VALUES (?, {observed_at}, 1, 0, ?, ?)",
        [(post, at, kept) for at, (post, kept) in enumerate(zip(posts, found["beside"], strict=True), 2)],
    )  # fmt: skip
    run(
        f"INSERT OR REPLACE INTO latest (post_id, observed_at, state, {names})"
        f" VALUES (?, {observed_at}, 0, ?, ?, ?, ?, ?)",
        [(post, *figures) for post, figures in zip(posts, shown, strict=True)],
    )
    run(
        "INSERT INTO hit (post_id, metric, threshold, after_at, attempt_id, value, found_at, revoked)"
        " VALUES (?, 'views', ?, ?, 1, ?, 0, 0)",
        hits,
    )
    connection.execute("COMMIT")
    connection.close()


def main(library: str, path: str, database: str, day: str) -> None:
    found = by_polars(path) if library == "polars" else by_pandas(path, library)
    stored(database, found, int(datetime.fromisoformat(f"{day}T23:59:59+08:00").timestamp()))


if __name__ == "__main__":
    main(*sys.argv[1:])
