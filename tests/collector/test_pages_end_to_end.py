"""Whole runs over real sockets: what the platforms served is what is stored, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.records import Post
from storage import schema
from storage.database import reading
from tests.collector.network import NOW, UID, Network, network
from tests.server import faults
from tests.server import platforms as played
from tests.server.platforms import moment
from tests.server.site import Reply, Site

pytestmark = pytest.mark.usefixtures("quick")

#: Long enough for every post of these tests to be due again.
LATER = timedelta(hours=5)
SNOW, FAIR = "BV1Yl4y1c7Xk", "BV1aa4y1b7Cd"
POST = "5012345678901234"
TOUTIAO, KUAISHOU, DOUYIN = "7412345678901234567", "3xunling0000001", "7561234567890123456"
NOTE = "68d0a1b2000000001203c4d5"
LINK = (
    f"https://www.xiaohongshu.com/explore/{NOTE}?xsec_token=ABq1-x_9Zz7QqLm%3D&xsec_source=pc_share"
)
MID = "2651000777"
AT = "2026-10-31 18:00:00"


def test_all_platforms_twice_with_grown_figures(site: Site, tmp_path: Path) -> None:
    net = network(
        tmp_path,
        site,
        ["bilibili", "weibo", "toutiao", "kuaishou", "douyin", "xiaohongshu", "portal", "app"],
    )
    net.know("toutiao", stored(TOUTIAO))
    net.know("kuaishou", stored(KUAISHOU))
    net.know("douyin", stored(DOUYIN, f"https://www.douyin.com/video/{DOUYIN}"))
    net.know("xiaohongshu", stored(NOTE, LINK))
    for round_, after in enumerate((timedelta(), LATER)):
        serve(site, more=1_000 * round_)
        run = net.run(after)
        assert [each.problem for each in run.results if each.problem] == []
    for account, key, first, second in EXPECTED:
        looks = net.observed(account, key)
        assert [each[1] for each in looks] == [first, second], account
        assert all(NOW <= each[0] < NOW + timedelta(minutes=1) for each in looks[:1]), account
        assert all(each[0] >= NOW + LATER for each in looks[1:]), account
        assert net.figures(account)[key] == second, account


def stored(key: str, url: str = "") -> Post:
    return Post(key=key, url=url, title="云岭大桥今日通车", published_at=moment(AT))


def serve(site: Site, more: int) -> None:
    """Every platform, its figures grown by ``more``."""
    routes = site.routes
    routes[played.bilibili_list_path(UID)] = played.bilibili_list(
        [(SNOW, "云岭的第一场雪", AT, 128_431 + more), (FAIR, "春节村晚", AT, 900 + more)]
    )
    routes[played.bilibili_list_path(UID, 2)] = played.bilibili_list([])
    view = "/x/web-interface/view?bvid="
    routes[view + SNOW] = played.bilibili_view(SNOW, "云岭的第一场雪", AT, 128_431 + more, 5_413)
    routes[view + FAIR] = played.bilibili_view(FAIR, "春节村晚", AT, 900 + more, 0)
    status = played.weibo_status(POST, "暴雨预警", AT, 305 + more, UID)
    routes[played.weibo_list_path(UID)] = played.weibo_list([status], UID)
    routes[played.toutiao_path(TOUTIAO)] = played.toutiao(TOUTIAO, "云岭大桥", AT, 214 + more, 38)
    routes[played.kuaishou_path(KUAISHOU)] = played.kuaishou(
        KUAISHOU, "云岭大桥", AT, 392_625 + more, 10_052
    )
    routes[played.douyin_path(DOUYIN)] = played.douyin(DOUYIN, "云岭大桥", "20261031", 341 + more)
    note = f"/explore/{NOTE}?xsec_token=ABq1-x_9Zz7QqLm%3D&xsec_source=pc_share"
    routes[note] = played.xiaohongshu(NOTE, "梯田", AT, 2_346 + more, "ABq1-x_9Zz7QqLm=")
    routes["/xw/index.html"] = played.portal_list(["/info/1034/1081.htm", "/info/1034/1080.htm"])
    routes["/info/1034/1081.htm"] = played.portal_article("百强", "2026-10-31", counter=1081)
    routes[played.counter_path(1081)] = faults.status(200, str(2_170 + more).encode())
    routes["/info/1034/1080.htm"] = played.portal_article("春耕", "2026-10-30", views=77 + more)
    routes["/api/list?ch=1"] = played.h5_list(
        [("8812", "稻香节", "2026-10-31 08:00", 12_034 + more), ("8811", "夜校", AT, None)]
    )


def seen(**figures: int) -> tuple[dict[str, int], dict[str, int]]:
    """The figures of the first pass, and of the second, in which the first of them grew by 1,000."""
    first = next(iter(figures))
    return figures, figures | {first: figures[first] + 1_000}


EXPECTED = [
    ("bilibili", f"id:{SNOW}", *seen(views=128_431, likes=5_413, comments=3, favourites=4, shares=5)),
    ("bilibili", f"id:{FAIR}", *seen(views=900, likes=0, comments=3, favourites=4, shares=5)),
    ("weibo", f"id:{POST}", *seen(likes=305, comments=1, shares=2)),
    ("toutiao", f"id:{TOUTIAO}", *seen(likes=214, comments=38)),
    ("kuaishou", f"id:{KUAISHOU}", *seen(views=392_625, likes=10_052, comments=4, shares=5)),
    ("douyin", f"id:{DOUYIN}", *seen(likes=341)),
    ("xiaohongshu", f"id:{NOTE}", *seen(likes=2_346, comments=6, shares=4, favourites=8)),
    ("portal", "url:www.yunling.gov.cn/info/1034/1080.htm", *seen(views=77)),
    ("app", "id:8812", *seen(views=12_034)),
]  # fmt: skip


def test_a_counter_completes_its_article(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    net.run()
    looks = net.observed("portal", "url:www.yunling.gov.cn/info/1034/1081.htm")
    assert [each[1] for each in looks] == [{}, {"views": 2_170}]
    assert net.told(played.counter_path(1081))[0].capture == b"2170"
    assert len(site.asked(played.counter_path(1081))) == 1


def test_what_is_kept_is_what_was_served(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo"])
    serve(site, more=0)
    net.run()
    (told,) = net.told(played.weibo_list_path(UID))
    served = site.routes[played.weibo_list_path(UID)]
    assert not callable(served)
    assert (told.outcome, told.capture, told.posts) == ("ok", served.body, 1)


def test_young_posts_wait_for_their_turn_and_all_overrides(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["toutiao"])
    net.know("toutiao", stored(TOUTIAO))
    serve(site, more=0)
    net.run()
    assert net.run(timedelta(minutes=30)).results == []
    assert len(net.run(timedelta(minutes=31), everything=True).results) == 1
    assert len(net.run(timedelta(minutes=92)).results) == 1
    assert len(site.asked(played.toutiao_path(TOUTIAO))) == 3


def test_a_post_that_a_list_shows_wholly_is_not_asked_for_again(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo"])
    serve(site, more=0)
    net.run()
    net.run(timedelta(minutes=30))
    net.run(LATER)
    assert [each.path for each in site.seen if "statuses" in each.path] == []


def test_a_known_article_of_a_list_is_asked_for_when_it_is_due(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    site.routes["/info/1034/1080.htm"] = played.portal_article("春耕", "2026-10-02", views=77)
    net.run()
    net.run(LATER)
    assert len(site.asked("/info/1034/1081.htm")) == 2
    assert len(site.asked("/info/1034/1080.htm")) == 1


def one_toutiao(site: Site, tmp_path: Path) -> Network:
    """A 头条 post that was looked at once: 214 likes."""
    net = network(tmp_path, site, ["toutiao"])
    net.know("toutiao", stored(TOUTIAO))
    serve(site, more=0)
    net.run()
    return net


BEFORE = {"likes": 214, "comments": 38}
#: An answer that gives no figure: its outcome, and a word of what a person is told.
NO_FIGURES = {
    "another post": (played.toutiao("7400000000000000001", "别的", AT, 9, 9), "layout_changed", "问的是"),
    "403": (faults.status(403), "blocked", "403"),
    "418": (faults.status(418), "blocked", "418"),
    "432": (faults.status(432), "blocked", "432"),
    "captcha": (faults.SHELL, "blocked", "验证"),
    "empty 200": (faults.EMPTY, "blocked", "空"),
    "429 for ever": (faults.status(429, Retry_After="0"), "blocked", "429"),
    "a day's rest": (faults.status(429, Retry_After="86400"), "blocked", "429"),
    "500 for ever": (faults.status(500), "unreachable", "500"),
    "too short": (faults.too_long(b'{"success": true'), "unreachable", "不完整"),
    "cut chunk": (faults.cut_chunk(b'{"success": true, "data": {}}'), "unreachable", "不完整"),
    "cut gzip": (faults.cut_gzip(b'{"success": true, "data": {}}'), "unreachable", "不完整"),
    "bomb": (faults.bomb(25), "refused", "20 MB"),
    "drip": (faults.drip(3.0), "unreachable", "太慢"),
    "silence": (faults.silent(1.0), "unreachable", "超时"),
    "reset": (faults.reset(), "unreachable", "连"),
    "loop": (faults.moved(played.toutiao_path(TOUTIAO)), "unreachable", "没有尽头"),
    "home page": (faults.moved("https://www.toutiao.com/"), "unclear", "首页"),
    "another host": (faults.moved("https://evil.example.com/x"), "layout_changed", "302"),
    "no address": (faults.moved("http://[x"), "unreachable", "看不懂"),
    "half a JSON": (faults.status(200, b'{"success": true, "data": {"title": "x"'), "unreachable", "完整"),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_FIGURES)
def test_an_answer_that_is_not_ok_changes_no_figure(case: str, site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    reply, outcome, word = NO_FIGURES[case]
    site.routes[played.toutiao_path(TOUTIAO)] = reply
    site.routes["/"] = played.page("<html><title>今日头条</title></html>")
    run = net.run(LATER)
    told = net.told(played.toutiao_path(TOUTIAO))[-1]
    assert (told.outcome, run.failed) == (outcome, True)
    assert word in told.problem
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told.problem)
    assert net.figures("toutiao")[f"id:{TOUTIAO}"] == BEFORE
    assert len(net.observed("toutiao", f"id:{TOUTIAO}")) == 1
    if case in ("captcha", "403", "429 for ever", "another post", "500 for ever"):
        assert told.capture == (reply.body if isinstance(reply.body, bytes) else b"")
    if case in ("too short", "drip", "silence", "bomb"):
        assert told.capture is None
    assert "evil.example.com" not in {each.headers["host"] for each in site.seen}


def test_a_failed_look_is_due_again_a_blocked_one_is_not(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    site.routes[played.toutiao_path(TOUTIAO)] = faults.status(500)
    net.run(LATER)
    site.routes[played.toutiao_path(TOUTIAO)] = faults.status(403)
    assert len(net.run(LATER + timedelta(minutes=1)).results) == 1
    assert net.run(LATER + timedelta(minutes=2)).results == []


def test_too_many_requests_once_then_the_page(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    page = played.toutiao(TOUTIAO, "云岭大桥", AT, 300, 40)
    busy = faults.status(429, Retry_After="1")
    site.routes[played.toutiao_path(TOUTIAO)] = faults.in_turn(busy, page)
    net.run(LATER)
    first, again = site.asked(played.toutiao_path(TOUTIAO))[1:]
    assert again.at - first.at >= 1.0
    assert net.figures("toutiao")[f"id:{TOUTIAO}"] == {"likes": 300, "comments": 40}


def test_an_error_of_the_server_once_then_the_page(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    page = played.toutiao(TOUTIAO, "云岭大桥", AT, 300, 40)
    site.routes[played.toutiao_path(TOUTIAO)] = faults.in_turn(
        faults.status(500), faults.reset(), page
    )
    net.run(LATER)
    assert net.outcome(played.toutiao_path(TOUTIAO)) == "ok"
    assert net.figures("toutiao")[f"id:{TOUTIAO}"] == {"likes": 300, "comments": 40}


def test_a_packed_page_is_kept_and_read_unpacked(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    page = played.toutiao(TOUTIAO, "云岭大桥", AT, 300, 40).body
    site.routes[played.toutiao_path(TOUTIAO)] = faults.packed(page)
    net.run(LATER)
    assert net.told(played.toutiao_path(TOUTIAO))[-1].capture == page


def test_a_sharp_fall_is_stored_and_flagged(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    site.routes[played.toutiao_path(TOUTIAO)] = played.toutiao(TOUTIAO, "云岭大桥", AT, 14, 38)
    (result,) = net.run(LATER).results
    assert net.figures("toutiao")[f"id:{TOUTIAO}"] == {"likes": 14, "comments": 38}
    assert result.stored is not None
    (fall,) = result.stored.falls
    assert (fall.metric, fall.before, fall.after) == ("likes", 214, 14)


def test_a_deleted_post_keeps_its_figures_and_is_marked(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["kuaishou"])
    net.know("kuaishou", stored(KUAISHOU))
    serve(site, more=0)
    net.run()
    before = net.figures("kuaishou")
    site.routes[played.kuaishou_path(KUAISHOU)] = faults.status(404)
    net.run(LATER)
    assert net.outcome(played.kuaishou_path(KUAISHOU)) == "gone"
    assert net.figures("kuaishou") == before
    assert net.observed("kuaishou", f"id:{KUAISHOU}")[-1][1:] == ({}, "deleted")
    assert net.run(2 * LATER, everything=True).results == []


def test_an_article_gone_from_a_site_is_found_by_its_address(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    net.run()
    del site.routes["/info/1034/1080.htm"]
    net.run(LATER)
    state = net.observed("portal", "url:www.yunling.gov.cn/info/1034/1080.htm")[-1][2]
    assert state == "deleted"


def test_an_empty_list_is_not_no_posts(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["bilibili", "app"])
    site.routes[played.bilibili_list_path(UID)] = played.bilibili_list([])
    site.routes["/api/list?ch=1"] = played.h5_list(
        [("1", "一", AT, 5), ("2", "二", AT, 6), ("3", "三", AT, 7)]
    )
    net.run()
    assert net.outcome(played.bilibili_list_path(UID)) == "unclear"
    assert net.outcome("/api/list?ch=1") == "ok"
    site.routes["/api/list?ch=1"] = played.h5_list([])
    net.run(LATER)
    assert net.outcome("/api/list?ch=1") in ("layout_changed", "unclear")
    assert net.figures("app")["id:3"] == {"views": 7}


def test_a_figure_that_was_always_there_and_is_nowhere_now(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["app"])
    site.routes["/api/list?ch=1"] = played.h5_list(
        [("1", "一", AT, 5), ("2", "二", AT, 6), ("3", "三", AT, 7)]
    )
    net.run()
    bare = [("1", "一", AT, None), ("2", "二", AT, None), ("3", "三", AT, None)]
    site.routes["/api/list?ch=1"] = played.h5_list(bare)
    net.run(LATER)
    told = net.told("/api/list?ch=1")[-1]
    assert told.outcome == "layout_changed"
    assert "阅读" in told.problem
    assert "以往" in told.problem


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    net = one_toutiao(site, tmp_path)
    address = played.toutiao_path(TOUTIAO)
    page = played.toutiao(TOUTIAO, "云岭大桥", AT, 300, 40).body
    site.routes[address] = faults.marked(page, '"v1"', "Sat, 31 Oct 2026 10:00:00 GMT")
    net.run(LATER)
    net.run(2 * LATER)
    net.run(3 * LATER)
    asked = site.asked(address)
    assert [each.headers.get("if-none-match") for each in asked[1:]] == [None, '"v1"', '"v1"']
    assert asked[-1].headers["if-modified-since"] == "Sat, 31 Oct 2026 10:00:00 GMT"
    told = net.told(address)
    assert [each.outcome for each in told] == ["ok", "ok", "unchanged", "unchanged"]
    assert told[-1].capture == page
    looks = net.observed("toutiao", f"id:{TOUTIAO}")
    assert [each[1] for each in looks[1:]] == [{"likes": 300, "comments": 40}] * 3
    assert [each[0] - NOW for each in looks[1:]][-1] >= 3 * LATER


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (faults.status(200, b"User-agent: *\nDisallow: /"), "refused"),
        (faults.status(200, b"User-agent: baokuan\nDisallow: /i\nAllow: /i741"), "ok"),
        (faults.status(200, b"User-agent: *\nDisallow: /xw/"), "ok"),
        (faults.status(404), "ok"),
        (faults.status(403), "ok"),
        (faults.status(500), "unreachable"),
        (faults.status(429), "unreachable"),
        (faults.moved("/elsewhere.txt"), "ok"),
        (faults.reset(), "unreachable"),
    ],
)
def test_robots(robots: Reply, outcome: str, site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["toutiao"])
    net.know("toutiao", stored(TOUTIAO))
    serve(site, more=0)
    site.routes["/robots.txt"] = robots
    net.run()
    assert net.outcome(played.toutiao_path(TOUTIAO)) == outcome
    assert bool(site.asked(played.toutiao_path(TOUTIAO))) == (outcome == "ok")


def test_a_list_covers_what_it_shows_and_a_page_does_not(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo", "toutiao"])
    net.know("toutiao", stored(TOUTIAO))
    serve(site, more=0)
    times = [
        "2020-01-01 08:00:00",
        AT,
        "2026-10-30 09:00:00",
        "2026-10-28 07:00:00",
    ]  # pinned first
    statuses = [
        played.weibo_status(f"501234567890{n:04}", "云岭", at, n, UID) for n, at in enumerate(times)
    ]
    first, rest = statuses[:2], statuses[2:]
    site.routes[played.weibo_list_path(UID)] = played.weibo_list(first, UID, since="4999")
    site.routes[played.weibo_list_path(UID, "4999")] = played.weibo_list(rest, UID)
    net.run()
    attempt = schema.attempt
    query = select(attempt.c.first_published, attempt.c.last_published, attempt.c.posts).where(
        attempt.c.kind == "pass"
    )
    with reading(net.centre.app.engine) as connection:
        rows = [tuple(each) for each in connection.execute(query)]
    span = [int(moment(at).timestamp()) for at in (times[3], times[1])]
    assert rows == [(*span, 0)]


def test_a_list_that_ended_badly_covers_nothing(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo"])
    statuses = [played.weibo_status(POST, "云岭", AT, 5, UID)]
    site.routes[played.weibo_list_path(UID)] = played.weibo_list(statuses, UID, since="4999")
    site.routes[played.weibo_list_path(UID, "4999")] = faults.status(418)
    net.run()
    assert net.figures("weibo")[f"id:{POST}"]["likes"] == 5
    assert net.told("weibo 列表") == []
