"""大屏: its figures are those of the summaries; it renews itself for weeks; a wall's address shows it and nothing else."""

from __future__ import annotations

import gc
import json
import re
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from waitress.server import create_server

from adapters.moments import SHANGHAI
from collector.app import App
from collector.cli import main
from collector.web.server import create
from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import Clock, browse, enter

CHROMIUM = Path("/usr/bin/chromium")
#: Of August and September 2026; the summary of the quarter has all three.
ROWS = [
    ("凌晨的青禾<b>", "2026-08-05 08:00:00", 2_346_810),
    ("茶山开园", "2026-09-02 08:00:00", 98_000),
    ("秋收", "2026-09-10 08:00:00", 120_000),
]


@pytest.fixture
def told(centre: Site, clock: Clock) -> Site:
    clock.now = datetime(2026, 9, 12, 9, 30, tzinfo=SHANGHAI)
    give(centre)
    return centre


def give(centre: Site) -> None:
    Centre(centre.folder).douyin("2026-09-11 作品列表.csv", ROWS)
    app = App(config_path=centre.config_path, clock=centre.clock)
    assert CliRunner().invoke(main, ["now", "--json"], obj=app).exit_code == 0


def figures(page: str) -> dict[str, dict[str, str]]:
    """Block → what it says → the exact value, as one sees it by pointing at the figure."""
    return {
        block[1]: {
            name: re.sub("<.*?>", "", value[value.find('title="') + 7 :].partition('"')[0])
            for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block[2])
        }
        for block in re.finditer(r'class="big"><h2>(.*?)</h2>(.*?)</section>', page, re.DOTALL)
    }


def test_its_figures_are_those_of_the_summaries(told: Site, tmp_path: Path) -> None:
    shown = figures(browse(told).get("/screen").text)
    assert shown == {
        "2026年9月": {
            "作品": "2",
            "阅读/播放量（人次）": "218000",
            "10万+作品": "1",
            "100万+作品": "0",
        },
        "2026年第三季度": {
            "作品": "3",
            "阅读/播放量（人次）": "2564810",
            "10万+作品": "2",
            "100万+作品": "1",
        },
    }
    app = App(config_path=told.config_path, clock=told.clock)
    for period, block in (("2026-09", "2026年9月"), ("2026Q3", "2026年第三季度")):
        asked = ["report", period, "--format", "json", "--out", str(tmp_path)]
        assert CliRunner().invoke(main, asked, obj=app).exit_code == 0
        total = json.loads((tmp_path / f"总结-{period}.json").read_text("utf-8"))["total"]
        assert str(total["posts"]) == shown[block]["作品"]
        assert str(total["views"]["value"]) == shown[block]["阅读/播放量（人次）"]
        assert str(total["hits"]["views"]["100000"]) == shown[block]["10万+作品"]


def test_the_hits_and_the_days(told: Site) -> None:
    page = browse(told).get("/screen").text
    titles = re.findall(r'<p class="title">(.*?)</p>', page)
    assert titles == ["凌晨的青禾&lt;b&gt;", "秋收"]
    assert "10日 · 阅读/播放量：120000" in page
    assert "3日 · 阅读/播放量：0" in page  # within what the file reaches, and nothing was published
    assert "11日 · 阅读/播放量：无数据" in page  # after it
    assert " style=" not in page


def test_without_data_nothing_is_zero(browser: FlaskClient) -> None:
    page = browser.get("/screen").text
    assert page.count('<dd><span class="none">无数据</span></dd>') == 8
    assert "还没有过线的作品" in page


def test_a_part_is_the_picture_alone(told: Site) -> None:
    browser = browse(told)
    whole, part = browser.get("/screen"), browser.get("/screen?part=1")
    assert "<html" not in part.text and figures(part.text) == figures(whole.text)
    assert part.headers["X-Build"] == whole.headers["X-Build"]
    assert f'data-build="{whole.headers["X-Build"]}"' in whole.text


def test_what_is_told_since_is_shown(told: Site) -> None:
    browser = browse(told)
    browser.get("/screen")
    told.clock.later(minutes=1)  # type: ignore[attr-defined]
    Centre(told.folder).douyin("后来.csv", [("白露", "2026-09-11 08:00:00", 7)])
    app = App(config_path=told.config_path, clock=told.clock)
    assert CliRunner().invoke(main, ["now", "--json"], obj=app).exit_code == 0
    assert figures(browser.get("/screen?part=1").text)["2026年9月"]["作品"] == "3"


def wall(office: Site) -> str:
    """The token of a screen that 老周 hangs in the hall."""
    browser = browse(office)
    enter(browser, "老周")
    browser.get("/settings/walls/")
    page = browser.post("/settings/walls/", data={"name": "一楼大厅"}).text
    found = re.search(r"http://127\.0\.0\.1:8720/screen\?token=([\w-]{43})<", page)
    assert found is not None
    assert found[1] not in browser.get("/settings/walls/").text  # shown once
    return found[1]


