"""What the answers of all platforms have in common: HTTP statuses, text, ids in addresses
(docs/platforms.md §1.3)."""

from __future__ import annotations

import html as entities
import re
from codecs import BOM_UTF8
from urllib.parse import urlsplit

from adapters.answers.json import changed
from adapters.contract import Page
from adapters.errors import Blocked, LoginExpired, Unclear, Unreachable

#: Statuses with which platforms turn a visitor away (docs/platforms.md §7, §8.2); the collector has retried 429.
TURNED_AWAY = frozenset({403, 412, 418, 429, 432})
LATER = "请过几小时再采集，不要连续重试；已有数据不受影响"
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def refuse(page: Page) -> None:
    """Raises what the status alone says, and Blocked for an answer of no bytes. 404 says nothing where
    the tables are silent: an adapter that knows better decides before it asks here."""
    status, target = page.status, page.request.url
    if status in TURNED_AWAY:
        raise blocked(page, f"平台拒绝了这次访问（HTTP {status}）")
    if status >= 500:
        raise Unreachable(
            f"平台的服务器出错（HTTP {status}）", target=target, advice="程序下次会再取"
        )
    if status == 401:
        raise LoginExpired(
            "平台要求登录（HTTP 401）", target=target, advice="请更新 config.toml 所指的 cookie"
        )
    if status in (404, 410):
        raise Unclear(
            f"平台说没有这个地址（HTTP {status}），可能是删了，也可能是地址变了",
            target=target,
            advice="请在浏览器里打开核对",
            cases=("deleted", "moved"),
        )
    if status != 200:
        raise changed(f"没有见过的回答（HTTP {status}）", target)
    if not page.body.removeprefix(BOM_UTF8).strip():
        raise blocked(page, "平台给了一个空的回答")


def blocked(page: Page, what: str, advice: str = LATER) -> Blocked:
    return Blocked(what, target=page.request.url, advice=advice)


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


def place(url: str) -> tuple[str, str]:
    """Host (small letters, without port) and path of an address; both empty where it is none."""
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "").lower(), parts.path
    except ValueError:  # a bracket without its pair, a port that is no number
        return "", ""


def in_path(url: str, hosts: frozenset[str], shape: re.Pattern[str]) -> str:
    """The id that ``shape`` (its group 1) finds in the path of an address of these hosts; else empty."""
    host, path = place(url)
    match = shape.fullmatch(path) if host in hosts else None
    return match[1] if match else ""
