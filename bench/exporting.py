"""Exports of all observations, against pandas.read_sql and its to_csv, to_json, to_parquet and to_excel on the same database.

    python -m bench.exporting [POSTS] [ROUNDS] [PAIRS] [FORMAT …]

Each export runs in a process of its own, ours and theirs by turns; ratios are medians of the pairs. Ours writes 42 columns
(a figure's limits and how it is known beside it), theirs the 19 that the tables hold. xlsx is measured on a tenth of the posts.
Ten million rows: python -m bench.exporting 200000 50 1 csv
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench._common import fresh, line
from bench.summary import ACCOUNTS, build

OURS = (
    f"""NAMES = [f"账号{{n}}" for n in range({ACCOUNTS})]
"""
    """
import json, sys, time
from datetime import datetime
from pathlib import Path
from adapters.moments import SHANGHAI
from reports.centre import AccountInfo, Centre
from reports.tidy.about import about
from reports.tidy.asking import ask
from reports.tidy.files import WRITERS
from reports.tidy.rows import rows
from storage import database
url, target, kind = sys.argv[1:]
accounts = tuple(AccountInfo(id=each, name=each, platform="app") for each in NAMES)
centre = Centre(name="云岭县融媒体中心", accounts=accounts, thresholds={"views": [100_000]})
late = datetime(2030, 1, 1, tzinfo=SHANGHAI)
begun, worked = time.perf_counter(), time.process_time()
with database.reading(database.open_read_only(url)) as connection:
    inquiry = ask(connection, centre, None, "published", late, late)
    number = WRITERS[kind](Path(target), about(inquiry, "observations"), rows(inquiry, "observations"))
print(json.dumps({"s": time.perf_counter() - begun, "cpu": time.process_time() - worked, "rows": number}))
"""
)
THEIRS = """
import json, sys, time, warnings
import pandas as pd
from sqlalchemy import create_engine
url, target, kind = sys.argv[1:]
SQL = (
    "SELECT o.*, p.published_at, k.key AS account, a.source, c.sha256 FROM observation o"
    " JOIN post p ON p.post_id = o.post_id JOIN account k ON k.account_id = p.account_id"
    " JOIN attempt a ON a.attempt_id = o.attempt_id LEFT JOIN capture c ON c.capture_id = a.capture_id"
    " ORDER BY o.post_id, o.observed_at"
)
begun, worked = time.perf_counter(), time.process_time()
with create_engine(url).connect() as connection:
    frame = pd.read_sql_query(SQL, connection)
for name in ("published_at", "observed_at"):
    frame[name] = pd.to_datetime(frame[name], unit="s", utc=True).dt.tz_convert("Asia/Shanghai")
if kind == "csv":
    frame.to_csv(target, index=False, encoding="utf-8-sig")
elif kind == "json":
    frame.to_json(target, orient="records", date_format="iso", force_ascii=False)
elif kind == "parquet":
    frame.to_parquet(target, index=False, compression="zstd")
else:
    for name in ("published_at", "observed_at"):
        frame[name] = frame[name].dt.tz_localize(None)
    frame.to_excel(target, index=False, engine="xlsxwriter")
print(json.dumps({"s": time.perf_counter() - begun, "cpu": time.process_time() - worked, "rows": len(frame)}))
"""
FORMATS = ("csv", "json", "parquet", "xlsx")


def measured(url: str, folder: Path, kind: str, pairs: int) -> None:
    """Pairs of exports, and what they come to."""
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
    for number in range(pairs):
        turn = [("ours", OURS), ("theirs", THEIRS)]
        for who, code in turn if number % 2 == 0 else reversed(turn):
            target = folder / f"{who}.{kind}"
            found[who].append(fresh(code, url, str(target), kind))
            target.unlink()
    mine, other = found["ours"], found["theirs"]
    if {each["rows"] for each in mine} != {each["rows"] for each in other}:
        raise SystemExit(f"{kind}: not the same rows")
    rows = mine[0]["rows"]
    print(f"{kind}, {rows:,} observations, {pairs} pairs")
    for who, each in found.items():
        speed = rows / statistics.median(one["s"] for one in each)
        peak = max(one["peak_mb"] for one in each)
        worked = statistics.median(one["cpu"] for one in each)
        line(f"    {who}", f"{speed:,.0f} rows/s", f"CPU {worked:.1f} s, peak {peak:.0f} MB")
    for name, words, goal in (
        ("cpu", "CPU time", "for 2.2 times the columns"),
        ("peak_mb", "peak memory", "goal: under 300 MB whatever the rows"),
    ):
        ratios = sorted(a[name] / b[name] for a, b in zip(mine, other, strict=True))
        spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}"
        line(f"    ratio of {words} ({spread})", f"{statistics.median(ratios):.2f}", goal)


def main() -> None:
    given = sys.argv[1:4]
    posts, rounds, pairs = (int(each) for each in [*given, *("20000", "50", "5")[len(given) :]])
    kinds = sys.argv[4:] or FORMATS
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for number, some in (
            (posts, [each for each in kinds if each != "xlsx"]),
            (posts // 10, [each for each in kinds if each == "xlsx"]),
        ):
            if some:
                path = folder / f"{number}.db"
                build(path, number, rounds)
                for kind in some:
                    measured(f"sqlite:///{path.as_posix()}", folder, kind, pairs)


if __name__ == "__main__":
    main()
