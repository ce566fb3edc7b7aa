"""``collect probe``: which adapter reads a page and what it found; a config for a site nobody knows."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner, Result

from adapters.contract import Account, Page, Request
from adapters.registry import ADAPTERS
from collector.app import App
from collector.cli import main
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.fetching.fetch import Fetcher
from collector.probe.proposing import PageProposal, propose
from collector.visits import visiting
from tests.collector.centre import NOW, Centre, centre
from tests.collector.kept import CONFIG, KEY, VIEW, view

SITE = "https://www.yunling.example"
ARTICLE = f"{SITE}/news/show?id=7"
PLAIN = """<html><head><title>茶山日出-云岭网</title></head><body><div id="main">
<h1 class="tt">茶山日出</h1><p class="info"><span>来源:云岭发布</span><span>发布时间:2026-09-30 10:05</span>
<span>点赞:12</span><span class="hits123456">收藏:<b>3</b></span></p>
<p class="n">浏览次数:<b class="num">1.2万</b></p></div>
<p>茶山的时间:2026-01-01 在这里只是正文里的一句话,比标签长得多,不应当被看作发布时间,也不应当被看作别的什么。</p>
</body></html>"""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which every gap is over, and hosts that are public."""

    def hurried(config: Config, now: datetime, seconds: float) -> Fetcher:
        fetcher = visiting.fetcher_of(config, now, seconds)
        ticks = count()
        fetcher.monotonic = lambda: next(ticks) * 4.0
        fetcher.deadline = 1e12
        fetcher.now = lambda: now
        fetcher.resolve = lambda _host: ["8.8.8.8"]
        return fetcher

    monkeypatch.setattr("collector.commands.probe.fetcher_of", hurried)
    monkeypatch.setattr("collector.fetching.fetch.TRIES", 1)


@pytest.fixture
def here(tmp_path: Path) -> Centre:
    return centre(tmp_path, CONFIG)


def run(here: Centre, *words: str) -> Result:
    result = CliRunner().invoke(main, ["probe", *words], obj=here.app)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def serve(mock: responses.RequestsMock, url: str, body: str | bytes, **more: Any) -> None:
    origin = "/".join(url.split("/")[:3])
    mock.get(f"{origin}/robots.txt", status=404)
    mock.get(url, body=body, **more)


def test_a_known_platform_is_read(here: Centre, no_network: responses.RequestsMock) -> None:
    serve(no_network, VIEW, view())
    said = run(here, f"https://www.bilibili.com/video/{KEY}")
    assert said.exit_code == 0, said.output
    assert "读法：bilibili（B站，按账号 bili 的配置）" in said.output
    assert f"取了：{VIEW}" in said.output
    assert "标题：云岭茶山开园" in said.output
    assert "发布时间：2026-09-30 10:00:00" in said.output
    assert "阅读/播放量 41234" in said.output
    assert "弹幕量 5" in said.output
    assert "什么也没有存" in said.output


def test_nothing_is_stored(here: Centre, no_network: responses.RequestsMock) -> None:
    serve(no_network, VIEW, view())
    run(here, f"https://www.bilibili.com/video/{KEY}")
    assert [each.name for each in here.folder.iterdir()] == ["config.toml"]


def test_without_a_config(tmp_path: Path, no_network: responses.RequestsMock) -> None:
    serve(no_network, VIEW, view())
    app = App(config_path=tmp_path / "config.toml", clock=lambda: NOW)
    said = CliRunner().invoke(main, ["probe", f"https://www.bilibili.com/video/{KEY}"], obj=app)
    assert said.exit_code == 0, said.output
    assert "读法：bilibili（B站）\n" in said.output


OUTCOMES: list[tuple[dict[str, Any], str]] = [
    ({"body": json.dumps({"code": -412, "message": "banned"})}, "[被拦截] 请求被 B站 拦截"),
    ({"body": json.dumps({"code": 62002, "message": "x"})}, "（62002）"),
    ({"body": "", "status": 412}, "[被拦截]"),
    ({"body": "{}"}, "[版式变了]"),
    ({"body": "oops", "status": 502}, "[连不上]"),
]


@pytest.mark.parametrize(("answer", "words"), OUTCOMES)
def test_outcomes_in_words(
    here: Centre, no_network: responses.RequestsMock, answer: dict[str, Any], words: str
) -> None:
    serve(no_network, VIEW, **answer)
    said = run(here, f"https://www.bilibili.com/video/{KEY}")
    assert said.exit_code == 1
    assert words in said.output


