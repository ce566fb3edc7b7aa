"""What a province of tests consists of."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from collector.fleet.province import Province
from storage.database import open_database
from tests.collector.centre import CONFIG, HEAD

NOW = datetime.fromisoformat("2026-10-08T09:00:00+08:00")
CENTRES = {"yunling": ("云岭县融媒体中心", "云岭市"), "qingshi": ("青石县融媒体中心", "")}


def write_province(folder: Path, url: URL, centres: Sequence[str] = tuple(CENTRES)) -> Path:
    """province.toml and the centres' configs; the server lets in without a password."""
    head = f'[province]\nname = "云山省"\nurl = "{url.set(drivername="postgresql")}"\n'
    entries = []
    for key in centres:
        name, city = CENTRES.get(key, (f"{key}融媒体中心", ""))
        (folder / f"{key}.toml").write_text(CONFIG.replace("云岭县融媒体中心", name), "utf-8")
        entries.append(f'[[centres]]\nkey = "{key}"\nconfig = "{key}.toml"\ncity = "{city}"\n')
    file = folder / "province.toml"
    file.write_text("\n".join([head, *entries]), encoding="utf-8")
    return file


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What the tables at an address hold."""
    engine = open_database(url)
    try:
        with closing(engine.connect()) as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]
    finally:
        engine.dispose()


def centre_rows(province: Province, key: str, sql: str) -> list[tuple[Any, ...]]:
    return rows(province.home(key).url, sql)


def drop(province: Province, key: str, views: Sequence[int], name: str = "10-07 作品.csv") -> Path:
    """An export of 抖音 in a centre's inbox: one post a figure."""
    folder = province.place(key).parent / "inbox" / "douyin"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"2026-{name}"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number, each in enumerate(views):
            day = f"2026-10-{number % 7 + 1:02d} 08:{number // 7:02d}:00"
            writer.writerow([f"作品{number}", day, "视频", "公开", each, 1, 1, 1, 1])
    return path
