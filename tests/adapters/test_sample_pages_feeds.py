"""Other people's recorded answers of B站, 头条, 微博 and 快手, each field against the raw bytes."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import SourceError
from adapters.records import Count, Post, about, at_least
from adapters.registry import ADAPTERS

NOW = datetime.fromisoformat("2019-06-15T12:00:00+08:00")


def loaded(path: Path) -> Any:
    return json.loads(path.read_bytes())


def answer(body: bytes, request: Request, *, status: int = 200, url: str = "") -> Page:
    return Page(
        request=request,
        account=Account(id="a", platform="x"),
        url=url or request.url,
        status=status,
        body=body,
        fetched_at=NOW,
    )


def read(adapter: str, body: bytes, request: Request, **more: Any) -> list[PageRecord]:
    reader = ADAPTERS[adapter].read
    assert reader is not None
    return list(reader(answer(body, request, **more)))


def asked(adapter: str, key: str, url: str = "") -> Request:
    visit = ADAPTERS[adapter].visit
    assert visit is not None
    request = visit(Account(id="a", platform=adapter), key, url)
    assert request is not None
    return request


def one(adapter: str, body: bytes, request: Request, **more: Any) -> Post:
    (post,) = read(adapter, body, request, **more)
    assert isinstance(post, Post)
    return post


def seconds(post: Post) -> float:
    assert post.published_at is not None
    return post.published_at.timestamp()


# --- B站


def test_bilibili_view(samples: Path) -> None:
    body = (samples / "bilibili/view.BV117411r7R1.json").read_bytes()
    post = one("bilibili", body, asked("bilibili", "BV117411r7R1"))
    raw = json.loads(body)["data"]
    assert (post.title, post.key, seconds(post)) == (raw["title"], "BV117411r7R1", raw["pubdate"])
    shown = post.metrics
    assert shown.views == Count(raw["stat"]["view"]) == Count(2404179)
    assert shown.likes == Count(raw["stat"]["like"]) == Count(161270)
    assert shown.comments == Count(raw["stat"]["reply"]) == Count(2676)
    assert shown.shares == Count(raw["stat"]["share"]) == Count(9620)
    assert shown.favourites == Count(raw["stat"]["favorite"]) == Count(58329)
    assert (shown.looks, shown.readers, shown.sharers) == (None, None, None)
    assert post.beside == {"弹幕量": raw["stat"]["danmaku"], "投币量": raw["stat"]["coin"]}
    assert post.observed_at is None


def test_bilibili_list(samples: Path) -> None:
    body = (samples / "bilibili/series-recArchivesByKeywords.json").read_bytes()
    start = ADAPTERS["bilibili"].start
    assert start is not None
    (first,) = start(Account(id="a", platform="bilibili", uid="123"), NOW.date())
    *videos, further = read("bilibili", body, first)
    raw = json.loads(body)["data"]["archives"]
    assert len(videos) == len(raw) == 3
    for request, each in zip(videos, raw, strict=True):
        assert isinstance(request, Request) and request.post is not None
        assert request.url.endswith(f"/x/web-interface/view?bvid={each['bvid']}")
        assert (request.key, request.post.key) == (each["bvid"], each["bvid"])
        assert (request.post.title, seconds(request.post)) == (each["title"], each["pubdate"])
        assert request.post.metrics.views == Count(each["stat"]["view"])
        assert request.post.metrics.likes is None
    assert isinstance(further, Request)
    assert (further.about, further.depth, further.url[-5:]) == ("list", 1, "&pn=2")


def test_bilibili_page_with_hidden_counts(samples: Path) -> None:
    name = "bilibili/video-page.INITIAL_STATE.av27567238.2018.fragment.js"
    script = (samples / name).read_bytes()
    page = b"<html><body><script>" + script + b"</script></body></html>"
    url = "https://www.bilibili.com/video/av27567238"
    post = one("bilibili", page, Request(url=url, key="av27567238"))
    assert (post.title, post.key, seconds(post)) == ("【花玲】前来忏悔", "av27567238", 1532357584)
    shown = post.metrics
    assert (shown.likes, shown.comments) == (Count(2114), Count(601))
    assert (shown.views, shown.shares, shown.favourites) == (None, None, None)
    assert post.beside == {}


def test_bilibili_answers_that_show_no_video(samples: Path) -> None:
    request = asked("bilibili", "BV1es411D7sW")
    for name, outcome in {
        "archive-stat.error-python-ua.json": "blocked",
        "archive-stat.BV1es411D7sW.json": "layout_changed",  # another interface, which has no title
        "arc-search.53456.json": "layout_changed",
    }.items():
        with pytest.raises(SourceError) as problem:
            read("bilibili", (samples / "bilibili" / name).read_bytes(), request)
        assert problem.value.outcome == outcome, name


# --- 头条


def test_toutiao_info(samples: Path) -> None:
    """An answer of 2016 has no likes: nothing of it is believed. With likes, each field is as it stands."""
    body = (samples / "toutiao/m-info.6365769989571821826.2016.json").read_bytes()
    request = asked("toutiao", "", "https://www.toutiao.com/a6365769989571821826/")
    with pytest.raises(SourceError, match="digg_count") as problem:
        read("toutiao", body, request)
    assert problem.value.outcome == "layout_changed"
    raw = json.loads(body)
    later = {**raw, "data": {**raw["data"], "digg_count": 7, "comment_count": 0}}
    post = one("toutiao", json.dumps(later).encode(), request)
    assert post.title == raw["data"]["title"] == "深度调查｜寻找冥婚凶案现场的“第四个男人”"
    assert (post.key, seconds(post)) == ("6365769989571821826", 1482146605)
    assert (post.metrics.likes, post.metrics.comments) == (Count(7), Count(0))
    assert (post.metrics.views, post.metrics.shares, post.metrics.favourites) == (None, None, None)
    assert post.beside == {"video_play_count": 2}


def test_toutiao_other_answers(samples: Path) -> None:
    request = asked("toutiao", "6433679784035221761")
    for name in ("pgc-ma-list.2017.fragment.json", "user-profile-homepage-v3.2017.json"):
        with pytest.raises(SourceError) as problem:
            read("toutiao", (samples / "toutiao" / name).read_bytes(), request)
        assert problem.value.outcome == "layout_changed", name


# --- 微博


def test_weibo_timeline(samples: Path) -> None:
    body = (samples / "weibo/m-cards1.1669879400.2019.json").read_bytes()
    start = ADAPTERS["weibo"].start
    assert start is not None
    (first,) = start(Account(id="a", platform="weibo", uid="1669879400"), NOW.date())
    *posts, further = read("weibo", body, first)
    cards = json.loads(body)["data"]["cards"]
    assert len(posts) == len(cards) == 10
    for post, card in zip(posts, cards, strict=True):
        assert isinstance(post, Post)
        _same_blog(post, card["mblog"])
    assert isinstance(further, Request)
    assert further.url == first.url + "&page=2"
    rounded = [each for each in posts if isinstance(each, Post) and each.metrics.comments]
    assert rounded[7].metrics.comments == at_least(1_000_000)
    assert rounded[7].metrics.likes == Count(1_049_077)


def _same_blog(post: Post, raw: dict[str, Any]) -> None:
    assert post.key == raw["mid"] and post.details == {"bid": raw["bid"]}
    month, day = raw["created_at"].split("-")
    shanghai = datetime.fromisoformat(f"2019-{month}-{day}T00:00:00+08:00")
    assert (post.published_at, post.date_only) == (shanghai, True)
    for metric, name in (
        ("shares", "reposts_count"),
        ("comments", "comments_count"),
        ("likes", "attitudes_count"),
    ):
        value = raw[name]
        true = at_least(1_000_000) if value == "100万+" else Count(value)
        assert getattr(post.metrics, metric) == true, (post.key, metric)
    assert (post.metrics.views, post.metrics.favourites) == (None, None)
    info = raw.get("page_info", {})
    plays = info.get("play_count")
    assert post.beside == ({"play_count": plays} if plays is not None else {})
    assert (post.kind == "video") == (info.get("type") == "video")
    assert post.original == ("retweeted_status" not in raw)
    begin = html.unescape(re.sub(r"<[^>]*>", " ", raw["text"])).split()[0]
    assert post.title.startswith(begin)


def test_weibo_answers_without_posts(samples: Path) -> None:
    """The account's own card, and the long text of a post, whose figures are 0 beside it."""
    request = asked("weibo", "4383183661430868")
    for name in ("m-userInfo.1669879400.2019.json", "m-statuses1.1669879400.2019.json"):
        with pytest.raises(SourceError) as problem:
            read("weibo", (samples / "weibo" / name).read_bytes(), request)
        assert problem.value.outcome == "layout_changed", name


