"""What the answers of all platforms have in common: statuses, the table of what a platform says instead of figures,
pages as text and as elements (docs/platforms.md §1.3)."""

from __future__ import annotations

import html as entities
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from adapters.answers.json import changed, cut_off
from adapters.contract import Page
from adapters.errors import Blocked, Gone, LoginExpired, SourceError, Unclear, Unreachable

LATER = "请过几小时再采集，不要连续重试；已有数据不受影响"
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""")
#: Encodings of Chinese sites; gb2312 and gbk mean their superset.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "utf-16": "utf-16",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of a platform's table of codes or words: what it says happened, what to do, which cases it has."""

    error: type[SourceError]
    what: str
    advice: str = LATER
    cases: tuple[str, ...] = ()

    def of(self, target: str, shown: object = "") -> SourceError:
        """The error for this target; ``shown``: the code that the platform gave, put behind what happened."""
        what = f"{self.what}（{shown}）" if shown != "" else self.what
        return self.error(what, target=target, advice=self.advice, cases=self.cases)


#: Statuses with which platforms turn a visitor away (docs/platforms.md §7, §8.2); the collector has retried 429.
_STATUSES = {
    **dict.fromkeys((403, 412, 418, 429, 432), Meaning(Blocked, "平台拒绝了这次访问")),
    401: Meaning(LoginExpired, "平台要求登录", "请更新 config.toml 所指的 cookie"),
    500: Meaning(Unreachable, "平台的服务器出错", "程序下次会再取"),  # and what is above
    # it took too long, or came too early: as passing as that
    **dict.fromkeys((408, 425), Meaning(Unreachable, "平台没有来得及回答", "程序下次会再取")),
}


def by_words(meanings: Mapping[str, Meaning], said: str) -> Meaning | None:
    """The first row whose words stand in what a page says."""
    return next((each for words, each in meanings.items() if words in said), None)


def refuse(page: Page) -> None:
    """Raises what the status alone says, and Blocked for an answer of no bytes. 404 says nothing where
    the tables are silent: an adapter that knows better decides before it asks here."""
    status, target = page.status, page.request.url
    if meaning := _STATUSES.get(min(status, 500)):
        raise meaning.of(target, f"HTTP {status}")
    if status in (404, 410):
        what = f"平台说没有这个地址（HTTP {status}），可能是删了，也可能是地址变了"
        raise unclear(page, what, "请在浏览器里打开核对", "deleted", "moved")
    if status != 200:
        raise changed(f"没有见过的回答（HTTP {status}）", target)
    if not page.body.removeprefix(BOM_UTF8).strip():
        raise blocked(page, "平台给了一个空的回答")


def refuse_site(page: Page) -> None:
    """``refuse`` for a site of the account's own, where 404 says that an article is gone."""
    if page.status in (404, 410) and page.request.about == "post":
        advice = "已存的数据会保留，标为已删除"
        raise Gone("网页已不存在", target=page.request.url, advice=advice, cases=("deleted",))
    refuse(page)


def elsewhere(page: Page, shown: str = "") -> Unclear:
    """The error of an article that led to another page; ``shown``: which."""
    what = f"打开的是另一个网页（{shown}）" if shown else "打开的是另一个网页"
    return unclear(page, what, "请在浏览器里核对：可能已删除，也可能换了地址", "moved", "deleted")


def unclear(page: Page, what: str, advice: str, *cases: str) -> Unclear:
    return Unclear(what, target=page.request.url, advice=advice, cases=cases)


def blocked(page: Page, what: str, advice: str = LATER) -> Blocked:
    return Blocked(what, target=page.request.url, advice=advice)


def check_answered(page: Page, came: str, asked: str = "") -> None:
    """Raises LayoutChanged where another post came back than the one asked for (``asked``: by the address, where the
    request names none)."""
    wanted = page.request.key or asked
    if wanted and wanted != came:
        raise changed(f"问的是 {wanted}，答的是 {came}", page.request.url)


def is_markup(page: Page) -> bool:
    """Whether the answer is a web page and not data."""
    return page.body.removeprefix(BOM_UTF8).lstrip()[:1] == b"<"


def markup(page: Page) -> str:
    """The page as text. All these platforms write UTF-8; a character cut in two is marked, not dropped."""
    return page.body.decode("utf-8", errors="replace")


def title(html: str) -> str:
    match = _TITLE.search(html)
    return plain(match[1]) if match else ""


def visible(html: str) -> str:
    """The words of a page without its scripts, for pages that only say something."""
    return plain(_SCRIPT.sub(" ", html))


def plain(html: str) -> str:
    """Markup as one line of text."""
    return " ".join(entities.unescape(_TAG.sub("", html)).split())


def decoded(page: Page) -> str:
    """The body as text: the encoding of the header, else of the page's own meta, else UTF-8, else GB18030."""
    declared = _CHARSET.search(page.headers.get("content-type", "").encode("ascii", "ignore"))
    inside = _CHARSET.search(page.body[:4096])
    named = [match[1].decode("ascii").lower() for match in (declared, inside) if match]
    ladder = [_CODECS[name] for name in named if name in _CODECS]
    for codec in (*ladder, "utf-8", "gb18030"):
        try:
            return page.body.decode(codec).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    return page.body.decode(ladder[0] if ladder else "utf-8", "replace").lstrip("\ufeff")


def whole_page(html: str, target: str) -> str:
    """The page itself. Raises Unreachable where it stops before its end: its last number may be half a one."""
    if "\0" in html or not re.search(r"</(?:html|body)\s*>", html[-20_000:], re.IGNORECASE):
        raise cut_off("网页", target)
    return html


def tree(html: str) -> lxml_html.HtmlElement:
    """The page as elements; an empty one where it holds none."""
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return lxml_html.Element("html")


def text_of(element: etree._Element) -> str:
    """The text of an element and what is in it, as one line."""
    return " ".join("".join(map(str, element.itertext())).split())


def first_text(root: lxml_html.HtmlElement, *places: str) -> str:
    """The text of the first of these XPaths that finds one; empty where none does."""
    for place in places:
        found = root.xpath(place)
        for each in found if isinstance(found, list) else []:
            if said := text_of(each):
                return said
    return ""
