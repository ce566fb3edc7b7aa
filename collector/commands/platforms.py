"""``collect platforms``: what each platform shows, on pages and in files, which addresses its adapters ask, and whether their
hosts allow it. The figures are those that the adapters declare; the addresses are made by the adapters themselves, for the
accounts of config and, where config has none, for invented ids of the right form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

import click

from adapters import platforms
from adapters.contract import Account, Adapter
from adapters.errors import Refused
from adapters.records import METRICS
from adapters.registry import ADAPTERS
from collector.app import App, answer, config_option, json_option, pass_app
from collector.config.loading import Config
from collector.config.sections import PlatformConfig
from collector.fetching.fetch import ROBOTS_NAME, Fetcher
from collector.fetching.hosts import host_of, origin_of
from collector.visits.visiting import fetcher_of
from collector.words import metric_word

#: Asking the robots.txt of all hosts takes no longer than this.
SECONDS = 300.0
ANSWERS = {"allowed": "允许", "forbidden": "不允许", "unreadable": "读不到 robots.txt"}


@click.command("platforms")
@config_option
@click.option("--platform", "only", default="", metavar="平台", help="只看这个平台，如 bilibili。")
@click.option("--robots", is_flag=True, help="现在就去取各网站的 robots.txt；不加则不访问网络。")
@json_option
@pass_app
def platforms_command(app: App, only: str, robots: bool, as_json: bool) -> None:
    """各平台的网页和文件里看得到哪些数、看不到哪些，访问哪些网站、多快，网站的 robots.txt 允许不允许。"""
    found = [each for each in showings(app.config, app.now.date()) if only in ("", each.platform)]
    if not found:
        raise click.UsageError(f"没有平台“{only}”，不加 --platform 可看全部")
    allowed: dict[str, list[Allowed]] = {}
    if robots:
        fetcher = fetcher_of(app.config, app.now, SECONDS)
        asked = [
            (
                each.platform,
                [u for half in each.pages if not half.own_api for u in half.addresses or ()],
            )
            for each in found
        ]
        sites = {host_of(each.url): each.id for each in app.config.accounts if each.is_site}
        with ThreadPoolExecutor(len(asked)) as pool:  # hosts of different platforms side by side
            answers = pool.map(
                lambda each: list(ask_robots(fetcher, each[0], each[1], sites)), asked
            )
            allowed = dict(zip([platform for platform, _ in asked], answers, strict=True))
    lines = [line for each in found for line in _lines(each, allowed.get(each.platform))]
    if not robots:
        lines.append("robots.txt 没有查；加 --robots 现在去查（会访问这些网站，各一次）")
    answer(as_json, lambda: [_as_data(each, allowed.get(each.platform)) for each in found], lines)


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
    told = (f"{metric_word(e)}{'（只有几篇）' if e in half.rare else ''}" for e in half.metrics)
    return "、".join(told) or nothing


def _metrics(metrics: tuple[str, ...]) -> str:
    return "、".join(map(metric_word, metrics))


def _as_data(showing: Showing, allowed: list[Allowed] | None) -> dict[str, Any]:
    return {
        "platform": showing.platform,
        "name": showing.name,
        "pages": [asdict(half) for half in showing.pages],
        "files": [
            {"adapter": half.adapter, "metrics": list(half.metrics)} for half in showing.files
        ],
        "hidden_on_pages": list(showing.hidden),
        "hidden_everywhere": list(showing.nowhere),
        "rate": showing.rate,
        "concurrency": showing.concurrency,
        "robots": None if allowed is None else [asdict(each) for each in allowed],
    }


#: Adapters that show whatever a centre's own table or config names.
FREE = frozenset({"table", "h5"})
#: Platforms with pages that are read.
_READ = frozenset(
    platform
    for each in ADAPTERS.values()
    if each.read is not None and each.name not in FREE
    for platform in each.platforms
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """What one adapter reads of a platform: metrics in stored order; ``rare``: those of a few posts only; ``addresses`` it
    asks, None for files."""

    adapter: str
    metrics: tuple[str, ...]
    addresses: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    own_api: bool = False
    rare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A platform: what its pages and its files show, what its pages do not (``hidden``) and what the files do not
    either (``nowhere``). ``is_set`` tells that config has a section for it; ``rate`` is per host."""

    platform: str
    name: str
    pages: tuple[Half, ...]
    files: tuple[Half, ...]
    hidden: tuple[str, ...]
    nowhere: tuple[str, ...]
    rate: str
    concurrency: int
    is_set: bool