def test_robots_that_forbid_are_obeyed(here: Centre, no_network: responses.RequestsMock) -> None:
    no_network.get("https://api.bilibili.com/robots.txt", body="User-agent: *\nDisallow: /")
    said = run(here, f"https://www.bilibili.com/video/{KEY}")
    assert said.exit_code == 1
    assert "[不允许]" in said.output
    assert "robots.txt 不允许" in said.output
    assert len(no_network.calls) == 1


def test_an_own_site_is_read_by_its_account(
    here: Centre, no_network: responses.RequestsMock
) -> None:
    links = "".join(f'<a href="/xw/t20260930_{n}.html">第{n}条新闻</a>' for n in range(7))
    serve(no_network, f"{SITE}/xw/", f"<html><body>{links}</body></html>")
    said = run(here, f"{SITE}/xw/")
    assert said.exit_code == 0, said.output
    assert "读法：portal（网站，按账号 wang 的配置）" in said.output
    assert "接着读 7 个地址" in said.output


def test_another_list_of_an_own_site_is_found_to_be_one(
    here: Centre, no_network: responses.RequestsMock
) -> None:
    links = "".join(f'<a href="/tz/t20260930_{n}.html">第{n}条通知</a>' for n in range(7))
    serve(no_network, f"{SITE}/tz/", f"<html><body>{links}</body></html>")
    assert "接着读 7 个地址" in run(here, f"{SITE}/tz/", "--account", "wang").output


def test_an_unknown_site_gets_a_config(tmp_path: Path, no_network: responses.RequestsMock) -> None:
    here = centre(tmp_path)  # without the site
    serve(no_network, ARTICLE, PLAIN)
    said = run(here, ARTICLE)
    assert said.exit_code == 0, said.output
    assert "没有见过的网站" in said.output
    (account,) = tomllib.loads(_pasted(said.output))["accounts"]
    configured = AccountConfig(**account)
    assert configured.id == "yunling.example"
    assert set(account["page"]) == {"title", "published_at", "views", "likes", "favourites"}
    assert "1.2万" in said.output


def test_a_redirect_elsewhere_is_told(tmp_path: Path, no_network: responses.RequestsMock) -> None:
    here = centre(tmp_path)
    target = "https://news.yunling.example/7.html"
    serve(no_network, ARTICLE, "", status=301, headers={"Location": target})
    said = run(here, ARTICLE)
    assert said.exit_code == 1
    assert f"转到：{target}" in said.output
    assert "请用那个网址再试一次" in said.output


def test_a_page_nobody_can_read(tmp_path: Path, no_network: responses.RequestsMock) -> None:
    serve(no_network, ARTICLE, "<html><body><p>欢迎</p></body></html>")
    said = run(centre(tmp_path), ARTICLE)
    assert said.exit_code == 1
    assert "[版式变了]" in said.output


def test_json_for_programs(here: Centre, no_network: responses.RequestsMock) -> None:
    serve(no_network, VIEW, view())
    told = json.loads(run(here, f"https://www.bilibili.com/video/{KEY}", "--json").output)
    assert (told["adapter"], told["outcome"], told["status"]) == ("bilibili", "ok", 200)
    assert told["posts"][0]["figures"]["views"] == {"value": 41_234, "bound": "exact"}


@pytest.mark.parametrize(
    "words", [["yunling.example/1"], ["ftp://a.example/"], [ARTICLE, "--account", "x"]]
)
def test_wrong_usage(here: Centre, words: list[str]) -> None:
    assert run(here, *words).exit_code == 2


# proposals: bytes in, config out


def page(body: str | bytes, url: str = ARTICLE, kind: str = "text/html; charset=utf-8") -> Page:
    return Page(
        request=Request(url=url),
        account=Account(id="probe", platform="portal", url=url),
        url=url,
        status=200,
        headers={"content-type": kind},
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=NOW,
    )


def proposed(body: str | bytes, url: str = ARTICLE) -> PageProposal:
    found = propose(page(body, url))
    assert found is not None
    return found


def figures(proposal: PageProposal) -> dict[str, tuple[int, str]]:
    metrics = proposal.posts[0].metrics
    return {
        name: (each.value, each.bound)
        for name in ("views", "likes", "comments", "shares", "favourites")
        if (each := getattr(metrics, name)) is not None
    }


