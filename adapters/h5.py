"""A centre's own client or cloud site (app, 融媒云, H5): config says where each thing stands.

``Account.page`` maps a name to a place: ``title`` and ``published_at`` always, any metric, ``author``, ``column``, ``key``.
``links`` finds the addresses of articles on the page at ``Account.url`` (``next`` the further page); or ``items`` finds the
articles themselves in a list of data. What config names and is not there is LayoutChanged naming it, never a default.
It reads accounts with ``page``; a portal without is ``portal``'s.
A place is a CSS selector in a page (``.title`` is the text of the one element it finds, ``meta[name=PubDate]@content`` an
attribute of it), JMESPath in data (``json:data.item.readNum``; the ``json:`` may be left out there).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import jmespath
from bs4 import BeautifulSoup
from jmespath.exceptions import JMESPathError
from soupsieve import SelectorSyntaxError

from adapters.answers.addresses import joined, same_address, same_host, without_fragment
from adapters.answers.json import changed, understood, whole
from adapters.answers.pages import (
    check_answered,
    decoded,
    elsewhere,
    is_markup,
    refuse_site,
    whole_page,
)
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Invalid
from adapters.records import METRICS, Count, Metrics, Post
from adapters.tables.counts import DASHES, count
from adapters.tables.dates import published, unix

PREFIX = "json:"
#: What the answer is: a page as elements, or data as it was loaded.
Answer = BeautifulSoup | dict[str, Any] | list[Any]
PAGES = 5
NEEDED = ("title", "published_at")
FIELDS = (*NEEDED, *METRICS, "author", "column", "key", "url", "links", "items", "next")
#: 「阅读:1,234」: a page often writes what a number or a time is.
_LABEL = re.compile(r"^[^\d:：]{1,12}[:：]\s*")


def start(account: Account, today: date) -> Iterator[Request]:
    if account.page and account.url and {"links", "items"} & account.page.keys():
        yield Request(url=account.url, about="list")


def visit(account: Account, key: str, url: str) -> Request | None:
    """An article of the same host; None where the figures stand in the list only (``items``)."""
    own = account.page and "items" not in account.page and same_host(url, account.url)
    return Request(url=without_fragment(url), key=key) if own else None


def read(page: Page) -> Iterator[PageRecord]:
    """Articles to follow, or the articles with their figures. LayoutChanged names the place in config that finds
    nothing or no number; Invalid, what is wrong in config itself."""
    target, places = page.request.url, page.account.page
    _check(places, target)
    refuse_site(page)
    answer = _answer(page)
    if page.request.about != "list":
        if not same_address(page.url, target):
            raise elsewhere(page)
        yield _post(page, answer, target)
    else:
        yield from _items(page, answer) if "items" in places else _links(page, answer)
        yield from _next(page, answer)


def _check(places: Iterable[str], target: str) -> None:
    unknown = sorted(set(places) - set(FIELDS))
    lacking = [each for each in NEEDED if each not in places]
    if unknown or lacking:
        wrong = f"不认得 {'、'.join(unknown)}" if unknown else f"缺少 {'、'.join(lacking)}"
        raise Invalid(
            f"config.toml 的 page {wrong}", target=target, advice=f"可用：{'、'.join(FIELDS)}"
        )


def _answer(page: Page) -> Answer:
    if is_markup(page):
        return BeautifulSoup(whole_page(decoded(page), page.request.url), "lxml")
    data: Any = whole(page.body, page.request.url)
    if isinstance(data, dict | list):
        return data
    raise changed("回答既不是网页，也不是数据", page.request.url)


def _links(page: Page, answer: Answer) -> Iterator[Request]:
    target = page.request.url
    place = _href(answer, page.account.page["links"])
    found = [joined(page.url, str(each)) for each in _every(answer, place, "links", target)]
    own = dict.fromkeys(each for each in found if each and same_host(each, page.url))
    if not own:
        raise changed("config.toml 的 page.links 找到的都不是本站的地址", target)
    for each in own:
        yield Request(url=each)


def _items(page: Page, answer: Answer) -> Iterator[Post]:
    target = page.request.url
    if isinstance(answer, BeautifulSoup):
        raise changed("config.toml 写明 page.items 是数据，这次却是网页", target)
    for number, each in enumerate(_every(answer, page.account.page["items"], "items", target), 1):
        if not isinstance(each, dict):
            raise changed(f"列表的第 {number} 项不是一篇文章", target)
        yield _post(page, each, f"{target} 第{number}项")


def _next(page: Page, answer: Answer) -> Iterator[Request]:
    """The further page of a list; that there is none is how a list ends."""
    place, depth = page.account.page.get("next", ""), page.request.depth + 1
    if not place or depth >= PAGES:
        return
    found = _find(answer, _href(answer, place), "next", page.request.url)
    first = found[0] if isinstance(found, list) and found else found
    if not first or not isinstance(first, str):
        return
    url = joined(page.url, first)
    if same_host(url, page.url) and not same_address(url, page.url):
        yield Request(url=url, about="list", depth=depth)


def _href(answer: Answer, place: str) -> str:
    """A place that finds links, as one that finds their addresses."""
    return f"{place}@href" if isinstance(answer, BeautifulSoup) and "@" not in place else place


def _post(page: Page, answer: Answer, target: str) -> Post:
    places = page.account.page
    said = {
        name: _one(answer, place, name, target)
        for name, place in places.items()
        if name not in ("links", "items", "next")
    }
    key = _key(said["key"], places["key"], target) if "key" in said else ""
    if key:
        check_answered(page, key)
    title = str(said["title"]).strip()
    if not title:
        raise changed(f"{_named(places['title'], 'title')}找到的是空的", target)
    moment, date_only = _moment(said["published_at"], places["published_at"], target)
    counts = {
        name: _figure(said[name], name, places[name], target) for name in METRICS if name in said
    }
    return Post(
        title=title,
        published_at=moment,
        date_only=date_only,
        key=key or page.request.key,
        url=_url(page, said, target),
        author=str(said.get("author", "")),
        column=str(said.get("column", "")),
        metrics=Metrics(**counts),
    )


def _url(page: Page, said: dict[str, Any], target: str) -> str:
    """The address config names, else that of the article's own page; an item of a list may have none."""
    if "url" not in said:
        return "" if page.request.about == "list" else without_fragment(page.request.url)
    given = str(said["url"])
    url = joined(page.url, given) if "/" in given else ""
    if not url:
        raise changed(f"{_named(page.account.page['url'], 'url')}找到的不是地址", target)
    return url