def showings(config: Config, today: date) -> list[Showing]:
    """Every platform that config may name, in the order in which it lists them."""
    return [_showing(config, platform, name, today) for platform, name in platforms.NAMES.items()]


def _showing(config: Config, platform: str, name: str, today: date) -> Showing:
    serving = [each for each in ADAPTERS.values() if platform in each.platforms]
    accounts = [each.for_adapters() for each in config.accounts if each.platform == platform]
    pages = tuple(
        _pages(each, tuple(_addresses(each, platform, accounts, today)))
        for each in serving
        if each.read is not None
    )
    files = tuple(
        Half(adapter=each.name, metrics=_ordered(each.file_metrics))
        for each in serving
        if each.read_file is not None
    )
    public = {metric for half in pages for metric in half.metrics if half.adapter not in FREE}
    own = {metric for half in files for metric in half.metrics if half.adapter not in FREE}
    manners = config.platforms.get(platform, PlatformConfig())
    return Showing(
        platform=platform,
        name=name,
        pages=pages,
        files=files,
        hidden=_ordered(set(METRICS) - public) if public or platform in _READ else (),
        nowhere=_ordered(set(METRICS) - public - own) if own else (),
        rate=manners.rate,
        concurrency=manners.concurrency,
        is_set=platform in config.platforms,
    )


def _ordered(metrics: Iterable[str]) -> tuple[str, ...]:
    wanted = set(metrics)
    return tuple(each for each in METRICS if each in wanted)


def _pages(adapter: Adapter, addresses: tuple[str, ...]) -> Half:
    return Half(
        adapter=adapter.name,
        metrics=_ordered(adapter.page_metrics),
        addresses=addresses,
        hosts=adapter.hosts or tuple(dict.fromkeys(map(host_of, addresses))),
        own_api=adapter.own_api is not None,
        rare=_ordered(adapter.rare_metrics),
    )


def _addresses(
    adapter: Adapter, platform: str, accounts: list[Account], today: date
) -> Iterator[str]:
    """One address of each form that the adapter asks; none of an owner's interface."""
    if adapter.own_api is not None:
        return
    uid, key, url = (adapter.example.get(name, "") for name in ("uid", "key", "url"))
    invented = Account(id="example", platform=platform, uid=uid)
    seen: set[tuple[str, str]] = set()
    for account in (*accounts, invented):
        lists = adapter.start(account, today) if adapter.start is not None else ()
        visited = adapter.visit(account, key, url or account.url) if adapter.visit else None
        for request in (*lists, *([visited] if visited is not None else [])):
            form = (request.about, origin_of(request.url))
            if form not in seen:
                seen.add(form)
                yield request.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An address, whether it may be asked, the pause that the host asks for (seconds; 0: none), and why its
    robots.txt could not be read."""

    url: str
    answer: Literal["allowed", "forbidden", "unreadable"]
    pause: float = 0.0
    why: str = ""


def ask_robots(
    fetcher: Fetcher, platform: str, urls: Iterable[str], sites: Mapping[str, str]
) -> Iterator[Allowed]:
    """What the robots.txt of each address's host says, fetched now and politely; a host is asked once. ``sites``: host
    of an own site → the account that it belongs to."""
    for url in urls:
        try:
            robots = fetcher.robots_of(platform, url, sites.get(host_of(url), ""))
        except Refused as problem:
            yield Allowed(url=url, answer="unreadable", why=problem.what)
            continue
        if robots.problem is not None:
            yield Allowed(url=url, answer="unreadable", why=robots.problem.what)
        else:
            yield Allowed(
                url=url,
                answer="allowed" if robots.allows(url, ROBOTS_NAME) else "forbidden",
                pause=robots.delay(ROBOTS_NAME),
            )
