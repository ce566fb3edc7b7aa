"""``collect platforms``: what each platform shows, and what its hosts' robots.txt allow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from click.testing import CliRunner, Result

from adapters import platforms
from adapters.registry import ADAPTERS
from collector.cli import main
from collector.commands.platforms import showings
from tests.collector.centre import Centre, centre

CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[[accounts]]
id = "bili"
platform = "bilibili"
name = "云岭发布B站号"
uid = "3546789012"

[[accounts]]
id = "wang"
platform = "portal"
name = "云岭新闻网"
url = "https://www.yunling.example/xw/"

[platforms.bilibili]
rate = "1000/s"
concurrency = 2
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setattr("collector.visits.visiting.addresses", lambda _host: ["8.8.8.8"])
    return centre(tmp_path, CONFIG)


def run(here: Centre, *words: str) -> Result:
    result = CliRunner().invoke(main, ["platforms", *words], obj=here.app)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_every_platform_is_told_of_without_the_network(here: Centre) -> None:
    said = run(here)
    assert said.exit_code == 0
    for platform, name in platforms.NAMES.items():
        assert f"{name}（{platform}）" in said.output
    assert "robots.txt 没有查" in said.output


def test_a_platform_says_what_it_shows_and_hides(here: Centre) -> None:
    said = run(here, "--platform", "bilibili").output
    assert "网页 bilibili：阅读/播放量、点赞数、评论数、分享数、收藏数" in said
    assert "网页上看不到：阅读人数、分享人数、在看（推荐）数" in said
    assert "每个网站 1000/s，同时 2 个\n" in said
    assert "api.bilibili.com：robots.txt 未查" in said
    assert "b23.tv：只在网页转到那里时才访问" in said


def test_own_interfaces_and_own_sites(here: Centre) -> None:
    wechat = run(here, "--platform", "wechat_mp").output
    assert "api.weixin.qq.com：自己账号的接口" in wechat
    assert "网页 wechat_mp：没有数字，只看是否还在、标题和时间" in wechat
    portal = run(here, "--platform", "portal").output
    assert "www.yunling.example：robots.txt 未查" in portal
    assert "20/min，同时 1 个（默认）" in portal


ROBOTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"body": "User-agent: *\nDisallow:"}, ["allowed", "allowed"]),
    ({"body": "User-agent: *\nDisallow: /x/web-interface/"}, ["allowed", "forbidden"]),
    ({"body": "User-agent: baokuan\nDisallow: /"}, ["forbidden", "forbidden"]),
    ({"body": "User-agent: other\nDisallow: /"}, ["allowed", "allowed"]),
    ({"status": 404, "body": "Disallow: /"}, ["allowed", "allowed"]),
    ({"body": requests.ConnectionError()}, ["unreadable", "unreadable"]),
]


@pytest.mark.parametrize(("answer", "expected"), ROBOTS)
def test_robots_say_what_is_allowed(
    here: Centre,
    no_network: responses.RequestsMock,
    answer: dict[str, Any],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("collector.fetching.fetch.TRIES", 1)
    no_network.get("https://api.bilibili.com/robots.txt", **answer)
    said = run(here, "--platform", "bilibili", "--robots", "--json")
    assert said.exit_code == 0
    (bilibili,) = json.loads(said.output)
    assert [each["answer"] for each in bilibili["robots"]] == expected
    assert [call.request.url for call in no_network.calls] == [
        "https://api.bilibili.com/robots.txt"
    ]


def test_a_pause_that_is_asked_for_is_told(
    here: Centre, no_network: responses.RequestsMock
) -> None:
    no_network.get(
        "https://api.bilibili.com/robots.txt", body="User-agent: *\nCrawl-delay: 5\nDisallow: /x/v2"
    )
    said = run(here, "--platform", "bilibili", "--robots").output
    assert "api.bilibili.com/x/web-interface/view：允许，要求每次间隔 5 秒" in said
    assert "没有查" not in said


def test_an_unknown_platform_is_usage(here: Centre) -> None:
    assert run(here, "--platform", "bilibil").exit_code == 2


def test_every_adapter_of_pages_has_an_address_of_its_form(here: Centre) -> None:
    """So that none is left out of --robots."""
    with_addresses = {
        half.adapter
        for each in showings(here.app.config, here.now.date())
        for half in each.pages
        if half.addresses
    }
    readers = {each.name for each in ADAPTERS.values() if each.read is not None}
    interfaces = {each.name for each in ADAPTERS.values() if each.own_api}
    assert readers - with_addresses == {"h5", *interfaces}
