"""A WeChat article fetched by its public address (docs/platforms.md §2.3).

Shows: whether it is still there (or deleted, blocked for a violation, hidden), its title, time, account and author.
Hides: every figure. A visitor gets ``read_num: ''``, which is missing, not zero. Should a fetched page hold figures all
the same, they are not read: only a page saved from the client vouches for them. There is no public list of an account's articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters._wechat_links import ARTICLE_KEY, canonical, lasting
from adapters._wechat_message import FETCHED
from adapters._wechat_page import article
from adapters.answers.addresses import split
from adapters.answers.json import changed
from adapters.answers.pages import blocked, markup, refuse
from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import Invalid
from adapters.records import NO_METRICS

#: Where an address leads that WeChat will not show without a captcha.
_CAPTCHA = "/mp/wappoc_appmsgcaptcha"


def visit(account: Account, key: str, url: str) -> Request | None:
    """The article at its short or long address; None for temporary links and pages that are no article."""
    named, address = canonical(url)
    if not lasting(address):
        return None
    return Request(url=address, key=named or (key if ARTICLE_KEY.fullmatch(key) else ""))


def read(page: Page) -> Iterator[PageRecord]:
    """The article, without figures. Raises Gone, Blocked, Unclear or LayoutChanged where there is none."""
    target = page.request.url
    if split(page.url).path == _CAPTCHA:
        raise blocked(page, "微信要求验证后才能看")
    refuse(page)
    try:
        post = article(markup(page), target, FETCHED)
    except Invalid as problem:
        raise changed(problem.what, target) from problem
    for name, fact in {"编号": post.key, "标题": post.title, "发表时间": post.published_at}.items():
        if not fact:
            raise changed(f"文章页里没有{name}", target)
    asked = page.request.key
    if asked and asked != post.key:
        raise changed(f"要看的文章是 {asked}，打开的却是 {post.key}", target)
    yield replace(post, metrics=NO_METRICS)
