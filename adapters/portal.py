"""A government or local-news site by the meta names of 《政府网站发展指引》 (docs/platforms.md §10): list → article → counter.

Shows: title, time, source, column; views where the page shows them or has a counter that can be read without adding a
visit (``_portal_counter`` says which). Hides: everything else; most 拓尔思 sites show no number at all.
``Account.url`` is the address of a list. An account whose ``page`` names selectors is read by ``h5`` instead,
so that no account has two readers. Only the site's own host is asked.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from lxml import html as lxml_html

from adapters._portal_counter import address, counted, filled_later, shown
from adapters._portal_facts import (
    Facts,
    author_of,
    metas,
    moment_of,
    site_code,
    source_of,
    title_of,
    words,
)
from adapters._portal_list import follow, follow_data
from adapters.answers.addresses import joined, same_address, same_host, split, without_fragment
from adapters.answers.json import changed
from adapters.answers.pages import decoded, refuse, tree, whole_page
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Gone, Unclear
from adapters.records import Beside, Count, Metrics, Post


def start(account: Account, today: date) -> Iterator[Request]:
    if account.url and not account.page:
        yield Request(url=account.url, about="list")


def visit(account: Account, key: str, url: str) -> Request | None:
    """An article of the account's own site by its address."""
    own = not account.page and same_host(url, account.url)
    return Request(url=without_fragment(url)) if own else None


def read(page: Page) -> Iterator[PageRecord]:
    """Articles to follow, an article (and its counter to follow), or the article with its counter's number.

    Raises Gone for 404 and 410, Unclear where another page came back, LayoutChanged where a page is no list, no
    article, or no number, Blocked and Unreachable as the status says.
    """
    target = page.request.url
    if page.status in (404, 410) and page.request.about == "post":
        raise Gone(
            "网页已不存在", target=target, advice="已存的数据会保留，标为已删除", cases=("deleted",)
        )
    if 300 <= page.status < 400:
        raise _elsewhere(page, page.url)
    refuse(page)
    if page.request.about == "counter":
        yield _completed(page)
        return
    if page.request.about == "list" and page.body.removeprefix(BOM_UTF8).lstrip()[:1] == b"{":
        yield from follow_data(page)
        return
    html = whole_page(decoded(page), target)
    if page.request.about == "list":
        yield from follow(page, html, tree(html))
    else:
        yield from _article(page, html)


def _article(page: Page, html: str) -> Iterator[PageRecord]:
    root = tree(html)
    post = _post(page, metas(root), root)
    views = shown(root, page.request.url)
    if views == Count(0) and filled_later(html, root):
        views = None
    post = replace(post, metrics=Metrics(views=views))
    yield post
    counter = "" if views else address(html, page.url)
    if counter:
        yield Request(url=counter, about="counter", post=post)


def _post(page: Page, facts: Facts, root: lxml_html.HtmlElement) -> Post:
    """What the page says of itself, and what the list had said where the page is silent."""
    target, visible, known = page.request.url, words(root), page.request.post
    try:
        stated = moment_of(facts, visible, page.url)
    except ValueError as problem:
        raise changed(f"发布时间，{problem}", target) from problem
    if stated is None and known is not None and known.published_at is not None:
        stated = known.published_at, known.date_only
    title = title_of(root, facts) or (known.title if known else "")
    if not title or stated is None:
        raise changed(f"这个网页里没有文章的{'发布时间' if title else '标题'}", target)
    beside: dict[str, Beside] = {
        name: said
        for name, said in {
            "来源": source_of(facts, visible),
            "网站标识码": site_code(facts, visible),
        }.items()
        if said
    }
    return Post(
        title=title,
        published_at=stated[0],
        date_only=stated[1],
        url=_address(page, facts),
        kind="article",
        author=author_of(facts),
        column=facts.get("ColumnName") or (known.column if known else ""),
        beside=beside,
    )


def _address(page: Page, facts: Facts) -> str:
    """The address that came back, which must be the one asked for, or say so in its Url (often relative)."""
    asked = page.request.url
    stated = joined(page.url, facts["Url"]) if facts.get("Url") else ""
    if not same_address(page.url, asked) and not same_address(stated, asked):
        raise _elsewhere(page, page.url)
    return without_fragment(asked)


def _completed(page: Page) -> Post:
    """The article that asked for this counter, with its number."""
    target, post = page.request.url, page.request.post
    if post is None:
        raise changed("计数器的回答没有对应的文章", target)
    if not same_address(page.url, target):
        raise changed("计数器转到了别的地址", target)
    return replace(post, metrics=Metrics(views=counted(page.body, page.url, target)))


def _elsewhere(page: Page, where: str) -> Unclear:
    return Unclear(
        f"打开的是另一个网页（{split(where).path or where}）",
        target=page.request.url,
        advice="请在浏览器里核对：可能已删除，也可能换了地址",
        cases=("moved", "deleted"),
    )


ADAPTER = Adapter(
    name="portal",
    platforms=frozenset({"portal"}),
    page_metrics=frozenset({"views"}),
    start=start,
    visit=visit,
    read=read,
)
