"""Whole runs of the interfaces of 百家号 and 微博: what is asked when, what is stored, that series go on, and that no secret is
kept or said."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adapters import baijiahao_api
from adapters.records import Post
from collector.cli import main
from storage import schema
from storage.database import reading
from tests.collector.network import NOW, UID, Network, network
from tests.server import platforms as played
from tests.server.platforms import moment
from tests.server.site import Reply, Seen, Site

pytestmark = pytest.mark.usefixtures("quick")

BJH_ID, BJH_TOKEN = "1700000000000001", "b4a1/ji+a=hao-token-of-the-centre"
WB_ID, WB_SECRET = "wb-app-id-1", "weibo-secret-of-the-centre"
WB_TOKENS = ["eyJhbGciOiJI.first.token", "eyJhbGciOiJI.second.token"]
A, B = "1846500000000000017", "1846400000000000025"
MID = "5227000000000011"
CREDENTIALS = {
    "baijiahao": f'appid = "{BJH_ID}"\nsecret_env = "BJH_TOKEN"\n',
    "weibo": f'appid = "{WB_ID}"\nsecret_env = "WB_SECRET"\n',
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BJH_TOKEN", BJH_TOKEN)
    monkeypatch.setenv("WB_SECRET", WB_SECRET)


def made(folder: Path, site: Site, *platforms: str, **sections: str) -> Network:
    return network(folder, site, platforms, credentials=CREDENTIALS, **sections)


def query(name: str) -> str:
    return f"/builderinner/open/resource/query/{name}"


def bjh(data: Any, errno: int = 0, errmsg: str = "success") -> Reply:
    return played.data({"errno": errno, "errmsg": errmsg, "data": data})


def serve_bjh(site: Site, views: Mapping[str, int]) -> None:
    """Articles with their views; each answer repeats what it was sent."""
    items = {
        key: {
            "article_id": key, "nid": f"news_{key}", "title": f"云岭{key[-2:]}", "type": "news",
            "status": "publish", "collection": "publish",
            "article_url": f"http://baijiahao.baidu.com/s?id={key}&wfr=spider&for=pc",
            "updated_at": int(moment("2026-10-31 18:00:00").timestamp()),
        }
        for key in views
    }  # fmt: skip

    def listed(seen: Seen) -> Reply:
        asked = json.loads(seen.body)
        return bjh({"page": {"has_next": False, "echo": asked}, "items": items})

    def figures(seen: Seen) -> Reply:
        asked = json.loads(seen.body)
        found = views[asked["article_id"]]
        return bjh({
            "recommend_count": 9 * found, "view_count": found, "comment_count": 2, "share_count": -1,
            "collect_count": 4, "likes_count": 5, "echo": asked["app_token"],
        })  # fmt: skip

    site.routes[query("articleListall")] = listed
    site.routes[query("articleStatistics")] = figures
    site.routes[query("fansListall")] = bjh({"page": {"total_count": 18_764}})


def account_figures(net: Network, account: str) -> list[tuple[str | None, str, int]]:
    """(day, name, value) of what is stored of an account as a whole."""
    table, accounts = schema.account_observation, schema.account
    found = (
        select(table.c.day, table.c.metric, table.c.value)
        .join(accounts, accounts.c.account_id == table.c.account_id)
        .where(accounts.c.key == account)
        .order_by(table.c.day, table.c.metric)
    )
    with reading(net.centre.app.engine) as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(found)]


def posts(net: Network) -> int:
    with reading(net.centre.app.engine) as connection:
        return len(connection.execute(select(schema.post.c.post_id)).all())


def test_articles_of_baijiahao(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "baijiahao")
    serve_bjh(site, {A: 10_867, B: 0})
    run = net.run()
    assert {each.outcome for each in run.results} == {"ok"}
    exact = {"likes": 5, "comments": 2, "favourites": 4}  # shares could not be had: missing, not 0
    assert net.figures("baijiahao")[f"id:{A}"] == {"views": 10_867, **exact}
    assert net.figures("baijiahao")[f"id:{B}"] == {"views": 0, **exact}
    assert account_figures(net, "baijiahao") == [(None, "followers", 18_764)]
    sent = [json.loads(each.body) for each in site.seen]
    assert all((each["app_id"], each["app_token"]) == (BJH_ID, BJH_TOKEN) for each in sent)
    assert {each["start_time"] for each in sent if "start_time" in each} == {"2026-10-02"}
    assert not [each for each in site.seen if each.path == "/robots.txt"]
    told = net.told(f"articleStatistics#{A}")
    assert [(each.kind, each.posts) for each in told] == [("api", 1)]


def test_what_is_due_of_baijiahao(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "baijiahao")
    serve_bjh(site, {A: 1, B: 2})
    net.run()
    listed, shown = {"articleListall": 1}, {"articleListall": 1, "articleStatistics": 2}
    for hours, calls in ((0.9, {}), (1.1, listed), (4.2, shown), (13, {**shown, "fansListall": 1})):
        before = len(site.seen)
        net.run(timedelta(hours=hours))
        asked = [each.path.rpartition("/")[2] for each in site.seen[before:]]
        assert {name: asked.count(name) for name in set(asked)} == calls, hours


@pytest.mark.parametrize(
    "url", [f"http://baijiahao.baidu.com/s?id={A}", f"https://baijiahao.baidu.com/s?id={A}"]
)
def test_an_article_that_a_table_told_of_is_the_same(site: Site, tmp_path: Path, url: str) -> None:
    net = made(tmp_path, site, "baijiahao")
    at = moment("2026-10-30 09:30:00")
    net.know("baijiahao", Post(title="云岭17", published_at=at, url=url))
    serve_bjh(site, {A: 7})
    net.run()
    assert posts(net) == 1
    assert net.figures("baijiahao")[f"id:{A}"]["views"] == 7
    with reading(net.centre.app.engine) as connection:
        stored = connection.execute(select(schema.post.c.published_at)).scalar_one()
    assert stored == int(at.timestamp())  # the interface has no better one


def test_a_list_that_repeats_itself_comes_to_an_end(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baijiahao_api, "PAGES", 3)
    net = made(tmp_path, site, "baijiahao")
    serve_bjh(site, {A: 7})
    listed = site.routes[query("articleListall")]
    assert callable(listed)

    def again(seen: Seen) -> Reply:
        body = json.loads(listed(seen).body)
        body["data"]["page"] = {"has_next": True}
        return played.data(body)

    site.routes[query("articleListall")] = again
    net.run()
    asked = [each.path.rpartition("/")[2] for each in site.seen]
    assert (asked.count("articleListall"), asked.count("articleStatistics")) == (3, 1)
    assert posts(net) == 1


def test_a_credential_that_is_refused_is_named(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "baijiahao")
    serve_bjh(site, {A: 7})
    site.routes[query("articleListall")] = bjh([], 60001001, f"授权校验失败 {BJH_TOKEN}")
    (told,) = [each for each in net.run().results if each.failed]
    assert told.outcome == "login_expired"
    assert "app_token" in told.problem
    assert BJH_TOKEN not in told.problem


# ── 微博 ──


def serve_weibo(site: Site, *, likes: int = 305, tokens: int = 1) -> None:
    answers = iter(WB_TOKENS)
    site.routes["/open/auth/ws_token"] = lambda _seen: played.data(
        {
            "code": 0,
            "message": "success",
            "data": {"token": next(answers), "uid": 1, "expire_in": 7_200},
        }
    )
    status = {
        "id": int(MID), "mid": MID, "text": f"云岭 {WB_SECRET}", "created_at": "Sat Oct 31 20:07:55 +0800 2026",
        "reposts_count": 2, "comments_count": 1, "attitudes_count": likes, "repost": None,
    }  # fmt: skip
    summary = {
        "readTrend30Days": [{"date": "2026-10-31", "totalReadCount": 900_000}],
        "fanTrend7Days": [
            {"date": "2026-10-31", "fansTotal": 48_210, "newFansCount": 21},
            {"date": "2026-10-30", "fansTotal": None, "newFansCount": 8},
        ],
        "videoSummary": {"trendLast30Days": [{"date": "2026-10-31", "playCount": 7_654}]},
        "topBlogs": [{"mid": MID, "weiboText": "云…", "createTimeText": "2026-10-31", "readTotal": 123_456}],
    }  # fmt: skip
    for token in WB_TOKENS[:tokens]:
        site.routes[weibo_call("weibo/user_status", token, "&count=100")] = weibo(
            {"statuses": [status], "echo": token}
        )
        site.routes[weibo_call("creator/summary", token)] = weibo(summary)
        site.routes[weibo_call("weibo/status_show", token, f"&id={MID}")] = weibo(status)


def weibo(data: Any, code: int = 0, message: str = "success") -> Reply:
    return played.data({"code": code, "message": message, "data": data})


def weibo_call(name: str, token: str = WB_TOKENS[0], more: str = "") -> str:
    return f"/open/{name}?token={token}{more}"


LATEST = "user_status?token={access_token}&count=100"


def test_posts_and_days_of_weibo(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "weibo")
    serve_weibo(site)
    run = net.run()
    assert {each.outcome for each in run.results} == {"ok"}
    assert net.figures("weibo") == {f"id:{MID}": {"views": 123_456, "likes": 305, "comments": 1, "shares": 2},
        f"url:m.weibo.cn/detail/{MID}": {"views": 123_456, "likes": 305, "comments": 1, "shares": 2}}  # fmt: skip
    # the account's days are facts of the account: no post has got 900,000 reads
    assert account_figures(net, "weibo") == [
        (None, "followers", 48_210),
        ("2026-10-30", "followers_gained", 8),
        ("2026-10-31", "followers_gained", 21),
        ("2026-10-31", "plays", 7_654),
        ("2026-10-31", "views", 900_000),
    ]
    assert posts(net) == 1
    assert len(site.asked("/open/auth/ws_token")) == 1
    asked = [each.path for each in site.seen]
    assert not [each for each in asked if "m.weibo.cn" in each or "getIndex" in each]
    assert net.told(LATEST)[0].kind == "api"


def test_a_series_goes_on_from_the_cookie_to_the_interface(site: Site, tmp_path: Path) -> None:
    """Without ``appid`` m.weibo.cn is asked, with it the interface; the post is one."""
    net = network(tmp_path, site, ["weibo"])
    status = played.weibo_status(MID, "云岭", "2026-10-31 20:07:55", 300, UID)
    site.routes[played.weibo_list_path(UID)] = played.weibo_list([status], UID)
    net.run()
    later = made(tmp_path, site, "weibo")
    serve_weibo(site, likes=400)
    before = len(site.seen)
    later.run(timedelta(hours=2))
    assert not [each for each in site.seen[before:] if "getIndex" in each.path]
    assert posts(later) == 1
    told = CliRunner().invoke(main, ["sources"], obj=later.centre.app).output
    assert "接口 list" in told
    assert "m.weibo.cn" not in told  # it is asked no longer
    series = [
        seen["likes"] for _, seen, _ in later.observed("weibo", f"id:{MID}") if "likes" in seen
    ]
    assert series == [300, 400]


def test_a_cookie_that_is_missing_does_not_matter_to_the_interface(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEIBO_COOKIE", raising=False)
    net = made(tmp_path, site, "weibo", weibo='cookie_env = "WEIBO_COOKIE"')
    serve_weibo(site)
    assert {each.outcome for each in net.run().results} == {"ok"}
    assert not [each for each in site.seen if "cookie" in each.headers]


def test_a_token_that_died_is_replaced_within_the_run(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "weibo")
    serve_weibo(site, tokens=2)
    for name, more in (("weibo/user_status", "&count=100"), ("creator/summary", "")):
        site.routes[weibo_call(name, WB_TOKENS[0], more)] = weibo(
            None, 40100, "Invalid or expired token"
        )
    assert {each.outcome for each in net.run().results} == {"ok"}
    assert len(site.asked("/open/auth/ws_token")) == 2


def test_a_day_s_limit_waits_until_tomorrow(site: Site, tmp_path: Path) -> None:
    """NOW is noon: the same call is left alone for the rest of the day, the others go on."""
    net = made(tmp_path, site, "weibo")
    serve_weibo(site, tokens=2)
    good = site.routes[weibo_call("weibo/user_status", more="&count=100")]
    for token in WB_TOKENS:
        site.routes[weibo_call("weibo/user_status", token, "&count=100")] = weibo(
            None, 42900, "limit"
        )
    (told,) = [each for each in net.run().results if each.failed]
    assert told.outcome == "blocked"
    assert "明天" in told.problem
    for token in WB_TOKENS:
        site.routes[weibo_call("weibo/user_status", token, "&count=100")] = good
    for hours, asked in ((2, 1), (11.9, 1), (12.1, 2)):
        serve_again(site)
        net.run(timedelta(hours=hours))
        assert len([each for each in site.seen if "user_status" in each.path]) == asked, hours
    assert net.outcome(LATEST) == "ok"


def test_a_day_s_limit_of_tokens_waits_too(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "weibo")
    site.routes["/open/auth/ws_token"] = weibo(None, 42900, "limit")
    assert {each.outcome for each in net.run().results} == {"blocked"}
    for hours, asked in ((2, 1), (11.9, 1), (12.1, 2)):
        net.run(timedelta(hours=hours))
        assert len(site.seen) == asked, hours


def serve_again(site: Site) -> None:
    site.routes["/open/auth/ws_token"] = weibo({"token": WB_TOKENS[0], "expire_in": 7_200})


def test_secrets_are_nowhere(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="collector")
    net = made(tmp_path, site, "weibo", "baijiahao")
    serve_weibo(site)
    serve_bjh(site, {A: 7})
    net.centre.now = NOW
    result = CliRunner().invoke(main, ["now"], obj=net.centre.app)
    assert result.exit_code == 0, result.output
    again = CliRunner().invoke(main, ["sources"], obj=net.centre.app)
    kept, said = net.everything_kept(), result.output + again.output + caplog.text
    for secret in (BJH_TOKEN, BJH_TOKEN.replace("/", "\\/"), WB_SECRET, *WB_TOKENS):
        assert secret.encode() not in kept, secret
        assert secret not in said, secret
    echo = net.told("articleListall#1")[0].capture
    assert echo is not None
    assert b"***" in echo
    assert BJH_ID.encode() in echo


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('appid = "1"', "app_token"),
        ('secret_env = "X"', "app_id"),
        ('secret_file = "x.txt"', "app_id"),
    ],
)
def test_half_a_credential_is_told(tmp_path: Path, lines: str, told: str) -> None:
    from collector.config.loading import ConfigError, parse

    text = f'[centre]\nname = "云岭"\n[[accounts]]\nid = "b"\nplatform = "baijiahao"\nname = "号"\n{lines}\n'
    with pytest.raises(ConfigError, match=told):
        parse(text, tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="没有程序会读的接口"):
        parse(text.replace("baijiahao", "netease"), tmp_path / "config.toml")


# ── collect probe --account ──


def probed(net: Network, account: str, *more: str) -> tuple[int, str]:
    net.centre.now = NOW
    result = CliRunner().invoke(main, ["probe", "--account", account, *more], obj=net.centre.app)
    return result.exit_code, result.output


def test_a_live_check_shows_where_to_compare(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "baijiahao", "weibo")
    serve_bjh(site, {A: 10_867, B: 3})
    serve_weibo(site)
    code, said = probed(net, "baijiahao")
    assert code == 0, said
    assert f"{'articleStatistics'}（{A}）" in said
    assert "阅读/播放量 10867　对：百家号后台“内容管理”里这一篇的“阅读”或“播放”" in said
    assert "分享数 没有给，记作没有数据" in said  # -1
    assert "粉丝数 18764　对：百家号后台首页的粉丝总数" in said
    assert len(site.seen) == 3  # each call once
    code, said = probed(net, "weibo")
    assert code == 0, said
    assert "阅读/播放量 123456　对：微博创作者中心" in said
    assert "  账号，2026-10-31\n" in said
    assert "阅读/播放量 900000　对：微博创作者中心（不含异常阅读）里这一天的阅读数" in said
    assert "点赞数 305　对：这条微博下面的赞数" in said
    assert not (net.centre.folder / "data").exists()
    for secret in (BJH_TOKEN, WB_SECRET, *WB_TOKENS):
        assert secret not in said
    code, told = probed(net, "baijiahao", "--json")
    figures = {
        each["name"]: each["count"]
        for call in json.loads(told)
        for record in call["records"]
        for each in record["figures"]
    }
    assert figures["views"] == {"value": 10_867, "bound": "exact"}
    assert figures["shares"] is None


def test_a_live_check_without_a_token_says_it_once(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site, "weibo")
    site.routes["/open/auth/ws_token"] = weibo(None, 40003, f"bad app_secret {WB_SECRET}")
    code, said = probed(net, "weibo")
    assert code == 1
    assert said.count("取了") == 1
    assert WB_SECRET not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--account", "weibo"], "没有写接口凭据：请在 config.toml 里写 appid"),
        (["--account", "portal"], "没有程序会读的接口"),
        ([], "--account"),
    ],
)
def test_a_live_check_wants_a_credential(
    site: Site, tmp_path: Path, words: list[str], told: str
) -> None:
    net = network(tmp_path, site, ["weibo", "portal"])
    result = CliRunner().invoke(main, ["probe", *words], obj=net.centre.app)
    assert result.exit_code == 2
    assert told in result.output
    assert site.seen == []
