"""Places in an answer as config names them: CSS selectors for pages, JMESPath for data.

``.title`` is the text of the one element it finds, ``meta[name=PubDate]@content`` an attribute of it,
``json:data.item.readNum`` a place in an answer of data (the ``json:`` may be left out there). A place that is
configured and not found is LayoutChanged naming it: never a default.
"""

from __future__ import annotations

from typing import Any

import jmespath
from bs4 import BeautifulSoup
from jmespath.exceptions import JMESPathError
from soupsieve import SelectorSyntaxError

from adapters.answers.json import changed
from adapters.errors import Invalid

PREFIX = "json:"
#: What the answer is: a page as elements, or data as it was loaded.
Answer = BeautifulSoup | dict[str, Any] | list[Any]


def every(answer: Answer, place: str, name: str, target: str) -> list[Any]:
    """Everything that the place finds: texts of a page, values of data; never nothing. Raises LayoutChanged naming
    ``name`` where it finds nothing, Invalid where config has it wrong."""
    found = find(answer, place, name, target)
    values = found if isinstance(found, list) else [found]
    if found is None or not values:
        raise changed(f"{_named(place, name)}在这个回答里找不到", target)
    return values


def one(answer: Answer, place: str, name: str, target: str) -> Any:
    """The one value that the place finds. Raises as ``every`` does, and where it finds several that differ."""
    found = find(answer, place, name, target)
    if isinstance(answer, BeautifulSoup) and isinstance(found, list) and found:
        if any(each != found[0] for each in found):
            raise changed(f"{_named(place, name)}找到几个不同的值", target)
        found = found[0]
    if found is None or found == []:
        raise changed(f"{_named(place, name)}在这个回答里找不到", target)
    if isinstance(found, dict | list):
        raise changed(f"{_named(place, name)}找到的不是一个值", target)
    return found


def find(answer: Answer, place: str, name: str, target: str) -> Any:
    """What the place finds: a list of texts in a page, any value in data, None or an empty list for nothing."""
    if isinstance(answer, BeautifulSoup):
        return _of_page(answer, place, name, target)
    return _of_data(answer, place, name, target)


def _named(place: str, name: str) -> str:
    return f"config.toml 的 page.{name}（“{place}”）"


def _of_page(soup: BeautifulSoup, place: str, name: str, target: str) -> list[Any]:
    selector, _, attribute = place.partition("@")
    if place.startswith(PREFIX):
        return []
    try:
        found = soup.select(selector)
    except SelectorSyntaxError as problem:
        raise _misspelt(place, name, target) from problem
    if not attribute:
        return [" ".join(each.get_text(" ").split()) for each in found]
    values = [each.get(attribute) for each in found]
    return [str(each).strip() for each in values if each is not None]


def _of_data(data: Any, place: str, name: str, target: str) -> Any:
    try:
        return jmespath.search(place.removeprefix(PREFIX), data)
    except JMESPathError as problem:
        if not place.startswith(PREFIX):  # a CSS selector: a page was expected, and data came
            return None
        raise _misspelt(place, name, target) from problem


def _misspelt(place: str, name: str, target: str) -> Invalid:
    return Invalid(
        f"{_named(place, name)}写法不对",
        target=target,
        advice="网页用 CSS 选择器（如 .read-num 或 meta[name=PubDate]@content），数据用 JMESPath（如 json:data.readNum）",
    )
