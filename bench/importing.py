"""Import of a 100,000-row, 20-column xlsx against the same work by pandas and polars, and a later one of the same works.

    python -m bench.importing

The same work (``_importing_peer``): read, dates, counts, five of our own tables filled in SQLite. The later file holds the
same works with larger figures, many past 100,000 views. Both sides begin at a database with tables. About fifteen minutes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from bench._common import START, figures, goal, measured, paired, published, spent
from storage import database

ROWS = 100_000
HEADINGS = (
    "作品名称", "发布时间", "体裁", "审核状态", "播放量", "完播率", "5s完播率", "封面点击率", "2s跳出率", "平均播放时长",
    "点赞量", "分享量", "评论量", "收藏量", "主页访问量", "粉丝增量", "甲", "乙", "丙", "丁",
)  # fmt: skip
#: Library → the most that our time may be of its (None: it is only shown). Each reads the file by the reader it names.
PEERS = {"calamine": 1.0, "openpyxl": 0.25, "polars": None}
CONFIG = """
[storage]
url = "sqlite:///bench.db"
[centre]
name = "测"
[[accounts]]
id = "douyin"
platform = "douyin"
name = "抖音"
"""
#: Days at whose ends the two files show their figures.
DAYS = ("2027-05-30", "2027-05-31")
OURS = """
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from collector.app import App
from collector.run import collect
now = datetime(2027, 6, 1, tzinfo=timezone(timedelta(hours=8)))
app = App(config_path=Path(sys.argv[1]) / "config.toml", clock=lambda: now)
run = collect(app.engine, app.config, now=now)
assert run.results[0].stored.posts == int(sys.argv[2]), run.results[0].problem
"""


def workbook(path: Path, round_: int) -> None:
    """A work list of 抖音 with four columns more, every cell a text, as the platform writes it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": False})
    sheet = book.add_worksheet("Sheet1")
    sheet.write_row(0, 0, HEADINGS)
    for number in range(ROWS):
        views, likes, comments, shares, favourites, _ = figures(number, round_)
        row = (
            f"第{number}条作品 #云岭 #乡村振兴", f"{published(number):%Y-%m-%d %H:%M:%S}", "1min-视频", "公开",
            str(views), "0.064516", "0.253870", "-", "0.374613", "7.568111", str(likes), str(shares), str(comments),
            str(favourites), "9", "-1", "一", "二", "三", "四",
        )  # fmt: skip
        sheet.write_row(number + 1, 0, row)
    book.close()


def ours(folder: Path, base: Path, file: Path) -> dict[str, Any]:
    """An import as ``collect now`` does it, into a copy of ``base``."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name:
        (Path(name) / "config.toml").write_text(CONFIG, encoding="utf-8")
        inbox = Path(name) / "inbox" / "douyin"
        inbox.mkdir(parents=True)
        shutil.copy(base, Path(name) / "bench.db")
        os.link(file, inbox / file.name)
        found = spent([sys.executable, "-c", OURS, name, str(ROWS)])
        return found | {"told": told(Path(name) / "bench.db", base.with_suffix(".ours"))}


def theirs(folder: Path, base: Path, file: Path, library: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name:
        path = Path(name) / "bench.db"
        shutil.copy(base, path)
        module = [sys.executable, "-m", "bench._importing_peer"]
        found = spent([*module, library, str(file), str(path), file.name[:10]])
        return found | {"told": told(path, base.with_suffix(f".{library}"))}


def told(path: Path, kept: Path) -> list[Any]:
    """What both sides must agree in; the first such database is kept for a later import."""
    with sqlite3.connect(path) as connection:
        found = [
            connection.execute(f"SELECT {what}").fetchone()
            for what in (
                "count(*) FROM post",
                "count(*) FROM post_key",
                "count(*) FROM observation",
                "count(*) FROM observation_beside",
                "sum(views), sum(likes), sum(comments), sum(shares), sum(favourites) FROM latest",
                "count(*), sum(value) FROM hit WHERE metric = 'views' AND threshold = 100000",
            )
        ]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    if not kept.exists():
        shutil.copy(path, kept)
    return found


def against(
    what: str, bases: tuple[Path, Path], file: Path, library: str, most: float | None
) -> None:
    mine = partial(ours, file.parent, bases[0], file)
    found = paired(mine, partial(theirs, file.parent, bases[1], file, library))
    if any(each["told"] != found.ours[0]["told"] for each in (*found.ours, *found.theirs)):
        raise SystemExit(f"{library}: {found.theirs[0]['told']} is not {found.ours[0]['told']}")
    found.show(f"{what}, stored", f"{library}, the same work", most)
    if library == "calamine":
        goal("    peak memory", max(each["peak_mb"] for each in found.ours), 200, " MB")


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        base = Path(name) / "base.db"
        engine = database.open_database(f"sqlite:///{base.as_posix()}")
        database.prepare(engine, START)
        engine.dispose()
        files = [Path(name) / f"{day} 作品列表.xlsx" for day in DAYS]
        for file, round_ in zip(files, (3, 30), strict=True):
            workbook(file, round_)
        for library, most in PEERS.items():
            against(f"{ROWS:,} new works", (base, base), files[0], library, most)
        known = base.with_suffix(".ours"), base.with_suffix(".calamine")
        against(f"{ROWS:,} known works with hits", known, files[1], "calamine", PEERS["calamine"])


if __name__ == "__main__":
    measured(main)
