"""``collect serve`` in real time: starts, watches, is asked, refuses a second one, takes a new config, ends, is killed."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.app import clock
from storage.bulk import seconds
from storage.database import writing
from storage.operations import jobs
from tests.collector.centre import CONFIG, Centre, centre
from tests.collector.service.live import collect, live, status, until
from tests.server import platforms as played
from tests.server.site import Reply, Seen, Site

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by SIGTERM")

PORTAL = """
[[accounts]]
id = "wang"
platform = "portal"
name = "云岭新闻网"
url = "https://www.yunling.gov.cn/xw/index.html"

[platforms.portal]
base_url = "{url}"
"""


def rows(made: Centre, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(made.folder / "data" / "baokuan.db")) as connection:
        return connection.execute(sql).fetchall()


def missed() -> tuple[str, int]:
    """A crontab by which collecting was due ten minutes ago, and the moment half an hour ago."""
    now = clock()
    return f"{(now - timedelta(minutes=10)).minute} * * * *", seconds(now - timedelta(minutes=30))


def test_a_day_in_the_life(tmp_path: Path) -> None:
    made = centre(tmp_path)
    with live(made) as serving:
        assert (tmp_path / "inbox" / "kehu").is_dir()
        began = time.monotonic()
        made.douyin("2026-10-07 作品.csv", [("春耕", "2026-10-01 08:00:00", 120_000)])
        (made.inbox("douyin") / "~$作品.xlsx").write_bytes(b"open in Excel")
        done = until(lambda: list((made.inbox("douyin") / "done").glob("*作品.csv")))
        assert len(done) == 1
        assert time.monotonic() - began < 30  # seconds, on a machine that does nothing else
        assert rows(made, "SELECT views FROM latest") == [(120_000,)]

        told = status(made)
        assert told["service"]["running"] is True
        assert told["service"]["pid"] == serving.process.pid
        assert "collect" in told["next"]
        assert told["misses"] == []
        shown = collect(made, "status").stdout
        assert (
            f"采集服务：在运行（主机 {told['service']['host']}，进程 {serving.process.pid}，"
            in shown
        )

        second = collect(made, "serve")
        assert second.returncode == 1
        assert f"进程 {serving.process.pid}，" in second.stderr
        assert "没有再启动一个" in second.stderr
        assert rows(made, "SELECT count(*) FROM service") == [(1,)]

        config = tmp_path / "config.toml"
        config.write_text(f"{CONFIG}\n[mail", encoding="utf-8")
        until(lambda: "仍按原来的配置运行" in serving.said())
        made.douyin("2026-10-08 作品.csv", [("春耕", "2026-10-01 08:00:00", 130_000)])
        until(lambda: rows(made, "SELECT views FROM latest") == [(130_000,)])
        refused = collect(made, "status")
        assert refused.returncode == 2
        assert "仍按改动以前的配置工作" in refused.stderr

        more = '\n[[accounts]]\nid = "xin"\nplatform = "app"\nname = "新客户端"\n'
        config.write_text(CONFIG + more, encoding="utf-8")
        until((tmp_path / "inbox" / "xin").is_dir)

        assert serving.stop() == 0
    assert status(made)["service"]["running"] is False
    with live(made) as again:
        assert status(made)["service"]["pid"] == again.process.pid
        assert again.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["asked to end", "killed"])
def test_a_run_that_is_cut_off_is_made_up_for(tmp_path: Path, how: str) -> None:
    inside, let_go = threading.Event(), threading.Event()

    def slowly(_seen: Seen) -> Reply:
        inside.set()
        let_go.wait(600)
        return listed

    listed = played.portal_list(["/info/1034/1080.htm"])
    with Site() as site:
        crontab, then = missed()
        schedule = f'\n[schedule]\ncollect = "{crontab}"\n'
        made = centre(tmp_path, CONFIG + PORTAL.format(url=site.url) + schedule)
        site.routes["/xw/index.html"] = slowly
        app = made.app
        with writing(app.engine) as connection:  # as if the machine had been off
            jobs.begin_counting(connection, "collect", crontab, then)
        app.engine.dispose()
        with live(made) as serving:
            assert inside.wait(60)
            if how == "killed":
                serving.kill()
            else:
                assert serving.stop() == 0  # though the site still has not answered
                assert not let_go.is_set()
        assert rows(made, "SELECT count(*) FROM job WHERE ended_at IS NULL AND started_at > 0") == [
            (1,)
        ]
        let_go.set()
        site.routes["/xw/index.html"] = listed
        site.routes["/info/1034/1080.htm"] = played.portal_article("春耕", "2026-10-01", views=77)
        with live(made) as serving:
            until(lambda: rows(made, "SELECT 1 FROM job WHERE outcome = 'done'"))
            (told,) = status(made)["misses"]
            assert serving.stop() == 0
    if (
        how == "asked to end"
    ):  # killed, what was left behind may still have read the list, which is due in an hour
        assert rows(made, "SELECT views FROM latest") == [(77,)]
    assert told["job"] == "collect"
    assert told["made_up_at"]
    assert told["words"].endswith("补采")
    assert ("interrupted",) in rows(made, "SELECT outcome FROM job")
