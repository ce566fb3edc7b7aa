"""Places on a page where facts of an article may stand, as CSS selectors that config can name: the 国办 metas,
og: metas, the headline, visible labels (发布时间:…, 浏览次数:…). Only what stands there is offered, never a guess."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from soupsieve import escape

from adapters.answers.addresses import joined, same_host


@dataclass(frozen=True, slots=True)
class Place:
    """A field, where it may stand (as config writes it), and what stands there now."""

    field: str
    place: str
    value: str


#: Field → metas that state it, surest first (docs/platforms.md §10.1; Open Graph).
_METAS = {
    "title": ("name=ArticleTitle", "property=og:title"),
    "published_at": (
        "name=PubDate",
        "property=article:published_time",
        "name=publishdate",
        "itemprop=datePublished",
    ),
    "column": ("name=ColumnName", "property=article:section"),
    "author": ("name=Author", "property=article:author"),
}
#: Field → what a visible label calls it.
_LABELS = {
    "published_at": "发布时间|发布日期|发表时间|发稿时间|发布于|时间|日期",
    "views": "浏览次数|浏览量|浏览数|阅读次数|阅读量|阅读数|点击次数|点击量|点击数|访问次数|访问量|播放量|浏览|阅读|点击|播放",
    "likes": "点赞数|点赞量|点赞",
    "comments": "评论数|评论量|评论",
    "shares": "分享数|分享量|转发数|转发量|分享|转发",
    "favourites": "收藏数|收藏量|收藏",
    "author": "作者|记者",
}
_LABEL = {
    field: re.compile(rf"^(?:文章|信息|稿件|本文)?(?:{words})\s*[:：]\s*(?P<value>.*)$")
    for field, words in _LABELS.items()
}
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*T?\d{1,2}:\d{2}(?::\d{2})?)?"
)
_NUMBER = re.compile(r"\d[\d,.]*\s*[万亿]?\s*\+?\s*(?:人次|次)?")
_SKIPPED = ("script", "style", "noscript", "template")
#: A label and its value are short; longer text is a paragraph that mentions one.
_SHORT = 60
_HEADLINES = ("h1", "h2", "h3")
_NAME = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
#: Links of a list: at least so many, each with a text of at least so many signs.
ENOUGH_LINKS, LINK_TEXT = 5, 6
#: The longest selector, in steps; where a page begins; what stands once on a page by its meaning.
STEPS = 6
_ROOTS = frozenset({"html", "body", "[document]"})
_ONCE = frozenset({"h1", "time"})


def places(soup: BeautifulSoup) -> dict[str, list[Place]]:
    """The places of each field, surest first."""
    found: dict[str, dict[str, Place]] = defaultdict(dict)
    for each in (*_of_metas(soup), *_of_headlines(soup), *_of_labels(soup), *_of_times(soup)):
        found[each.field].setdefault(each.place, each)
    return {field: list(each.values()) for field, each in found.items()}


def _of_metas(soup: BeautifulSoup) -> Iterator[Place]:
    for field, names in _METAS.items():
        for name in names:
            attribute, _, value = name.partition("=")
            selector = f'meta[{attribute}="{value}"]'
            contents = {str(each.get("content", "")).strip() for each in soup.select(selector)}
            if len(contents) == 1 and (content := contents.pop()):
                yield Place(field, f"{selector}@content", content)


def _of_headlines(soup: BeautifulSoup) -> Iterator[Place]:
    """A headline with which the page's own title begins, else the only h1."""
    whole = _text(soup.title) if soup.title is not None else ""
    for tag in _HEADLINES:
        there = [each for each in soup.find_all(tag) if len(_text(each)) > 3]
        for each in there:
            fits = whole.startswith(_text(each)) or (tag == "h1" and len(there) == 1)
            if fits and (selector := selector_of(soup, each)):
                yield Place("title", selector, _text(each))


