"""Exports of all observations, against pandas.read_sql and its to_csv, to_json, to_parquet and to_excel on the same database.

    python -m bench.exporting [POSTS] [ROUNDS] [PAIRS] [FORMAT …]

Each export runs in a process of its own, ours and theirs by turns; ratios are medians of the pairs. Ours writes 42 columns
(a figure's limits and how it is known beside it), theirs the 19 that the tables hold. xlsx is measured on a tenth of the posts.
Ten million rows: python -m bench.exporting 200000 50 1 csv
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from bench._common import fresh, goal, measured, paired
from bench.summary import ACCOUNTS, build

OURS = (
    f"""NAMES = [f"账号{{n}}" for n in range({ACCOUNTS})]
"""
    """
import json, sys
from datetime import datetime
from pathlib import Path
from bench._common import taken
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
took = {}
with taken(took), database.reading(database.open_read_only(url)) as connection:
    inquiry = ask(connection, centre, None, "published", late, late)
    number = WRITERS[kind](Path(target), about(inquiry, "observations"), rows(inquiry, "observations"))
print(json.dumps(took | {"rows": number}))
"""
)
THEIRS = """
import json, sys
import pandas as pd
from bench._common import taken
from sqlalchemy import create_engine
url, target, kind = sys.argv[1:]
SQL = (
    "SELECT o.*, p.published_at, k.key AS account, a.source, c.sha256 FROM observation o"
    " JOIN post p ON p.post_id = o.post_id JOIN account k ON k.account_id = p.account_id"
    " JOIN attempt a ON a.attempt_id = o.attempt_id LEFT JOIN capture c ON c.capture_id = a.capture_id"
    " ORDER BY o.post_id, o.observed_at"
)
took = {}
with taken(took):
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
print(json.dumps(took | {"rows": len(frame)}))
"""
FORMATS = ("csv", "json", "parquet", "xlsx")


def export(code: str, url: str, target: Path, kind: str) -> dict[str, Any]:
    found = fresh(code, url, str(target), kind)
    target.unlink()
    return found


def against(url: str, folder: Path, kind: str, pairs: int) -> None:
    """Pairs of exports, and what they come to."""
    mine = partial(export, OURS, url, folder / f"ours.{kind}", kind)
    found = paired(mine, partial(export, THEIRS, url, folder / f"theirs.{kind}", kind), pairs)
    if len({each["rows"] for each in (*found.ours, *found.theirs)}) > 1:
        raise SystemExit(f"{kind}: not the same rows")
    found.show(f"{kind}, {found.ours[0]['rows']:,} observations, 2.2 times the columns", "pandas")
    goal("    peak memory", max(each["peak_mb"] for each in found.ours), 300, " MB")


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
                    against(f"sqlite:///{path.as_posix()}", folder, kind, pairs)


if __name__ == "__main__":
    measured(main)
