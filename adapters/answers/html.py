"""Web pages of any encoding as text and as elements, and addresses as pages write them. A page that ends
before its last tag is no page."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from adapters.contract import Page
from adapters.errors import Unreachable

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
        raise Unreachable(
            "网页没有收完整就断了", target=target, advice="多半是网络不稳，程序下次会再取"
        )
    return html


def tree(html: str) -> lxml_html.HtmlElement:
    """The page as elements; an empty one where it holds none."""
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return lxml_html.Element("html")


def first_text(root: lxml_html.HtmlElement, *places: str) -> str:
    """The text of the first of these XPaths that finds one; empty where none does."""
    for place in places:
        found = root.xpath(place)
        for each in found if isinstance(found, list) else []:
            said = " ".join("".join(map(str, each.itertext())).split())
            if said:
                return said
    return ""


def split(url: str) -> SplitResult:
    """An address in its parts; all of them empty where it is none (``http://[``)."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def same_address(one: str, other: str) -> bool:
    """Whether two addresses name the same page, apart from http or https and a fragment."""
    first, second = split(one), split(other)
    return (first.netloc.lower(), first.path.rstrip("/"), first.query) == (
        second.netloc.lower(),
        second.path.rstrip("/"),
        second.query,
    )


def same_host(one: str, other: str) -> bool:
    """Whether two web addresses lie on the same host and port."""
    first, second = split(one), split(other)
    web = {"http", "https"}
    return {first.scheme, second.scheme} <= web and first.netloc.lower() == second.netloc.lower()


def joined(base: str, address: str) -> str:
    """An address as a page writes it, in full and without fragment; empty where it is no web address."""
    if not address.strip():
        return ""
    try:
        full = urlsplit(urljoin(base, address.strip()))
        host = full.hostname
    except ValueError:  # a bracket without its pair
        return ""
    if full.scheme not in ("http", "https") or not host:
        return ""
    return full._replace(fragment="").geturl()


def without_fragment(url: str) -> str:
    """A web address without its fragment; empty where it is none."""
    return joined(url, url)
