"""What an article of a government or news site says about itself (docs/platforms.md §10.1): its meta elements, else
its visible labels, else the date in its address. Attributes of the template are never read."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree
from lxml import html as lxml_html

from adapters.answers.pages import first_text
from adapters.tables.dates import published

Facts = dict[str, str]

#: 《政府网站发展指引》: names as written there, those that are read.
NAMES = ("SiteIDCode", "ColumnName", "ArticleTitle", "PubDate", "ContentSource", "Author", "Url")
_SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "title"})
#: Of a node: that no reader sees it.
UNSEEN = " or ".join(f"ancestor-or-self::{each}" for each in sorted(_SKIPPED))
#: Walking the page in Python costs ten times as much as reading all the rest.
_VISIBLE = etree.XPath(f"descendant::text()[not({UNSEEN})]", smart_strings=False)
_SEEN = etree.XPath(f"descendant-or-self::*[not({UNSEEN})]")
_NULL = frozenset({"", "null", "undefined", "none"})
_LABELLED = frozenset({"contentsource", "author", "pubdate"})
_LABEL = re.compile(
    r"(?:文章|信息|稿件)?(?:来源|出处|作者|责任编辑|编辑|发布时间|发布日期|时间|日期)\s*[:：]\s*"
)
#: How pages call the day of publishing, the surest first; 「会议时间：」 is another.
_DATED = [
    re.compile(
        rf"(?<![\u4e00-\u9fff])(?:{labels})\s*[:：]\s*"
        r"(?P<date>\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?)",
        re.ASCII,
    )
    for labels in ("发布时间|发布日期|发表时间|发表日期|发稿时间|发文日期", "时间|日期")
]
_SOURCE = re.compile(r"(?<![\u4e00-\u9fff])(?:信息|文章|稿件)?来源\s*[:：]\s*([^\s|:：]{2,30})")
_SITE_CODE = re.compile(r"网站标识码\s*[:：]\s*([0-9]{6,12}|[a-z]{2}[0-9]{6,10})")
#: TRS ``t20190918_693227``, JCMS ``art/2016/11/22/``, dated folders of news sites ``2026-09/30/`` and ``20260930/``.
_IN_ADDRESS = re.compile(
    r"/t(?P<trs>(?:19|20)\d{6})_\d+|/(?P<parts>(?:19|20)\d{2}[-/]\d{1,2}/\d{1,2})/|/(?P<packed>20\d{6})/",
    re.ASCII,
)
_HEADLINES = ("//h1", "//h2", "//h3")
_SUFFIX = re.compile(r"\s*[-_|—–]+\s*")


def facts_of(root: lxml_html.HtmlElement, visible: str) -> Facts:
    """What a page says under each name above: its meta, else what a reader sees; empty where it says nothing. A meta
    named exactly so wins, even when empty; another case counts only where it is absent; of a name that stands twice the
    last that is not empty."""
    given: list[tuple[str, str]] = [
        (name := str(each.get("name", "")).strip(), _value(name, each.get("content")))
        for each in root.iter("meta")
    ]
    facts: Facts = {}
    for name in NAMES:
        exact = [value for said, value in given if said == name]
        loose = [value for said, value in given if said.lower() == name.lower()]
        facts[name] = next(filter(None, reversed(exact or loose)), "")
    facts["ArticleTitle"] = facts["ArticleTitle"] or _headline(root)
    for name, label in (("ContentSource", _SOURCE), ("SiteIDCode", _SITE_CODE)):
        if not facts[name] and (found := label.search(visible)):
            facts[name] = found[1]
    if facts["Author"].isdecimal():  # the id of a clerk, not a name (人民网)
        facts["Author"] = ""
    return facts


def _value(name: str, content: str | None) -> str:
    """A meta's content without the label some templates leave in it (``来源：…``); "null" is nothing."""
    text = " ".join((content or "").split())
    if name.lower() in _LABELLED and (label := _LABEL.match(text)):
        text = text[label.end() :]
    return "" if text.lower() in _NULL else text


def is_seen(element: lxml_html.HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.tag not in _SKIPPED


def words(root: lxml_html.HtmlElement) -> str:
    """The visible words of the whole page as one text; blanks are single, elements stand apart."""
    found: list[str] = _VISIBLE(root)  # type: ignore[assignment]
    return " ".join(" ".join(found).split())


def _headline(root: lxml_html.HtmlElement) -> str:
    """The visible headline with which ``<title>`` begins, else the only h1."""
    whole = first_text(root, "//head//title", "//title")
    headlines = [first_text(each, ".") for place in _HEADLINES for each in root.xpath(place)]
    fitting = [each for each in headlines if len(each) > 3 and whole.startswith(each)]
    if fitting:
        return max(fitting, key=len)
    seen: list[lxml_html.HtmlElement] = _SEEN(root)  # type: ignore[assignment]
    said = {" ".join((each.text or "").split()) for each in seen}
    cuts = [whole, *(whole[: each.start()] for each in reversed([*_SUFFIX.finditer(whole)]))]
    fitting = [each for each in cuts if len(each) > 3 and each in said]
    if fitting:
        return fitting[0]
    (only, *others) = [first_text(each, ".") for each in root.xpath("//h1")] or [""]
    return "" if others else only


def moment_of(facts: Facts, visible: str, url: str) -> tuple[datetime, bool] | None:
    """When it was published (Shanghai), and whether only the day is known: the meta, else the visible label,
    else the date in the address.

    A template with ``hh`` for ``HH`` writes 03:10 for 15:10 (docs/platforms.md §10.1): where the visible label says the
    same minute twelve hours later, the label is right. Raises ValueError where the meta is no date.
    """
    shown = _labelled(visible, url)
    if not facts["PubDate"]:
        return shown or _in_address(url)
    stated = published(facts["PubDate"])
    if shown is None or shown[1] or stated[1] or stated[0].date() != shown[0].date():
        return stated
    return shown if 43_140 < (shown[0] - stated[0]).total_seconds() < 43_260 else stated


def _labelled(visible: str, url: str) -> tuple[datetime, bool] | None:
    """The day and hour of a visible label. A bare 「时间：」 may be that of a meeting: it counts only where the
    address does not say another day."""
    for regex, sure in zip(_DATED, (True, False), strict=True):
        if found := regex.search(visible):
            said, day = published(" ".join(found["date"].split())), _in_address(url)
            return said if sure or day is None or day[0].date() == said[0].date() else None
    return None


def _in_address(url: str) -> tuple[datetime, bool] | None:
    found = _IN_ADDRESS.search(url)
    if found is None:
        return None
    return published(found["trs"] or found["packed"] or found["parts"].replace("/", "-"))
