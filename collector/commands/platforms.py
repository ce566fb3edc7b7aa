"""``collect platforms``: what each platform shows, and what its hosts allow."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import click

from collector import words
from collector.app import App
from collector.fetching.hosts import host_of
from collector.options import config_option, pass_app
from collector.showing import FREE, Allowed, Half, Showing, ask_robots, showings
from collector.visits.visiting import fetcher_of
from collector.words import metric_word

#: Asking the robots.txt of all hosts takes no longer than this.
SECONDS = 300.0
ANSWERS = {"allowed": "允许", "forbidden": "不允许", "unreadable": "读不到 robots.txt"}


@click.command("platforms")
@config_option
@click.option("--platform", "only", default="", metavar="平台", help="只看这个平台，如 bilibili。")
@click.option("--robots", is_flag=True, help="现在就去取各网站的 robots.txt；不加则不访问网络。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@pass_app
def platforms_command(app: App, only: str, robots: bool, as_json: bool) -> None:
    """各平台的网页和文件里看得到哪些数、看不到哪些，访问哪些网站、多快，网站的 robots.txt 允许不允许。"""
    found = [each for each in showings(app.config, app.now.date()) if only in ("", each.platform)]
    if not found:
        raise click.UsageError(f"没有平台“{only}”，不加 --platform 可看全部")
    allowed: dict[str, list[Allowed]] = {}
    if robots:
        fetcher, _ = fetcher_of(app.config, app.now, SECONDS)
        asked = [(each.platform, _asked(each)) for each in found]
        sites = {host_of(each.url): each.id for each in app.config.accounts if each.is_site}
        with ThreadPoolExecutor(len(asked)) as pool:  # hosts of different platforms side by side
            answers = pool.map(
                lambda each: list(ask_robots(fetcher, each[0], each[1], sites)), asked
            )
            allowed = dict(zip([platform for platform, _ in asked], answers, strict=True))
    if as_json:
        words.as_json([_as_data(each, allowed.get(each.platform)) for each in found])
        return
    for each in found:
        for line in _lines(each, allowed.get(each.platform)):
            click.echo(line)
    if not robots:
        click.echo("robots.txt 没有查；加 --robots 现在去查（会访问这些网站，各一次）")


def _asked(showing: Showing) -> list[str]:
    """The addresses that robots.txt is about."""
    return [url for half in showing.pages if not half.own_api for url in half.addresses or ()]


def _lines(showing: Showing, allowed: list[Allowed] | None) -> Iterator[str]:
    yield f"{showing.name}（{showing.platform}）"
    for half in showing.pages:
        yield f"  网页 {half.adapter}：{_shown(half, '没有数字，只看是否还在、标题和时间')}"
    if not showing.pages:
        yield "  网页：不取"
    for half in showing.files:
        yield f"  文件 {half.adapter}：{_shown(half, '没有数字')}"
    if showing.hidden:
        yield f"  网页上看不到：{_metrics(showing.hidden)}"
    if showing.nowhere:
        yield f"  文件里也看不到：{_metrics(showing.nowhere)}"
    if any(half.hosts for half in showing.pages):
        default = "" if showing.is_set else "（默认）"
        yield f"  速率：每个网站 {showing.rate}，同时 {showing.concurrency} 个{default}"
    for half in showing.pages:
        yield from _host_lines(half, allowed)


def _host_lines(half: Half, allowed: list[Allowed] | None) -> Iterator[str]:
    asked = {host_of(each) for each in half.addresses or ()}
    for host in half.hosts:
        if half.own_api:
            yield f"  {host}：自己账号的接口，不看 robots.txt"
        elif host not in asked:
            yield f"  {host}：只在网页转到那里时才访问"
        elif allowed is None:
            yield f"  {host}：robots.txt 未查"
        else:
            for each in allowed:
                if host_of(each.url) == host:
                    yield f"  {host}{urlsplit(each.url).path}：{_said(each)}"


def _said(allowed: Allowed) -> str:
    if allowed.answer == "unreadable":
        return f"{ANSWERS['unreadable']}（{allowed.why}），按不允许对待"
    pause = f"，要求每次间隔 {allowed.pause:g} 秒" if allowed.pause else ""
    return f"{ANSWERS[allowed.answer]}{pause}"


def _shown(half: Half, nothing: str) -> str:
    if half.adapter in FREE:
        return (
            "自制的表里有什么读什么"
            if half.addresses is None
            else "config.toml 的 page 里写明什么读什么"
        )
    return _metrics(half.metrics) or nothing


def _metrics(metrics: tuple[str, ...]) -> str:
    return "、".join(map(metric_word, metrics))


def _as_data(showing: Showing, allowed: list[Allowed] | None) -> dict[str, Any]:
    return {
        "platform": showing.platform,
        "name": showing.name,
        "pages": [
            {
                "adapter": half.adapter,
                "metrics": list(half.metrics),
                "hosts": list(half.hosts),
                "addresses": list(half.addresses or ()),
                "own_api": half.own_api,
            }
            for half in showing.pages
        ],
        "files": [
            {"adapter": half.adapter, "metrics": list(half.metrics)} for half in showing.files
        ],
        "hidden_on_pages": list(showing.hidden),
        "hidden_everywhere": list(showing.nowhere),
        "rate": showing.rate,
        "concurrency": showing.concurrency,
        "robots": None
        if allowed is None
        else [{"url": e.url, "answer": e.answer, "pause": e.pause, "why": e.why} for e in allowed],
    }
