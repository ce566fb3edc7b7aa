"""来源: what fails since when and what to do; an address is tried, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import responses

from adapters.contract import Request
from adapters.records import Post
from collector.config.loading import Config
from collector.fetching.fetch import Fetcher
from collector.visits import visiting
from collector.web.site import Site
from tests.collector.centre import NOW, Centre, centre
from tests.collector.kept import CONFIG, KEY, THEN, VIEW, keep, view
from tests.collector.web.conftest import browse

LIST = "https://www.yunling.example/xw/"


@pytest.fixture
def place(tmp_path: Path) -> Centre:
    return centre(tmp_path, CONFIG)


@pytest.fixture
def here(place: Centre) -> Iterator[Site]:
    made = Site(
        config_path=place.folder / "config.toml", guarded=False, owner="小林", clock=lambda: NOW
    )
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which every gap is over, and hosts that are public."""

    def hurried(config: Config, now: datetime, seconds: float) -> Fetcher:
        fetcher = visiting.fetcher_of(config, now, seconds)
        ticks = count()
        fetcher.monotonic = lambda: next(ticks) * 4.0
        fetcher.deadline = 1e12
        fetcher.resolve = lambda host: ["10.0.0.7"] if host == "inside.example" else ["8.8.8.8"]
        return fetcher

    monkeypatch.setattr("collector.web.pages.sources.fetcher_of", hurried)
    monkeypatch.setattr("collector.fetching.fetch.TRIES", 1)


def look(place: Centre, moment: datetime, outcome: str = "") -> None:
    post = Post(title="茶山", published_at=THEN - timedelta(days=1), url=LIST)
    keep(
        place, f"{moment}".encode(), [post], request=Request(url=LIST, about="list"),
        account="wang", adapter="portal", outcome=outcome, moment=moment,
    )  # fmt: skip


def rows(here: Site) -> list[str]:
    data: bytes = browse(here).get("/sources/?table=pages&as=csv").data
    return data.decode("utf-8-sig").splitlines()[1:]


def test_a_list_that_was_never_asked_is_named(here: Site) -> None:
    assert any(
        f"列表 {LIST},未采集,,,,还没有采集过，运行 collect now 即可" in each for each in rows(here)
    )


def test_a_list_that_fails_since_when_and_what_to_do(place: Centre, here: Site) -> None:
    look(place, THEN)
    assert any(f"列表 {LIST},正常,{THEN:%Y-%m-%d %H:%M},,," in each for each in rows(here))
    for hours in (1, 2):
        look(place, THEN + timedelta(hours=hours), "blocked")
    (row,) = (each for each in rows(here) if LIST in each)
    first = THEN + timedelta(hours=1)
    start = f"列表 {LIST},被拦截,{THEN:%Y-%m-%d %H:%M},{first:%Y-%m-%d %H:%M},2,"
    assert start in row
    assert len(row.split(start)[1]) > 5  # what was told
    assert "1 个有问题" in browse(here).get("/sources/").text


def test_an_address_is_tried_and_nothing_is_stored(
    here: Site, no_network: responses.RequestsMock
) -> None:
    no_network.get("https://api.bilibili.com/robots.txt", status=404)
    no_network.get(VIEW, body=view())
    browser = browse(here)
    browser.get("/sources/")
    url = f"https://www.bilibili.com/video/{KEY}"
    page = browser.post("/sources/probe", data={"url": url}).text
    assert "标题：云岭茶山开园" in page
    assert "阅读/播放量 41234" in page
    assert f'value="{url}"' in page
    assert "未采集" in browser.get("/sources/").text
    assert "还没有导入过文件" in browser.get("/").text or "还没有数据" in browser.get("/").text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("春茶", "“春茶”不是网址，请写全"),
        ("http://[", "不是网址，请写全"),
        ("file:///etc/passwd", "不是网址，请写全"),
        ("http://inside.example/admin", "内网"),
    ],
)
def test_an_address_that_is_not_asked(here: Site, url: str, said: str) -> None:
    browser = browse(here)
    browser.get("/sources/")
    answer = browser.post("/sources/probe", data={"url": url})
    assert answer.status_code == 200
    assert said in answer.text