def test_a_wall_sees_the_screen_and_nothing_else(office: Site) -> None:
    token = wall(office)
    stranger = browse(office)
    page = stranger.get(f"/screen?token={token}")
    assert page.status_code == 200
    assert "青禾县融媒体中心" in page.text
    assert "<nav" not in page.text and '<a href="/"' not in page.text
    assert stranger.get(f"/screen?part=1&token={token}").status_code == 200
    for other in ("/", "/posts/", "/accounts/", "/settings/", "/settings/walls/", "/reports/file"):
        assert stranger.get(f"{other}?token={token}").status_code == 302
    assert stranger.get("/screen").status_code == 302  # the token alone is what admits


def test_only_a_hash_is_kept(office: Site) -> None:
    token = wall(office)
    office.close()
    kept = b"".join(each.read_bytes() for each in office.folder.rglob("*.db*"))
    assert b"\xe4\xb8\x80\xe6\xa5\xbc\xe5\xa4\xa7\xe5\x8e\x85" in kept  # 一楼大厅
    assert token.encode() not in kept


def test_a_wall_is_taken_back(office: Site) -> None:
    token = wall(office)
    browser = browse(office)
    enter(browser, "老周")
    page = browser.get("/settings/walls/").text
    (name,) = re.findall(r'name="wall" value="(\w+)"', page)
    browser.post("/settings/walls/revoke", data={"wall": name})
    assert browse(office).get(f"/screen?token={token}").status_code == 302
    assert "老周，2026-10-08 09:30 收回" in browser.get("/settings/walls/").text


@pytest.mark.parametrize("token", ["", "x", "你", "a" * 5_000])
def test_no_other_token_admits(office: Site, token: str) -> None:
    wall(office)
    answer = browse(office).get(f"/screen?token={token}")
    assert answer.status_code == 302
    assert answer.location.startswith("/enter")


@pytest.mark.parametrize("name", ["李主任", "小林"])
def test_only_a_manager_hangs_walls(office: Site, name: str) -> None:
    browser = browse(office)
    enter(browser, name)
    assert browser.get("/screen").status_code == 200
    assert browser.get("/settings/walls/").status_code == 403
    browser.get("/import/")
    assert browser.post("/settings/walls/", data={"name": "家里"}).status_code == 403


@pytest.mark.slow
def test_a_day_of_renewals_leaves_the_server_as_it_was(told: Site) -> None:
    """1,440 renewals, a minute apart by the clock: what the process holds after them is what it held after 200."""
    browser = browse(told)

    def renew(times: int) -> int:
        for _ in range(times):
            told.clock.later(minutes=1)  # type: ignore[attr-defined]
            assert browser.get("/screen?part=1").status_code == 200
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = renew(200)
        after = renew(1_240)
    finally:
        tracemalloc.stop()
    assert after - before < 300_000, f"{before} → {after} bytes"


@pytest.fixture
def address(told: Site) -> Iterator[str]:
    """The page on a port of this machine."""
    server = create_server(create(told), listen="127.0.0.1:0", threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.mark.slow
def test_a_browser_stays_as_it_was(address: str) -> None:
    """300 renewals: neither its heap nor its nodes and listeners grow; a server that is away is said, and comes back."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.clock.install(time=datetime(2026, 9, 12, tzinfo=SHANGHAI))
        page.clock.pause_at(datetime(2026, 9, 12, 1, tzinfo=SHANGHAI))  # only the test moves it
        page.goto(f"{address}/screen")
        inspector = page.context.new_cdp_session(page)

        def renew(times: int) -> tuple[int, dict[str, int]]:
            for _ in range(times):
                page.evaluate("document.querySelector('.wall header').className = 'before'")
                page.clock.run_for(60_000)
                page.wait_for_selector(".wall header:not(.before)").dispose()
            page.wait_for_function("document.getElementById('away').hidden")
            inspector.send("HeapProfiler.collectGarbage")
            used = inspector.send("Runtime.getHeapUsage")["usedSize"]
            return int(used), inspector.send("Memory.getDOMCounters")

        used, counters = renew(50)
        after, later = renew(250)
        assert after - used < 500_000, f"{used} → {after} bytes"
        assert later["nodes"] <= counters["nodes"] + 100
        assert later["jsEventListeners"] <= counters["jsEventListeners"]

        page.route("**/screen?part=1", lambda route: route.abort())
        page.clock.run_for(60_000)
        page.wait_for_selector("text=连接断了，最后更新于 2026-09-12 09:30")
        page.unroute("**/screen?part=1")
        page.clock.run_for(60_000)
        page.wait_for_selector("#away", state="hidden")

        for width, height in ((1920, 1080), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            fits = "document.documentElement.scrollHeight <= innerHeight"
            assert page.evaluate(fits), f"{width}×{height} scrolls"
            outside = (
                "[...document.querySelectorAll('.wall > section')]"
                ".filter((each) => each.scrollHeight > each.clientHeight + 2).length"
            )
            assert page.evaluate(outside) == 0, f"{width}×{height} hides a part"
        browser.close()
