"""One page, fetched politely and read, to see what the program makes of it, and that in words. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from adapters import platforms
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import LayoutChanged, SourceError, Unclear
from adapters.moments import SHANGHAI
from adapters.records import METRICS, AccountFigures, Post
from adapters.registry import ADAPTERS
from collector import words
from collector.config.loading import Config
from collector.config.sections import AccountConfig, CentreConfig
from collector.fetching.fetch import Fetcher
from collector.fetching.hosts import host_of, is_private
from collector.intake.comparing import said
from collector.probe.proposing import PageProposal, propose
from collector.visits.asking import page_adapters
from collector.words import STATE_WORDS, metric_word

#: Adapters of any site: what they cannot read, another proposal may.
SITES = frozenset({"portal", "h5"})


@dataclass(frozen=True, slots=True)
class Aim:
    """Who reads an address, for which account, and what is asked. ``known``: the account is one of config."""

    adapter: Adapter
    account: Account
    request: Request
    known: bool


@dataclass(slots=True, kw_only=True)
class Probe:
    """What came of it. ``inside``: the address lies in the centre's own network, and config lets it be asked."""

    aim: Aim
    inside: bool = False
    page: Page | None = None
    about: str = "post"
    posts: tuple[Post, ...] = ()
    figures: tuple[AccountFigures, ...] = ()
    follow: tuple[Request, ...] = ()
    problem: SourceError | None = None
    proposal: PageProposal | None = None


def bare_config() -> Config:
    """What there is before anything is configured."""
    from pathlib import Path

    nobody = AccountConfig(id="probe", platform="portal", name="probe")
    return Config(
        centre=CentreConfig(name="probe"), accounts=(nobody,), folder=Path(), fingerprint=""
    )


def aim_at(config: Config, url: str, today: date, account: AccountConfig | None = None) -> Aim:
    """Who reads ``url``: an account that was named, else one of config that it belongs to, else the platform
    of its host, else the reader of any site. An account named to which it does not belong is asked all the same, and by
    its interface, where it has one."""
    accounts = (account,) if account is not None else config.accounts
    for each in accounts:
        for adapter in page_adapters(each):
            if account is not None or not adapter.own_api:
                for request in _requests(adapter, each.for_adapters(), url, today):
                    return Aim(adapter, each.for_adapters(), request, True)
    for adapter in ADAPTERS.values():
        if adapter.read is None or adapter.own_api or not adapter.hosts:
            continue
        (platform,) = sorted(adapter.platforms)
        unknown = Account(id="probe", platform=platform, url=url)
        for request in _requests(adapter, unknown, url, today):
            return Aim(adapter, unknown, request, False)
        if host_of(url) in adapter.hosts:
            return Aim(adapter, unknown, Request(url=url), False)
    site = Account(id="probe", platform="portal", url=url)
    return Aim(ADAPTERS["portal"], site, Request(url=url), False)


def _requests(adapter: Adapter, account: Account, url: str, today: date) -> Iterator[Request]:
    """How the adapter asks for this very address: as the account's list, or as one of its posts."""
    if adapter.start is not None and account.url.rstrip("/") == url.rstrip("/"):
        yield from adapter.start(account, today)
    visited = adapter.visit(account, "", url) if adapter.visit is not None else None
    if visited is not None:
        yield visited


def probe(fetcher: Fetcher, aim: Aim) -> Probe:
    """Fetch and read one page."""
    found = Probe(aim=aim, about=aim.request.about)
    try:
        page, problem = fetcher.fetch(aim.adapter, aim.account, aim.request)
        found.page = page
        found.inside = not aim.adapter.hosts and is_private(page.url, fetcher.resolve)
        if problem is not None:
            raise problem
        _keep(found, _read(aim.adapter, page))
    except SourceError as problem:
        found.problem = problem
    page_ = found.page
    if page_ is None or aim.adapter.name not in SITES or page_.status != 200:
        return found
    if found.problem is not None and aim.request.about == "post":
        _as_list(found, page_)
    if not aim.known or found.problem is not None:
        found.proposal = propose(page_)
    return found


def _as_list(found: Probe, page: Page) -> None:
    """The page may be a list, though it was asked for as a post."""
    assert found.problem is not None
    if not isinstance(found.problem, LayoutChanged | Unclear):
        return
    try:
        records = _read(
            found.aim.adapter, replace(page, request=replace(page.request, about="list"))
        )
    except SourceError:
        return  # neither: what it was as a post is told
    found.problem, found.about = None, "list"
    _keep(found, records)


def _read(adapter: Adapter, page: Page) -> list[PageRecord]:
    assert adapter.read is not None
    return list(adapter.read(page))


