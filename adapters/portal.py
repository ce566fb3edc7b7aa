"""A government or local-news site by the meta names of 《政府网站发展指引》 (docs/platforms.md §10): list → article → counter.

``Account.url`` is the address of a list; an account whose ``page`` names selectors is read by ``h5``. Only the site's own
host is asked, and no counter that asking may add a visit to.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urljoin

from lxml import html as lxml_html

from adapters._portal_counter import address, counted, filled_later, shown
from adapters._portal_facts import Facts, facts_of, moment_of, words
from adapters.answers.addresses import joined, same_address, same_host, split, without_fragment
from adapters.answers.json import at, changed, understood, whole
from adapters.answers.pages import decoded, elsewhere, refuse_site, tree, unclear, whole_page
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Unclear
from adapters.records import Count, Metrics, Post
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


def start(account: Account, today: date) -> Iterator[Request]:
    if account.url and not account.page:
        yield Request(url=account.url, about="list")


def visit(account: Account, key: str, url: str) -> Request | None:
    """An article of the account's own site by its address."""
    own = not account.page and same_host(url, account.url)
    return Request(url=without_fragment(url)) if own else None


def read(page: Page) -> Iterator[PageRecord]:
    """Articles to follow, an article (and its counter to follow), or the article with its counter's number."""
    target = page.request.url
    if 300 <= page.status < 400:
        raise _elsewhere(page)
    refuse_site(page)
    if page.request.about == "counter":
        yield _completed(page)
        return
    if page.request.about == "list" and page.body.removeprefix(BOM_UTF8).lstrip()[:1] == b"{":
        yield from _follow_data(page)
        return
    html = whole_page(decoded(page), target)
    if page.request.about == "list":
        yield from _follow(page, html, tree(html))
    else:
        yield from _article(page, html)


def _article(page: Page, html: str) -> Iterator[PageRecord]:
    root = tree(html)
    post = _post(page, root)
    views = shown(root, page.request.url)
    if views == Count(0) and filled_later(html, root):
        views = None
    post = replace(post, metrics=Metrics(views=views))
    yield post
    counter = "" if views else address(html, page.url)
    if counter:
        yield Request(url=counter, about="counter", post=post)


def _post(page: Page, root: lxml_html.HtmlElement) -> Post:
    """What the page says of itself, and what the list had said where the page is silent."""
    target, visible, known = page.request.url, words(root), page.request.post
    facts = facts_of(root, visible)
    with understood(target, "发布时间，"):
        stated = moment_of(facts, visible, page.url)
    if stated is None and known is not None and known.published_at is not None:
        stated = known.published_at, known.date_only
    title = facts["ArticleTitle"] or (known.title if known else "")
    if not title or stated is None:
        raise changed(f"这个网页里没有文章的{'发布时间' if title else '标题'}", target)
    beside = {"来源": facts["ContentSource"], "网站标识码": facts["SiteIDCode"]}
    return Post(
        title=title,
        published_at=stated[0],
        date_only=stated[1],
        url=_address(page, facts),
        kind="article",
        author=facts["Author"],
        column=facts["ColumnName"] or (known.column if known else ""),
        beside={name: each for name, each in beside.items() if each},
    )


def _address(page: Page, facts: Facts) -> str:
    """The address that came back, which must be the one asked for, or say so in its Url (often relative)."""
    asked = page.request.url
    stated = joined(page.url, facts["Url"])
    if not same_address(page.url, asked) and not same_address(stated, asked):
        raise _elsewhere(page)
    return without_fragment(asked)


def _completed(page: Page) -> Post:
    """The article that asked for this counter, with its number."""
    target, post = page.request.url, page.request.post
    if post is None:
        raise changed("计数器的回答没有对应的文章", target)
    if not same_address(page.url, target):
        raise changed("计数器转到了别的地址", target)
    return replace(post, metrics=Metrics(views=counted(page.body, page.url, target)))


def _elsewhere(page: Page) -> Unclear:
    return elsewhere(page, split(page.url).path or page.url)


def _follow(page: Page, html: str, root: lxml_html.HtmlElement) -> Iterator[Request]:
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


def _follow_data(page: Page) -> Iterator[Request]:
    """The articles of a list as data (开普 UCAP), with what it tells of them."""
    target = page.request.url
    results = at(whole(page.body, target), "data", "results", kind=list, target=target)
    if not results:
        what = "列表是空的：可能没有发稿，也可能是网站出错"
        raise unclear(page, what, "请在浏览器里打开栏目核对", "no_posts", "blocked")
    for each in results:
        given = at(each, "url", kind=str, target=target)
        address = joined(page.url, given) if "/" in given else ""
        if not address:
            raise changed(f"列表里的地址不对：“{given}”", target)
        if same_host(address, page.url):
            yield Request(url=address, post=_known(each, address, target))


def _known(item: Any, address: str, target: str) -> Post:
    text = at(item, "publishedTimeStr", kind=str, target=target)
    with understood(target, "列表里的发布时间，"):
        moment, date_only = published(text)
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


ADAPTER = Adapter(
    name="portal",
    platforms=frozenset({"portal"}),
    page_metrics=frozenset({"views"}),
    start=start,
    visit=visit,
    read=read,
)
