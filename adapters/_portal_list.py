"""The lists of a portal (docs/platforms.md §10.3): which links are articles, and where the next page is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import html as lxml_html

from adapters.answers.addresses import joined, same_host, split
from adapters.answers.json import at, changed, whole
from adapters.contract import Page, Request
from adapters.errors import Unclear
from adapters.records import Post
from adapters.tables.dates import published

#: Pages of one list that are asked for: a list gives no figures, and older posts are visited by themselves.
PAGES = 5
#: Addresses of articles: TRS, 大汉 JCMS, 博达 VSB, and dated folders of news sites.
_ARTICLE = re.compile(
    r"/t(?:19|20)\d{6}_\d+\.s?html?|/art/(?:19|20)\d{2}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html?"
    r"|/info/\d+/\d+\.html?|/(?:19|20)\d{2}[-/]?\d{2}[-/]?\d{2}/[^/]+\.s?html?",
    re.ASCII,
)
_COUNT_PAGE = re.compile(r"\bcountPage\s*=\s*[\"']?(\d{1,5})", re.ASCII)
_INDEX = re.compile(r"(?P<folder>.*/)(?:(?P<name>index|list)(?:_\d+)?\.(?P<ending>s?html?))?")


def follow(page: Page, html: str, root: lxml_html.HtmlElement) -> Iterator[Request]:
    """Every article of one page of a list, and the next page. Raises LayoutChanged where it names none: an
    empty list does not say that nothing was published."""
    target = page.request.url
    found = dict.fromkeys(
        address
        for link in root.iter("a")
        if (address := joined(page.url, str(link.get("href", ""))))
        and same_host(address, page.url)
        and _ARTICLE.search(split(address).path)
    )
    if not found:
        raise changed("列表页里没有认得的文章链接，可在 config.toml 的 page 里写明选择器", target)
    for address in found:
        yield Request(url=address)
    if page.request.depth + 1 < PAGES and (further := _next(page, html, root)):
        yield Request(url=further, about="list", depth=page.request.depth + 1)


def follow_data(page: Page) -> Iterator[Request]:
    """The articles of a list as data (开普 UCAP), with what it tells of them."""
    target = page.request.url
    results = at(whole(page.body, target), "data", "results", kind=list, target=target)
    if not results:
        raise Unclear(
            "列表是空的：可能没有发稿，也可能是网站出错",
            target=target,
            advice="请在浏览器里打开栏目核对",
            cases=("no_posts", "blocked"),
        )
    for each in results:
        given = at(each, "url", kind=str, target=target)
        address = joined(page.url, given) if "/" in given else ""
        if not address:
            raise changed(f"列表里的地址不对：“{given}”", target)
        if same_host(address, page.url):
            yield Request(url=address, post=_known(each, address, target))


def _known(item: Any, address: str, target: str) -> Post:
    text = at(item, "publishedTimeStr", kind=str, target=target)
    try:
        moment, date_only = published(text)
    except ValueError as problem:
        raise changed(f"列表里的发布时间，{problem}", target) from problem
    column = item.get("channelName")
    return Post(
        title=at(item, "title", kind=str, target=target).strip(),
        published_at=moment,
        date_only=date_only,
        url=address,
        kind="article",
        column=column if isinstance(column, str) else "",
    )


def _next(page: Page, html: str, root: lxml_html.HtmlElement) -> str:
    """The next page: a link that says so, else ``index_1.html`` while the script counts more pages."""
    for link in root.iter("a"):
        text = "".join(map(str, link.itertext())).strip(" \t\r\n>»›")
        address = joined(page.url, str(link.get("href", ""))) if text in ("下一页", "下页") else ""
        if address and same_host(address, page.url) and address != page.url:
            return address
    pages, depth = _COUNT_PAGE.search(html), page.request.depth + 1
    index = _INDEX.fullmatch(split(page.url).path)
    if pages is None or index is None or depth >= int(pages[1]):
        return ""
    name, ending = index["name"] or "index", index["ending"] or "html"
    return urljoin(page.url, f"{index['folder']}{name}_{depth}.{ending}")
