"""Where a portal's page shows how often it was read (docs/platforms.md §10.2). A label with nothing or a dash behind it is
not shown, never zero; a 0 that a script may still replace is none. What may add a visit is never asked."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin

from lxml import etree
from lxml import html as lxml_html

from adapters._portal_facts import UNSEEN, is_seen
from adapters.answers.addresses import split
from adapters.answers.json import changed, figure, understood, whole
from adapters.records import Count
from adapters.tables.counts import DASHES, count

#: What a reader presses is no number of this label, even when it says one (a page, a size of letters).
_PRESSED = frozenset({"a", "button", "input", "select", "option", "label"})
#: A line of facts below a headline is no longer than this; a paragraph is.
LONGEST = 120
_LABEL = re.compile(
    r"(?:^|[\s|｜丨/·•(（\[【])(?:文章|本文)?(?:浏览次数|浏览量|浏览数|阅读次数|阅读量|阅读数|点击次数|点击量|点击数|访问次数|访问量"
    r"|浏览|阅读|点击)\s*[:：]\s*(?P<rest>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(
    r"(?P<number>\d[\d,.]*\s*[万亿千wW]?\s*\+?\s*(?:人次|次)?)(?![\d\-/:.年月日A-Za-z%])", re.ASCII
)
_DASH = re.compile(r"[-—]+(?!\S)")
_DYNCLICKS = re.compile(
    r"""_showDynClicks\(\s*["'](\w{1,20})["']\s*,\s*(\d{1,15})\s*,\s*(\d{1,12})\s*\)""", re.ASCII
)
_HITS = re.compile(r"/api/hits/\d{1,12}/\d{1,12}/\d{1,12}(?!\d)", re.ASCII)
_VIEWCLICK = re.compile(r"""["']([^"'\s]*/e/public/ViewClick/?\?[^"'\s]*)["']""")
#: Any counter of docs/platforms.md §10.2, asked or not.
_COUNTER = re.compile(
    r"_showDynClicks|dynclicks|/visitcount/visit\.jsp|/api/hits/|_visitcountdisplay|/ViewClick/?\?"
    r"|[?&]op=count&|server_counts_json"
)
#: The visible texts that may be a label.
_WITH_COLON = etree.XPath(
    f"descendant-or-self::text()[contains(., ':') or contains(., '：')][not({UNSEEN})]"
)
_INFO = re.compile(r"/info/\d+/(\d+)\.html?$", re.ASCII)
_WRITTEN = re.compile(r"""(\d{1,13})|document\.write\(\s*(["']?)(\d{1,13})\2\s*\)\s*;?""", re.ASCII)


def shown(root: lxml_html.HtmlElement, target: str) -> Count | None:
    """The number that the page itself shows; None where it shows none. Raises LayoutChanged where several labels
    show different numbers."""
    found = {each for each in _shown(root, target) if each is not None}
    if len(found) > 1:
        raise changed("网页上有几个不同的浏览次数，分不清哪一个是这篇的", target)
    return found.pop() if found else None


def address(html: str, url: str) -> str:
    """The counter's address that this page itself would ask, cleared of what adds a visit; empty without one."""
    calls = set(_DYNCLICKS.findall(html))
    own = _INFO.search(split(url).path)
    if len(calls) > 1 and own:
        calls = {each for each in calls if each[2] == own[1]}
    if len(calls) == 1:
        kind, owner, clickid = calls.pop()
        query = f"clickid={clickid}&owner={owner}&clicktype={kind}"
        return urljoin(url, f"/system/resource/code/news/click/dynclicks.jsp?{query}")
    hits = set(_HITS.findall(html))
    if len(hits) == 1:
        return urljoin(url, str(hits.pop()))
    clicks = {each for text in _VIEWCLICK.findall(html) if (each := _without_adding(text, url))}
    return clicks.pop() if len(clicks) == 1 else ""


def filled_later(html: str, root: lxml_html.HtmlElement) -> bool:
    """Whether a zero in this page may only stand there until a script puts the number in its place."""
    if _COUNTER.search(html):
        return True
    return any(each.get("id") and (each.text or "").strip() == "0" for each in root.iter())


def counted(body: bytes, url: str, target: str) -> Count:
    """The number a counter answers. Raises LayoutChanged where it answers something else."""
    if "/api/hits/" in url:
        hits = figure(whole(body, target), "Hits", target=target)
        if hits is None:
            raise changed("计数器没有给出数字", target)
        return hits
    text = body.decode("utf-8-sig", "replace").strip()
    number = _WRITTEN.fullmatch(text)
    if number is None:
        raise changed(f"计数器给出的不是数字：“{text[:30]}”", target)
    return Count(int(number[1] or number[3]))


def _shown(root: lxml_html.HtmlElement, target: str) -> Iterator[Count | None]:
    texts: list[Any] = _WITH_COLON(root)  # type: ignore[assignment]
    for text in texts:
        label = _label(text)
        element = text.getparent()
        if label is None:
            continue
        if text.is_tail:
            yield _number(label["rest"], element.getnext(), None, target)
        else:
            yield _number(label["rest"], next(iter(element), None), element, target)


def _label(text: str) -> re.Match[str] | None:
    """A label in a line of its own; a sentence of the article may say 阅读量 too."""
    said = text.strip()
    return _LABEL.search(said) if len(said) <= LONGEST else None


def _number(
    rest: str,
    following: lxml_html.HtmlElement | None,
    label: lxml_html.HtmlElement | None,
    target: str,
) -> Count | None:
    """The number behind a label: in the same text; else the first element that follows; else, where the label
    has an element of its own, what follows that. Nothing further away belongs to it."""
    if rest.strip():
        return _count(rest, target, whole_text=False)
    while following is not None and not is_seen(following):
        if (following.tail or "").strip():
            return _count(following.tail, target, whole_text=False)
        following = following.getnext()
    if following is not None:
        return _held(following, target)
    if label is None or len(label):
        return None
    if (label.tail or "").strip():
        return _count(label.tail, target, whole_text=False)
    beside = label.getnext()
    return _held(beside, target) if beside is not None and is_seen(beside) else None


def _held(element: lxml_html.HtmlElement, target: str) -> Count | None:
    """The number that is all that an element says."""
    if any(each.tag in _PRESSED for each in element.iter()):
        return None
    return _count("".join(map(str, element.itertext())), target, whole_text=True)


def _count(text: str | None, target: str, *, whole_text: bool) -> Count | None:
    said = (text or "").strip()
    if said in DASHES or _DASH.match(said):
        return None
    number = _NUMBER.fullmatch(said) if whole_text else _NUMBER.match(said)
    if number is None:
        return None
    with understood(target, "浏览次数"):
        return count(number["number"].strip())


def _without_adding(text: str, url: str) -> str:
    query = parse_qs(split(entities.unescape(text)).query)
    kept = [f"{name}={query[name][0]}" for name in ("classid", "id") if name in query]
    if len(kept) < 2 or not all(each.partition("=")[2].isdecimal() for each in kept):
        return ""
    return urljoin(url, f"/e/public/ViewClick/?{'&'.join(kept)}")
