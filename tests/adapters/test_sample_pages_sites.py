"""Real recorded answers of wechat_mp, douyin, xiaohongshu, portals and WeChat's data API, read through the page
half. Expected values are taken from the raw bytes here, by other means than the adapters use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import Account, Page, Request
from adapters.errors import Blocked, Gone, LayoutChanged, LoginExpired, SourceError, Unclear
from adapters.records import NO_METRICS, AccountFigures, Count, Post
from adapters.registry import ADAPTERS

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
MP = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStU_"


def page(
    body: bytes, url: str, *, platform: str = "", final: str = "", status: int = 200, **request: Any
) -> Page:
    return Page(
        request=Request(url=url, **request),
        account=Account(id="a", platform=platform),
        url=final or url,
        status=status,
        body=body,
        fetched_at=NOW,
    )


def read(adapter: str, answer: Page) -> list[Any]:
    reader = ADAPTERS[adapter].read
    assert reader is not None
    return list(reader(answer))


def shanghai(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- wechat_mp ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["article-04.html", "article-04.excerpt.html", "article-c01.excerpt.html"]
)
def test_articles_are_alive_and_show_no_figures(samples: Path, name: str) -> None:
    body = (samples / "wechat" / name).read_bytes()
    raw = body.decode("utf-8")
    (post,) = read("wechat_mp", page(body, MP))
    title = re.search(r'<meta property="og:title" content="([^"]*)"', raw)
    assert title is not None
    assert post.title == title[1].strip()
    assert post.published_at == shanghai(int(re.findall(r'var ct = "(\d{10})"', raw)[0]))
    ids = {
        each: re.findall(rf'var {each} = (?:"" \|\| )*"([^"]+)"', raw)[0]
        for each in ("mid", "idx", "sn")
    }
    assert post.key == f"{ids['mid']}_{ids['idx']}"
    assert f"&mid={ids['mid']}&idx={ids['idx']}&sn={ids['sn']}" in post.url
    assert post.metrics == NO_METRICS


@pytest.mark.parametrize(
    ("name", "error", "cases"),
    [
        ("deleted-by-author-01.zh.html", Gone, ("deleted",)),
        ("violation-01.zh.html", Gone, ("deleted", "violation")),
        ("unavailable-01.html", Gone, ("private",)),
        ("verify-page.reconstructed.html", Blocked, ()),
        ("verify-shell.reconstructed.html", Blocked, ()),
    ],
)
def test_pages_without_an_article(
    samples: Path, name: str, error: type[SourceError], cases: tuple[str, ...]
) -> None:
    with pytest.raises(error) as caught:
        read("wechat_mp", page((samples / "wechat" / name).read_bytes(), MP))
    assert caught.value.cases == cases


def test_the_reason_of_a_violation(samples: Path) -> None:
    body = (samples / "wechat" / "violation-01.zh.html").read_bytes()
    with pytest.raises(Gone, match="由用户投诉并经平台审核"):
        read("wechat_mp", page(body, MP))


# --- douyin ------------------------------------------------------------------------------------------


def test_what_is_left_of_a_douyin_page(samples: Path) -> None:
    body = (samples / "douyin" / "share-page-2026-08.head.fragment.html").read_bytes()
    said = re.search(
        r'content="(.*?) - 人民公园说AI于(\d{8})发布在抖音，已经收获了(\d+)个喜欢', body.decode()
    )
    assert said is not None
    url = "https://www.iesdouyin.com/share/video/7565000000000000001/"
    (post,) = read("douyin", page(body, url, key="7565000000000000001"))
    assert post.title == said[1] == "Jeff Dean拂衣去，谷公公能否把“根”留住？ #ai新星计划"
    assert post.published_at.strftime("%Y%m%d") == said[2]
    assert post.date_only
    assert post.metrics == replace(NO_METRICS, likes=Count(int(said[3])))


def test_the_error_text_of_douyin_is_no_deletion(samples: Path) -> None:
    body = (samples / "douyin" / "share-page-blocked.2026-08.fragment.html").read_bytes()
    with pytest.raises(LayoutChanged):
        read("douyin", page(body, "https://www.iesdouyin.com/share/video/7565000000000000001/"))


def test_a_douyin_page_until_2026_08(samples: Path) -> None:
    folder = samples / "douyin"
    key = "7535852404919586100"
    tree = json.loads((folder / f"share-page.{key}.2025-11.trimmed.json").read_bytes())
    item = tree["loaderData"]["video_(id)/page"]["videoInfoRes"]["item_list"][0]
    body = (folder / f"share-page.{key}.2025-11.reconstructed.html").read_bytes()
    (post,) = read("douyin", page(body, f"https://www.iesdouyin.com/share/video/{key}/", key=key))
    shown = item["statistics"]
    assert (post.key, post.title) == (key, item["desc"])
    assert post.published_at == shanghai(item["create_time"])
    assert post.metrics == replace(
        NO_METRICS,
        likes=Count(shown["digg_count"]),
        comments=Count(shown["comment_count"]),
        shares=Count(shown["share_count"]),
        favourites=Count(shown["collect_count"]),
    )
    assert shown["play_count"] == 0
    assert post.metrics.views is None


DOUYIN_MEANS: Mapping[str, type[SourceError]] = {
    "blocked": Blocked,
    "private": Gone,
    "unavailable": Unclear,
}


def test_errors_of_douyin(samples: Path) -> None:
    lines = (samples / "douyin" / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    for line in map(json.loads, lines):
        body = line["body"] if isinstance(line["body"], str) else json.dumps(line["body"])
        answer = page(
            body.encode(), "https://www.iesdouyin.com/share/video/1/", status=line["http"]
        )
        with pytest.raises(DOUYIN_MEANS[line["means"]]):
            read("douyin", answer)


# --- xiaohongshu -------------------------------------------------------------------------------------


def test_a_note_of_xiaohongshu(samples: Path) -> None:
    script = (samples / "xiaohongshu" / "explore.INITIAL_STATE.2026.fragment.js").read_text(
        encoding="utf-8"
    )
    tree = json.loads(script.split("=", 1)[1].rsplit(";", 1)[0].replace(":undefined", ":null"))
    (key,) = tree["note"]["noteDetailMap"]
    note = tree["note"]["noteDetailMap"][key]["note"]
    url = f"https://www.xiaohongshu.com/explore/{key}?xsec_token=AB&xsec_source=pc_feed"
    body = f"<!DOCTYPE html><html><body><script>{script}</script></body></html>".encode()
    (post,) = read("xiaohongshu", page(body, url, key=key))
    shown = note["interactInfo"]
    assert (post.key, post.title, post.kind) == (key, note["title"], "image")
    assert post.published_at == shanghai(note["time"] // 1000)
    assert post.metrics == replace(
        NO_METRICS,
        likes=Count(int(shown["likedCount"])),
        favourites=Count(int(shown["collectedCount"])),
        comments=Count(int(shown["commentCount"])),
        shares=Count(int(shown["shareCount"])),
    )


def test_errors_of_xiaohongshu(samples: Path) -> None:
    lines = (samples / "xiaohongshu" / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    url = "https://www.xiaohongshu.com/explore/68d0a1b2000000001203c4d5?xsec_token=A"
    for line in map(json.loads, lines):
        codes = line.get("code") or [line.get("error_code")]
        for code in codes:
            body = json.dumps({"code": code}).encode() if code else b"<html>x</html>"
            final = line.get("final_url", url).replace("…", "x")
            for status in line.get("http", [200]):
                with pytest.raises((Blocked, LoginExpired, Unclear, Gone)) as caught:
                    read("xiaohongshu", page(body, url, final=final, status=status))
                assert (caught.value.outcome == "blocked") == line["means"].startswith("blocked")


# --- portals -----------------------------------------------------------------------------------------


def metas(body: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, content in re.findall(r'<meta name="(\w+)" content="([^"]*)">', body.decode("utf-8")):
        found.setdefault(name, []).append(content)
    return found


def test_shanxi(samples: Path) -> None:
    body = (samples / "portal" / "shanxi-gov-trs.html").read_bytes()
    url = "http://www.shanxi.gov.cn/yw/sxyw/201909/t20190918_693227.shtml"
    said = metas(body)
    assert (said["Keywords"], said["Author"], said["Url"]) == (
        [""],
        [""],
        ["./t20190918_693227.shtml"],
    )
    (post,) = read("portal", page(body, url, platform="portal"))
    assert post == Post(
        title=said["ArticleTitle"][0],
        published_at=datetime.fromisoformat(said["PubDate"][0] + "+08:00"),
        url=url,
        kind="article",
        column=said["ColumnName"][0],
        beside={"来源": said["ContentSource"][0], "网站标识码": said["SiteIDCode"][0]},
    )
    assert post.published_at is not None
    assert post.published_at.year == 2019  # not 2017, which the template's attribute says


def test_zhejiang(samples: Path) -> None:
    body = (samples / "portal" / "zj-fgw-jcms.html").read_bytes()
    said = metas(body)
    assert said["SiteIDCode"] == [""]
    code = re.search("网站标识码：([0-9]{10})", body.decode())
    assert code is not None
    assert "浏览次数： </span>" in body.decode()
    (post,) = read("portal", page(body, said["url"][0], platform="portal"))
    assert post == Post(
        title=said["ArticleTitle"][0],
        published_at=datetime.fromisoformat(said["PubDate"][0] + "+08:00"),
        url=said["url"][0],
        kind="article",
        column=said["ColumnName"][0],
        beside={"来源": said["contentSource"][0], "网站标识码": code[1]},
    )


def test_vsb_saved_and_raw(samples: Path) -> None:
    body = (samples / "portal" / "sxmu-vsb.html").read_bytes()
    url = "http://jw.sxmu.edu.cn/info/1034/1081.htm"
    span = re.search(rb'<span id="dynclicks_wbnews_1081_978"[^>]*>(\d+)</span>', body)
    assert span is not None
    assert span[1] == b"2168"
    (post,) = read("portal", page(body, url, platform="portal"))
    assert post.title == "中华人民共和国监察法"
    assert post.published_at.strftime("%Y-%m-%d") == "2018-05-17"
    assert post.date_only
    assert post.metrics == replace(NO_METRICS, views=Count(2168))
    raw = body.replace(span[0], b"")  # as it comes before its script runs
    known, asked = read("portal", page(raw, url, platform="portal"))
    assert known == replace(post, metrics=NO_METRICS)
    assert asked == Request(
        url="http://jw.sxmu.edu.cn/system/resource/code/news/click/dynclicks.jsp"
        "?clickid=1081&owner=1412614994&clicktype=wbnews",
        about="counter",
        post=known,
    )


# --- the owner's data API ----------------------------------------------------------------------------


def api(samples: Path, name: str, first: str, last: str = "") -> tuple[Any, Page]:
    body = (samples / "exports" / "api" / f"wechat_datacube_{name}.json").read_bytes()
    dates = {"begin_date": first, "end_date": last or first}
    answer = page(body, f"https://api.weixin.qq.com/datacube/{name}", about=name)
    return json.loads(body), replace(answer, request=replace(answer.request, body=dates))


def end(day: str) -> datetime:
    return datetime.fromisoformat(day + "T00:00:00+08:00") + timedelta(days=1, seconds=-1)


def test_articles_of_the_data_api(samples: Path) -> None:
    tree, answer = api(samples, "getarticletotaldetail", "2025-11-01")
    ((row,), (post,)) = tree["list"], read("wechat_api", answer)
    (shown,) = row["detail_list"]
    assert post.key == row["msgid"]
    assert post.published_at == datetime.fromisoformat(row["ref_date"] + "T00:00:00+08:00")
    assert (post.date_only, post.observed_at) == (True, end(shown["stat_date"]))
    assert post.metrics == replace(
        NO_METRICS,
        readers=Count(shown["read_user"]),
        sharers=Count(shown["share_user"]),
        likes=Count(shown["like_user"]),
        comments=Count(shown["comment_count"]),
        favourites=Count(shown["collection_user"]),
        looks=Count(shown["zaikan_user"]),
    )


def test_days_of_the_data_api(samples: Path) -> None:
    tree, answer = api(samples, "getbizsummary", "2025-11-01", "2025-11-07")
    ((row,), (day,)) = tree["list"], read("wechat_api", answer)
    shown = row["detail"]
    assert day == AccountFigures(
        figures={
            "readers": Count(shown["read_user"]),
            "sharers": Count(shown["share_user"]),
            "likes": Count(shown["like_user"]),
            "comments": Count(shown["comment_count"]),
            "favourites_users": Count(shown["collection_user"]),
            "looks": Count(shown["zaikan_user"]),
            "source_readers": Count(shown["redirect_ori_page_user"]),
            "posts": Count(shown["send_page_count"]),
        },
        observed_at=end(row["ref_date"]),
        day=datetime.fromisoformat(row["ref_date"]).date(),
    )


def test_followers_of_the_data_api(samples: Path) -> None:
    tree, answer = api(samples, "getusercumulate", "2014-12-02", "2014-12-08")
    ((row,), (figures,)) = tree["list"], read("wechat_api", answer)
    assert figures.figures == {"followers": Count(row["cumulate_user"])}
    assert (figures.observed_at, figures.day) == (end(row["ref_date"]), None)
    tree, answer = api(samples, "getusersummary", "2014-12-02", "2014-12-08")
    ((row,), (figures,)) = tree["list"], read("wechat_api", answer)
    gained, lost = Count(row["new_user"]), Count(row["cancel_user"])
    assert figures.figures == {"followers_gained": gained, "followers_lost": lost}
    assert figures.day is not None


def test_errors_of_the_data_api(samples: Path) -> None:
    errors = json.loads((samples / "exports" / "api" / "wechat_errors.json").read_bytes())
    expected = {61501: LayoutChanged, 45009: Blocked}
    assert {each["errcode"] for each in errors} == set(expected)
    for each in errors:
        url = "https://api.weixin.qq.com/datacube/getbizsummary"
        with pytest.raises(expected[each["errcode"]]) as caught:
            read("wechat_api", page(json.dumps(each).encode(), url, about="getbizsummary"))
        assert caught.value.advice