def _keep(found: Probe, records: list[PageRecord]) -> None:
    found.posts = tuple(each for each in records if isinstance(each, Post))
    found.figures = tuple(each for each in records if isinstance(each, AccountFigures))
    found.follow = tuple(each for each in records if isinstance(each, Request))


#: Of a long list so many are named.
SHOWN = 5


def fault_of(url: str) -> str:
    """Why this is no address that can be asked; empty where it is one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.hostname:
        return ""
    return f"“{url}”不是网址，请写全，例如 https://www.example.com/news/1.html"


def lines(found: Probe) -> Iterator[str]:
    """What came of a probe, line by line."""
    aim = found.aim
    whose = f"，按账号 {aim.account.id} 的配置" if aim.known else ""
    yield f"读法：{aim.adapter.name}（{platforms.NAMES[aim.account.platform]}{whose}）"
    yield from _way_lines(found)
    if found.problem is not None and (aim.known or found.proposal is None):
        problem = str(found.problem).removeprefix(f"{found.problem.target}：")
        yield f"[{words.OUTCOMES[found.problem.outcome]}] {problem}"
    for post in found.posts[:SHOWN]:
        yield from _post_lines(post)
    if len(found.posts) > SHOWN:
        yield f"……共 {len(found.posts)} 篇"
    for figures in found.figures[:SHOWN]:
        day = f"{figures.day} " if figures.day else ""
        yield f"账号数据 {day}" + "、".join(f"{n} {said(c)}" for n, c in figures.figures.items())
    if found.follow:
        yield from _follow_lines(found)
    nothing = not (found.posts or found.figures or found.follow or found.proposal)
    if found.problem is None and nothing:
        yield "这一页没有读到内容"
    if found.proposal is not None:
        yield from _proposal_lines(found.proposal, own=found.aim.known)
    yield "以上只是试读，什么也没有存"


def _way_lines(found: Probe) -> Iterator[str]:
    asked = found.aim.request.url
    yield f"取了：{asked}"
    if found.inside:
        yield "  这个网址在内网里，账号写了 inside = true，所以访问了"
    if found.page is not None and found.page.url != asked:
        yield f"转到：{found.page.url}"
        if 300 <= found.page.status < 400:
            yield "  没有跟去；要看那里，请用那个网址再试一次"


def _post_lines(post: Post) -> Iterator[str]:
    yield f"标题：{post.title or '（无标题）'}"
    if post.published_at is not None:
        there = post.published_at.astimezone(SHANGHAI)
        yield "  发布时间：" + (
            f"{there:%Y-%m-%d}" if post.date_only else f"{there:%Y-%m-%d %H:%M:%S}"
        )
    shown = [
        f"{metric_word(name)} {said(count)}"
        for name in METRICS
        if (count := getattr(post.metrics, name)) is not None
    ]
    yield f"  数字：{'、'.join(shown) or '这一页没有显示'}"
    facts = {"作者": post.author, "栏目": post.column, **post.beside}
    if told := "、".join(f"{name} {value}" for name, value in facts.items() if value != ""):
        yield f"  其他：{told}"
    if post.state != "public":
        yield f"  状态：{STATE_WORDS[post.state]}"


def _follow_lines(found: Probe) -> Iterator[str]:
    counters = [each for each in found.follow if each.about == "counter"]
    others = [each for each in found.follow if each.about != "counter"]
    for each in counters:
        yield f"  浏览次数在另一个地址，采集时会读：{each.url}"
    if others:
        yield f"这是一个列表，采集时会接着读 {len(others)} 个地址，例如："
        yield from (f"  {each.url}" for each in others[:SHOWN])


def _proposal_lines(proposal: PageProposal, *, own: bool) -> Iterator[str]:
    kind = f"选择器读到 {len(proposal.page)} 处" if proposal.page else "不用写选择器"
    yield ""
    yield f"{'可以改成' if own else '没有见过的网站，可以这样配置'}（{kind}，已在这一页上试过）："
    yield ""
    yield proposal.toml
    yield ""
    for post in proposal.posts[:1]:
        yield "按这个配置读到："
        yield from (f"  {line}" for line in _post_lines(post))
    if proposal.leads_to and not proposal.posts:
        yield f"按这个配置读到 {len(proposal.leads_to)} 个文章地址，例如："
        yield from (f"  {each}" for each in proposal.leads_to[:SHOWN])
    chosen = proposal.page.values()
    for there, head in ((True, "各处现在的值："), (False, "没有选用的位置：")):
        places = [each for each in proposal.candidates if (each.place in chosen) is there]
        if places:
            yield head
            yield from (f"  {e.field} = {e.place}  “{e.value[:40]}”" for e in places[:20])
    for wish in proposal.todo:
        yield f"还要做：{wish}"