def _key(value: Any, place: str, target: str) -> str:
    key = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if key in DASHES or key in ("0", "-1"):
        raise changed(f"{_named(place, 'key')}找到的不是编号", target)
    return key


def _figure(value: Any, name: str, place: str, target: str) -> Count | None:
    """A count; None where the place holds a sign for nothing (empty, ``-``), which is not zero."""
    with understood(target, f"{_named(place, name)}，"):
        return count(_LABEL.sub("", value) if isinstance(value, str) else value)


def _moment(value: Any, place: str, target: str) -> tuple[datetime, bool]:
    """Text as ``published`` understands it, or Unix time (s or ms) as a number or ten and more digits."""
    with understood(target, f"{_named(place, 'published_at')}，"):
        text = json.dumps(value) if isinstance(value, int | float) else str(value).strip()
        if re.fullmatch(r"\d{10}|\d{13}", text, re.ASCII):
            return unix(text), False
        return published(_LABEL.sub("", text))


def _every(answer: Answer, place: str, name: str, target: str) -> list[Any]:
    """Everything that the place finds: texts of a page, values of data; never nothing. Raises LayoutChanged naming
    ``name`` where it finds nothing, Invalid where config has it wrong."""
    found = _find(answer, place, name, target)
    values = found if isinstance(found, list) else [found]
    if found is None or not values:
        raise changed(f"{_named(place, name)}在这个回答里找不到", target)
    return values


def _one(answer: Answer, place: str, name: str, target: str) -> Any:
    """The one value that the place finds. Raises as ``every`` does, and where it finds several that differ."""
    found = _find(answer, place, name, target)
    if isinstance(answer, BeautifulSoup) and isinstance(found, list) and found:
        if any(each != found[0] for each in found):
            raise changed(f"{_named(place, name)}找到几个不同的值", target)
        found = found[0]
    if found is None or found == []:
        raise changed(f"{_named(place, name)}在这个回答里找不到", target)
    if isinstance(found, dict | list):
        raise changed(f"{_named(place, name)}找到的不是一个值", target)
    return found


def _find(answer: Answer, place: str, name: str, target: str) -> Any:
    """What the place finds: a list of texts in a page, any value in data, None or an empty list for nothing."""
    is_path = place.startswith(PREFIX)
    if not isinstance(answer, BeautifulSoup):
        try:
            return jmespath.search(place.removeprefix(PREFIX), answer)
        except JMESPathError as problem:
            if not is_path:  # a CSS selector: a page was expected, and data came
                return None
            raise _misspelt(place, name, target) from problem
    if is_path:
        return []
    selector, _, attribute = place.partition("@")
    try:
        found = answer.select(selector)
    except SelectorSyntaxError as problem:
        raise _misspelt(place, name, target) from problem
    if not attribute:
        return [" ".join(each.get_text(" ").split()) for each in found]
    values = [each.get(attribute) for each in found]
    return [str(each).strip() for each in values if each is not None]


def _named(place: str, name: str) -> str:
    return f"config.toml 的 page.{name}（“{place}”）"


def _misspelt(place: str, name: str, target: str) -> Invalid:
    return Invalid(
        f"{_named(place, name)}写法不对",
        target=target,
        advice="网页用 CSS 选择器（如 .read-num 或 meta[name=PubDate]@content），数据用 JMESPath（如 json:data.readNum）",
    )


ADAPTER = Adapter(
    name="h5",
    platforms=frozenset({"app", "portal"}),
    page_metrics=frozenset(METRICS),
    start=start,
    visit=visit,
    read=read,
)
