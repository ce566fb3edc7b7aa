"""All documents of a summary: over many posts against pandas loading their observations, and of one county with twelve
charts.

    python -m bench.documents [POSTS] [ROUNDS]

Every measurement is five fresh processes a side, by turns, imports included unless said otherwise; a county has no other side.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench._common import ROOT, alone, fresh, goal, line, measured, median, paired, show
from bench.summary import QUARTER, build, moment

OURS = """
import json, sys, time
from datetime import datetime
from importlib import import_module
from pathlib import Path
from reports.documents import RENDERERS
from adapters.moments import SHANGHAI
from reports.centre import AccountInfo, Centre, TopicInfo
from reports.periods import parse_period
from reports.summary import build
from storage import database
url, folder, at, period = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
now = datetime.fromtimestamp(at, SHANGHAI)
accounts = tuple(
    AccountInfo(id=f"账号{n}", name=f"账号{n}", platform="app", platform_name="客户端", group=f"第{n % 3}组")
    for n in range(12)
)
centre = Centre(
    name="云岭县融媒体中心", accounts=accounts, thresholds={"views": [100_000, 1_000_000], "likes": [10_000]},
    topics=(TopicInfo(name="整千", keywords=("000条",)),),
)
engine = database.open_database(url)
with database.reading(engine) as connection:
    summary = build(connection, centre, parse_period(period), "published", now, now)
built = time.process_time()
for name, module in RENDERERS.items():
    import_module(f"reports.documents.{module}").render(summary, folder / f"s.{name}")
posts = summary.total.posts
print(json.dumps({"built": built, "posts": posts}))
"""

PANDAS = """
import json, sqlite3, sys
import pandas as pd
with sqlite3.connect(sys.argv[1]) as connection:
    frame = pd.read_sql(
        "SELECT o.post_id, o.observed_at, o.state, o.views, o.likes, o.comments, o.shares, o.favourites, o.looks"
        " FROM observation o JOIN post p ON p.post_id = o.post_id"
        f" WHERE p.published_at >= {int(sys.argv[2])} AND p.published_at < {int(sys.argv[3])}", connection)
print(json.dumps({"rows": len(frame)}))
"""

COUNTY = """
import json, sys, time
from bench._common import taken
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from adapters.moments import SHANGHAI
from collector.config.loading import load
from collector.summaries import centre_of
from reports.documents import FULL, RENDERERS
from reports.periods import parse_period
from reports.summary import build
from storage import database
from datetime import datetime
folder = Path(sys.argv[1])
config = load(folder / "config.toml")
now = datetime.now(SHANGHAI)
with database.reading(database.open_database(config.database_url)) as connection:
    summary = build(connection, centre_of(config), parse_period("2026Q3"), "published", now, now)
found = [each for section in summary.sections for each in section.charts]
twelve = tuple(replace(found[at % len(found)], id=f"c{at}") for at in range(12))
bare = [replace(each, charts=()) for each in summary.sections]
summary = replace(summary, sections=(replace(bare[0], charts=twelve), *bare[1:]))
modules = {name: import_module(f"reports.documents.{module}") for name, module in RENDERERS.items()}
took, each_s = {}, {}
with taken(took):
    for name, module in modules.items():
        at = time.process_time()
        (module.render_listing if name in FULL else module.render)(summary, folder / f"s.{name}")
        each_s[name] = round(time.process_time() - at, 2)
print(json.dumps(took | {"each": each_s}))
"""


def main() -> None:
    posts, rounds = (int(each) for each in [*sys.argv[1:3], *("200000", "50")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        path = folder / "ours.db"
        build(path, posts, rounds)
        at = str(moment(200))
        quarter = tuple(str(int(each.timestamp())) for each in QUARTER)
        period = f"{QUARTER[0]:%Y-%m-%dT%H}..{QUARTER[1]:%Y-%m-%dT%H}"
        line(f"{posts:,} posts × {rounds} looks, {path.stat().st_size / 2**20:,.0f} MB", "")
        mine = partial(fresh, OURS, f"sqlite:///{path.as_posix()}", name, at, period)
        found = paired(mine, partial(fresh, PANDAS, str(path), *quarter))
        first, other = found.ours[0], found.theirs[0]
        what = f"five documents of a quarter, {first['posts']:,} posts"
        found.show(what, f"pandas.read_sql of its {other['rows']:,} observations", 1)
        line("    of it until the summary is built", f"{median(found.ours, 'built'):.1f} s")
        goal("    peak memory", max(each["peak_mb"] for each in found.ours), 300, " MB")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        shutil.copy(ROOT / "config.toml", name)
        shutil.copytree(ROOT / "examples" / "inbox", Path(name) / "inbox")
        command = [sys.executable, "-m", "collector.cli", "now", "--config", f"{name}/config.toml"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        county = alone(partial(fresh, COUNTY, name))
        show("a county's documents in full with twelve charts, imports aside", county)
        line("    each", "", str(county[0]["each"]))
        goal("    peak memory", max(each["peak_mb"] for each in county), 300, " MB")


if __name__ == "__main__":
    measured(main)
