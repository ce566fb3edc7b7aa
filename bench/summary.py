"""A quarter's totals over many posts, against DuckDB computing the same over its own copy.

    python -m bench.summary [POSTS] [ROUNDS]

Each question is asked in five fresh processes a side, by turns: the asking alone; DuckDB has two threads. The other bases
and ``rebuild --check`` have no other side. Goals hold on the processor's time.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench._common import START, alone, fresh, goal, line, measured, paired, show, taken
from bench._filled import SHOWN, THRESHOLDS, Shape, fill
from storage import database
from storage.writing import rebuild

ACCOUNTS = 12
QUARTER = (START + timedelta(days=90), START + timedelta(days=181))

OURS = (
    f"""SHOWN = {SHOWN}
"""
    """
import json, sys
from bench._common import taken
from storage import database
from storage.views import totals, valued, view
from storage.known import Known
url, start, end, as_of, basis = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
thresholds = {"views": [100_000, 1_000_000], "likes": [10_000]}
took = {}
with taken(took), database.reading(database.open_database(url)) as connection:
    question = valued.Question(basis=basis, start=start, end=end, as_of=as_of, known=Known.by(connection, 2**40))
    found = totals.totals(view.View(connection, question), thresholds)
rows = sorted(
    [each.account, each.posts, *[int(each.sums[m].value) for m in SHOWN],
     *[each.hits[m][t] for m in thresholds for t in thresholds[m]]] for each in found.values()
)
print(json.dumps(took | {"rows": rows}))
"""
)

#: One way that is fast in DuckDB: the last moment of each post, joined back.
ASKED = (
    "WITH last AS (SELECT post_id, max(observed_at) AS seen FROM observation"
    " WHERE observed_at <= ? GROUP BY post_id)"
    " SELECT a.key, count(*), "
    + ", ".join(f"sum(o.{name})" for name in SHOWN)
    + ", "
    + ", ".join(
        f"count(*) FILTER (o.{metric} >= {value})"
        for metric, values in THRESHOLDS.items()
        for value in values
    )
    + " FROM post p JOIN last l ON l.post_id = p.post_id JOIN account a ON a.account_id = p.account_id"
    " JOIN observation o ON o.post_id = l.post_id AND o.observed_at = l.seen"
    " WHERE p.published_at >= ? AND p.published_at < ? AND o.state IN (0, 3) GROUP BY a.key"
)
DUCK = (
    f"""SQL = {ASKED!r}
"""
    """
import json, sys
import duckdb
from bench._common import taken
path, start, end, as_of = sys.argv[1], *map(int, sys.argv[2:5])
took = {}
with taken(took):
    connection = duckdb.connect(path, read_only=True, config={"threads": 2})
    rows = connection.execute(SQL, [as_of, start, end]).fetchall()
print(json.dumps(took | {"rows": sorted([r[0], *map(int, r[1:])] for r in rows)}))
"""
)


def moment(round_: int) -> int:
    return int(START.timestamp()) + round_ * 7 * 86_400 + 12 * 3_600


def year(posts: int, rounds: int) -> Shape:
    """So many posts over the year from START, each looked at so many times, once a week."""
    until = int((START + timedelta(days=365)).timestamp())
    return Shape(posts=posts, looks=rounds, every=7, accounts=ACCOUNTS, until=until, trailing=True)


def build(path: Path, posts: int, rounds: int) -> None:
    """The database of ``year``."""
    fill(path, year(posts, rounds))


def copy(source: Path, target: Path) -> None:
    """The same rows in DuckDB's own file."""
    import duckdb
    import pandas as pd

    connection = duckdb.connect(str(target))
    with sqlite3.connect(source) as old:
        for table in ("account", "post", "observation"):
            columns = "post_id, account_id, published_at" if table == "post" else "*"
            if table == "observation":
                columns = f"post_id, observed_at, state, {', '.join(SHOWN)}"
            frames: Any = pd.read_sql_query(
                f"SELECT {columns} FROM {table}", old, chunksize=1_000_000
            )
            for number, frame in enumerate(frames):
                into = f"CREATE TABLE {table} AS" if number == 0 else f"INSERT INTO {table}"
                connection.execute(f"{into} SELECT * FROM frame")
                del frame
    old.close()
    connection.close()


def main() -> None:
    posts, rounds = (int(each) for each in [*sys.argv[1:3], *("200000", "50")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path, duck = Path(name) / "ours.db", Path(name) / "duck.db"
        build(path, posts, rounds)
        copy(path, duck)
        url = f"sqlite:///{path.as_posix()}"
        period = [str(int(each.timestamp())) for each in QUARTER]
        line(f"{posts:,} posts × {rounds} looks, {path.stat().st_size / 2**20:,.0f} MB", "")
        end = int(QUARTER[1].timestamp())
        for asked, as_of, most in (
            ("the current quarter", moment(200), 1),
            ("as of the quarter's end", end, 2),
            ("as of half a year later", end + 180 * 86_400, 2),
        ):
            mine = partial(fresh, OURS, url, *period, str(as_of), "published")
            found = paired(mine, partial(fresh, DUCK, str(duck), *period, str(as_of)))
            if found.ours[0]["rows"] != found.theirs[0]["rows"]:
                raise SystemExit(f"{asked}: the figures differ")
            found.show(asked, "DuckDB", most)
            goal("    peak memory", max(each["peak_mb"] for each in found.ours), 150, " MB")
        for basis in ("gained", "aged"):
            show(
                f"basis {basis}", alone(partial(fresh, OURS, url, *period, str(moment(200)), basis))
            )
        took: dict[str, Any] = {}
        with taken(took), database.reading(database.open_database(url)) as connection:
            faults = [each for each in rebuild.check(connection) if each.what != "hit"]
        if faults:
            raise SystemExit(f"{len(faults)} faults: {faults[0]}")
        goal("rebuild --check of all of it, once", took["cpu_s"], 30, " s")


if __name__ == "__main__":
    measured(main)