# --- 快手

EID = "3xet8vhefke3cg2"


def test_kuaishou_desktop(samples: Path) -> None:
    body = (samples / "kuaishou/apollo-state.reconstructed.html").read_bytes()
    raw = loaded(samples / f"kuaishou/graphql-photo.{EID}.2023.fragment.json")
    request = asked("kuaishou", EID, f"https://www.kuaishou.com/short-video/{EID}?utm=1")
    assert request.url == f"https://www.kuaishou.com/short-video/{EID}"
    post = one("kuaishou", body, request)
    assert (post.key, post.title) == (EID, " ".join(raw["caption"].split()))
    assert post.published_at == datetime.fromtimestamp(raw["timestamp"] // 1000, UTC)
    assert raw["viewCount"] == "22.2万"
    assert post.metrics.views == about(222_000, 1_000, cut=None)
    assert post.metrics.likes == Count(raw["realLikeCount"]) == Count(6735)
    assert (post.metrics.comments, post.metrics.shares) == (None, None)


def test_kuaishou_mobile(samples: Path) -> None:
    body = (samples / "kuaishou/share-init-state.reconstructed.html").read_bytes()
    post = one("kuaishou", body, asked("kuaishou", "3xaaaaaaaaaaaaa"))
    assert post.title == "早上好家人们，今天晚上10点直播#感谢快手官大大送上热门"
    assert int(seconds(post)) == 1594165059
    shown = post.metrics
    assert (shown.views, shown.likes) == (Count(3926251), Count(100529))
    assert (shown.comments, shown.shares) == (Count(4747), Count(1365))
    assert post.beside == {}, "forwardCount 0 is not credible"


def test_kuaishou_profile_feed_is_not_a_share_page(samples: Path) -> None:
    """Its commentCount is 0 on every work: nothing of it may be believed."""
    body = (samples / "kuaishou/KsFeedProfileResponse.2020.json").read_bytes()
    with pytest.raises(SourceError) as problem:
        read("kuaishou", body, asked("kuaishou", "3xhwy55gyg2ii6q"))
    assert problem.value.outcome == "layout_changed"


# --- what is no post: one class for each recorded line, in its order

CLASSES: dict[str, tuple[str, list[tuple[str, tuple[str, ...]]]]] = {
    "bilibili": (
        "BV117411r7R1",
        [
            ("unclear", ("private", "geo_limited")),
            ("gone", ("deleted",)),
            ("blocked", ()),
            ("blocked", ()),
            ("blocked", ()),
            ("blocked", ()),
            ("gone", ("in_review",)),
            ("gone", ("private",)),
            ("gone", ("deleted",)),
        ],
    ),
    "weibo": (
        "4383183661430868",
        [
            ("login_expired", ()),
            ("login_expired", ()),
            ("unclear", ("no_posts", "blocked")),
            ("unclear", ("deleted", "private")),
            ("unclear", ("private", "login")),
            ("gone", ("private",)),
            ("blocked", ()),
            ("blocked", ()),
            ("unclear", ("deleted", "private")),
            ("blocked", ()),
        ],
    ),
    "kuaishou": (
        EID,
        [
            ("blocked", ()),
            ("blocked", ()),
            ("blocked", ()),
            ("layout_changed", ()),
            ("unclear", ("login", "account_gone")),
            ("layout_changed", ()),
        ],
    ),
}


@pytest.mark.parametrize("adapter", CLASSES)
def test_recorded_errors(adapter: str, samples: Path) -> None:
    key, classes = CLASSES[adapter]
    lines = (samples / adapter / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(classes)
    for line, (outcome, cases) in zip(lines, classes, strict=True):
        row = json.loads(line)
        request = asked(adapter, key)
        with pytest.raises(SourceError) as problem:
            read(
                adapter,
                _body(row),
                request,
                status=row.get("http", 200),
                url=row.get("url", request.url),
            )
        assert (problem.value.outcome, problem.value.cases) == (outcome, cases), row["means"]
        assert problem.value.advice and problem.value.target, row["means"]


def _body(row: dict[str, Any]) -> bytes:
    """The answer that a line of errors.jsonl describes."""
    if "title" in row:
        return (
            f"<html><head><title>{row['title']}</title></head>{row.get('html', '')}</html>".encode()
        )
    if "__INITIAL_STATE__" in row["means"]:
        state = json.dumps(row["body"])
        return f"<html><script>window.__INITIAL_STATE__={state};(function(){{}}());</script></html>".encode()
    return json.dumps(row["body"], ensure_ascii=False).encode() if "body" in row else b""
