"""A page of an unknown site → a proposal for config, tried on that very page before it is made.

Pure: bytes in, proposal out. What is proposed was read by the adapter itself with these places; a place that it
does not read is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bs4 import BeautifulSoup

from adapters.answers.pages import decoded, is_markup
from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import SourceError
from adapters.h5 import FIELDS
from adapters.records import METRICS, NO_METRICS, Post
from adapters.registry import ADAPTERS
from collector.fetching.hosts import host_of
from collector.probe import data_places, page_places
from collector.probe.page_places import Place

#: Added one by one after title and time, in this order.
_FURTHER = tuple(
    each for each in FIELDS if each not in ("title", "published_at", "links", "items", "next")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProposal:
    """An account for config and what it reads on the page.

    ``page`` is empty where the site is read by its metas and labels without selectors. ``posts`` is what was read,
    ``leads_to`` what a list leads to. ``candidates`` are all places that were looked at, chosen or not. ``todo``
    says in words what a person still has to do.
    """

    platform: str
    url: str
    name: str
    page: Mapping[str, str] = field(default_factory=dict)
    posts: tuple[Post, ...] = ()
    leads_to: tuple[str, ...] = ()
    candidates: tuple[Place, ...] = ()
    todo: tuple[str, ...] = ()

    @property
    def toml(self) -> str:
        """The account as it is pasted into config.toml."""
        lines = [
            "[[accounts]]",
            f"id = {_quoted(host_of(self.url).removeprefix('www.').replace(':', '-'))}",
            f"platform = {_quoted(self.platform)}",
            f"name = {_quoted(self.name)}",
            f"url = {_quoted(self.url)}",
        ]
        if self.page:
            lines += ["[accounts.page]"]
            lines += [f"{name} = {_quoted(place)}" for name, place in self.page.items()]
        return "\n".join(lines)


def propose(page: Page) -> PageProposal | None:
    """The proposal for a page; None where nothing on it could be read."""
    if not is_markup(page):
        return _of_data(page)
    soup = BeautifulSoup(decoded(page), "lxml")
    name = _site_name(soup) or host_of(page.url)
    bare = PageProposal(platform="portal", url=page.url, name=name)
    article = _by_metas(page, bare)
    chosen = _by_selectors(page, soup, bare)
    if chosen is not None and (article is None or _shown(chosen) > _shown(article)):
        return chosen
    return article or _as_list(page, soup, bare)


def _shown(proposal: PageProposal) -> int:
    """How many figures an article shows, or leads to."""
    metrics = proposal.posts[0].metrics
    return sum(getattr(metrics, name) is not None for name in METRICS) + len(proposal.leads_to)


def _by_metas(page: Page, bare: PageProposal) -> PageProposal | None:
    """An article that ``portal`` reads as it is."""
    records = _read("portal", page, {}, "post")
    posts = tuple(each for each in records if isinstance(each, Post))
    if not posts:
        return None
    counters = [each.url for each in records if isinstance(each, Request)]
    todo = ["把 url 改成这个栏目的列表页地址"]
    if not counters and posts[0].metrics == NO_METRICS:
        todo.append("这个网页没有显示浏览次数，采集后没有这一项")
    return replace(bare, posts=posts, leads_to=tuple(counters), todo=tuple(todo))


def _by_selectors(page: Page, soup: BeautifulSoup, bare: PageProposal) -> PageProposal | None:
    found = page_places.places(soup)
    chosen, post = _choose(page, found, {}, "post")
    if post is None:
        return None
    return replace(
        bare,
        page=chosen,
        posts=(post,),
        candidates=_all_places(found),
        todo=(
            "把 url 改成列表页的地址",
            "在 [accounts.page] 里加上 links：列表页上文章链接的选择器（对列表页再运行一次 collect probe 可得）",
        ),
    )


def _as_list(page: Page, soup: BeautifulSoup, bare: PageProposal) -> PageProposal | None:
    """A list of links: one that ``portal`` knows, else the largest group of alike links."""
    led = [each.url for each in _read("portal", page, {}, "list") if isinstance(each, Request)]
    if led:
        return replace(bare, leads_to=tuple(led))
    for selector, addresses in page_places.links(soup, page.url):
        told = {"title": "h1", "published_at": "h1", "links": selector}
        records = _read("h5", page, told, "list")
        if len(records) >= page_places.ENOUGH_LINKS:
            todo = "对其中一篇文章再运行一次 collect probe，把得到的 title、published_at 等也写进来"
            return replace(bare, page={"links": selector}, leads_to=tuple(addresses), todo=(todo,))
    return None


def _of_data(page: Page) -> PageProposal | None:
    try:
        data: Any = json.loads(page.body)
    except ValueError:
        return None
    bare = PageProposal(platform="app", url=page.url, name=host_of(page.url))
    for path, entry in data_places.items(data):
        found = data_places.places(entry)
        chosen, post = _choose(page, found, {"items": f"json:{path}"}, "list")
        if post is not None:
            posts = tuple(e for e in _read("h5", page, chosen, "list") if isinstance(e, Post))
            return replace(bare, page=chosen, posts=posts, candidates=_all_places(found))
    for path, entry in data_places.articles(data):
        found = data_places.places(entry, path)
        chosen, post = _choose(page, found, {}, "post")
        if post is not None:
            todo = "把 url 改成列表接口的地址，并加上 links（对列表接口再运行一次 collect probe）"
            places = _all_places(found)
            return replace(bare, page=chosen, posts=(post,), candidates=places, todo=(todo,))
    return None


def _all_places(found: Mapping[str, list[Place]]) -> tuple[Place, ...]:
    return tuple(each for there in found.values() for each in there)


def _choose(
    page: Page, found: Mapping[str, list[Place]], given: Mapping[str, str], about: str
) -> tuple[dict[str, str], Post | None]:
    """The first places that the adapter reads: title and time together, then each further field by itself."""
    for title in found.get("title", ()):
        for time in found.get("published_at", ()):
            chosen = {**given, "title": title.place, "published_at": time.place}
            post = _first(_read("h5", page, chosen, about))
            if post is not None:
                return _with_further(page, found, chosen, post, about)
    return {}, None


def _with_further(
    page: Page,
    found: Mapping[str, list[Place]],
    chosen: dict[str, str],
    post: Post,
    about: str,
) -> tuple[dict[str, str], Post]:
    for name in _FURTHER:
        for place in found.get(name, ()):
            tried = chosen | {name: place.place}
            again = _first(_read("h5", page, tried, about))
            if again is not None and (
                name not in METRICS or getattr(again.metrics, name) is not None
            ):
                chosen, post = tried, again
                break
    return chosen, post


def _read(adapter: str, page: Page, places: Mapping[str, str], about: str) -> list[PageRecord]:
    """What an adapter reads of the page with these places; nothing where it cannot."""
    account = Account(id="probe", platform="portal", url=page.url, page=places)
    reader = ADAPTERS[adapter].read
    assert reader is not None
    request = Request(url=page.url, about=about)
    try:
        return list(reader(replace(page, request=request, account=account)))
    except SourceError:
        return []  # a proposal that does not work is not made


def _first(records: Iterable[PageRecord]) -> Post | None:
    return next((each for each in records if isinstance(each, Post)), None)


def _site_name(soup: BeautifulSoup) -> str:
    for selector in ('meta[name="SiteName"]', 'meta[property="og:site_name"]'):
        for each in soup.select(selector):
            if name := str(each.get("content", "")).strip():
                return name
    return ""


def _quoted(text: str) -> str:
    """A TOML basic string; JSON escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