def _of_labels(soup: BeautifulSoup) -> Iterator[Place]:
    for each in soup.find_all(True):
        if each.name in _SKIPPED or each.find_parent(_SKIPPED) is not None:
            continue
        text = _text(each)
        if not text or len(text) > _SHORT:
            continue
        for field, label in _LABEL.items():
            match = label.match(text)
            if match is None:
                continue
            if _is_value(field, match["value"]):
                inner = _inner(each, match["value"])
                yield from _placed(soup, field, inner, _text(inner))
                continue
            beside = None if match["value"] else each.find_next_sibling()
            if isinstance(beside, Tag) and _is_value(field, _text(beside)):
                yield from _placed(soup, field, beside, _text(beside))


def _inner(element: Tag, value: str) -> Tag:
    """The element within that holds the value alone, where there is one."""
    return next((each for each in element.find_all(True) if _text(each) == value), element)


def _of_times(soup: BeautifulSoup) -> Iterator[Place]:
    """A time element, or the only element of its kind that holds a moment and nothing else."""
    times = soup.select("time[datetime]")
    if len(times) == 1:
        yield Place("published_at", "time@datetime", str(times[0]["datetime"]))
    for each in soup.find_all(["span", "p", "div", "time", "em", "i"]):
        if (
            each.find_parent(_SKIPPED) is None
            and _DATE.fullmatch(_text(each))
            and not each.find(True)
        ):
            selector = selector_of(soup, each, numbered=False)
            if selector:
                yield Place("published_at", selector, _text(each))


def _is_value(field: str, text: str) -> bool:
    if field == "published_at":
        return _DATE.fullmatch(text) is not None
    if field == "author":
        return 0 < len(text) <= 20
    return _NUMBER.fullmatch(text) is not None


def _placed(soup: BeautifulSoup, field: str, element: Tag, value: str) -> Iterator[Place]:
    selector = selector_of(soup, element)
    if selector:
        yield Place(field, selector, value)


def selector_of(soup: BeautifulSoup, element: Tag, *, numbered: bool = True) -> str:
    """A selector that finds this element alone; empty where there is none that will last.

    ``numbered`` allows places counted among sisters (``:nth-of-type``) as the last resort.
    """
    for count in (False, True) if numbered else (False,):
        parts: list[str] = []
        current: Tag | None = element
        while current is not None and len(parts) < STEPS and current.name not in _ROOTS:
            parts.insert(0, _step(current, count=count))
            selector = " > ".join(parts)
            there = soup.select(selector)
            alone = len(there) == 1 and there[0] is element  # equal ones are not the same
            if alone and (
                _anchored(parts[0]) or (parts == [element.name] and element.name in _ONCE)
            ):
                return selector
            current = current.parent
    return ""


def _anchored(step: str) -> bool:
    """Whether a step names something of the template: bare tags and turns change with the text."""
    return "#" in step or "." in step


def _step(element: Tag, *, count: bool) -> str:
    name = element.get("id")
    if isinstance(name, str) and _lasts(name):
        return f"#{escape(name)}"
    lasting = filter(_lasts, element.get("class") or [])
    step = element.name + "".join(f".{escape(each)}" for each in lasting)
    if not count or element.parent is None:
        return step
    same = element.parent.find_all(element.name, recursive=False)
    turn = next(number for number, each in enumerate(same, 1) if each is element)
    return f"{step}:nth-of-type({turn})"


def _lasts(name: str) -> bool:
    """Whether an id or class is one of the template: a long number in it belongs to this page."""
    return _NAME.fullmatch(name) is not None and re.search(r"\d{3}", name) is None


def links(soup: BeautifulSoup, url: str) -> list[tuple[str, list[str]]]:
    """Groups of links that may be a list of articles: (selector, addresses), the largest first."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for each in soup.find_all("a", href=True):
        address = joined(url, str(each["href"]))
        if not address or not same_host(address, url) or len(_text(each)) < LINK_TEXT:
            continue
        steps, current = ["a"], each.parent
        while current is not None and len(steps) < STEPS and current.name not in _ROOTS:
            steps.insert(0, _step(current, count=False))
            if _anchored(steps[0]):
                break
            current = current.parent
        groups[" > ".join(steps)][address] = None
    found = [(each, list(to)) for each, to in groups.items() if len(to) >= ENOUGH_LINKS]
    return sorted(found, key=lambda each: -len(each[1]))


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())