def test_selectors_are_those_of_the_template() -> None:
    found = proposed(PLAIN)
    assert figures(found) == {
        "views": (12_000, "about"),
        "likes": (12, "exact"),
        "favourites": (3, "exact"),
    }
    assert "123456" not in found.toml
    post = found.posts[0]
    assert post.title == "茶山日出"
    assert post.published_at == datetime.fromisoformat("2026-09-30T10:05:00+08:00")


def test_what_is_pasted_reads_the_page_as_shown() -> None:
    found = proposed(PLAIN)
    account = AccountConfig(**tomllib.loads(found.toml)["accounts"][0]).for_adapters()
    read = ADAPTERS["h5"].read
    assert read is not None
    there = page(PLAIN)
    (post,) = read(Page(**{**{n: getattr(there, n) for n in Page.__slots__}, "account": account}))
    assert post == found.posts[0]


def test_a_site_with_metas_needs_no_selectors() -> None:
    found = proposed(
        '<html><head><meta name="SiteName" content="云岭县人民政府"><meta name="ArticleTitle" content="茶山日出">'
        '<meta name="PubDate" content="2026-09-30 10:05"></head><body>浏览次数:57</body></html>'
    )
    assert (found.page, found.name, figures(found)) == (
        {},
        "云岭县人民政府",
        {"views": (57, "exact")},
    )


def test_no_figure_is_invented() -> None:
    """A label without a number is no figure, and never zero."""
    found = proposed(
        "<html><head><title>茶山日出</title></head><body><h1>茶山日出</h1>"
        "<p>发布时间:2026-09-30</p><p>浏览次数:<b></b></p><p>点赞:-</p></body></html>"
    )
    assert figures(found) == {}


def test_a_list_of_unknown_form_gets_its_links() -> None:
    items = "".join(f'<li><a href="/show?id={n}">云岭新闻第{n}条标题</a></li>' for n in range(1, 9))
    found = proposed(
        f'<html><body><div class="nav"><a href="/about">关于我们的网站</a></div>'
        f'<ul class="news">{items}</ul></body></html>',
        f"{SITE}/list",
    )
    assert found.page == {"links": "ul.news > li > a"}
    assert found.leads_to == tuple(f"{SITE}/show?id={n}" for n in range(1, 9))
    assert any("其中一篇" in each for each in found.todo)


def test_data_gets_jmespath() -> None:
    rows = [
        {"newsId": 81, "title": "茶山日出", "publishTime": "2026-09-30 10:05", "stat": {"readNum": "10万+"}},
        {"newsId": 80, "title": "古镇夜色", "publishTime": 1_790_733_600_000, "stat": {"readNum": 51}},
    ]  # fmt: skip
    found = proposed(json.dumps({"code": 0, "data": {"list": rows}}))
    assert dict(found.page) == {
        "items": "json:data.list",
        "title": "json:title",
        "published_at": "json:publishTime",
        "views": "json:stat.readNum",
        "key": "json:newsId",
    }
    assert [each.metrics.views.value for each in found.posts if each.metrics.views] == [100_000, 51]


def test_one_article_as_data() -> None:
    found = proposed(
        json.dumps({"data": {"title": "茶山日出", "pub_date": "2026-09-30", "view-count": 7}})
    )
    assert found.page["views"] == 'json:data."view-count"'
    assert figures(found) == {"views": (7, "exact")}


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", "<html></html>", "\x00\xff", "<html><h1>茶山日出</h1>"]
)
def test_nothing_is_proposed_where_nothing_is_read(body: str) -> None:
    assert propose(page(body)) is None


@pytest.mark.parametrize(
    ("name", "title", "views"),
    [
        ("shanxi-gov-trs.html", "山西品牌丝路行（南美站）正式启动", None),
        ("sxmu-vsb.html", "中华人民共和国监察法", 2168),
        ("zj-fgw-jcms.html", "1-10月德清县固定资产投资结构趋稳趋优", None),
    ],
)
def test_real_sites(samples: Path, name: str, title: str, views: int | None) -> None:
    found = proposed((samples / "portal" / name).read_bytes(), f"{SITE}/info/1001/2345.html")
    post = found.posts[0]
    assert post.title == title
    assert (post.metrics.views.value if post.metrics.views else None) == views


def _pasted(output: str) -> str:
    lines = output.splitlines()
    first = lines.index("[[accounts]]")
    return "\n".join(lines[first : lines.index("", first)])
