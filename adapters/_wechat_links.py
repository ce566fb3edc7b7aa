"""Addresses of WeChat articles: which article one names, without the session tokens that a copied address carries."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from adapters.answers.addresses import split
from adapters.records import Post

HOST = "mp.weixin.qq.com"
#: What names an article. Everything else in a query (chksm, scene, key, pass_ticket …) is dropped.
IDENTITY = ("__biz", "mid", "idx", "sn")
#: A temporary link (``/s?src=…&timestamp=…``) carries these instead; it expires, and names nothing lasting.
_TEMPORARY = ("src", "timestamp", "ver", "signature")
_SHORT = re.compile(r"/s/[A-Za-z0-9_-]{22}")
_NUMBER = re.compile(r"\d+", re.ASCII)
#: ``<mid>_<idx>``, as the data API and wechat-article-exporter write it (docs/platforms.md §2.6).
ARTICLE_KEY = re.compile(r"\d+_\d+", re.ASCII)


def article_url(biz: str, mid: str, idx: str, sn: str) -> str:
    """The canonical address of an article; empty where nothing names one."""
    given = [
        (name, value) for name, value in zip(IDENTITY, (biz, mid, idx, sn), strict=True) if value
    ]
    return _at_host("/s", given) if given else ""


def article_key(mid: str, idx: str) -> str:
    """``<mid>_<idx>``, the id that exports, saved pages and the data API share; empty where one lacks."""
    return f"{mid}_{idx}" if _NUMBER.fullmatch(mid) and _NUMBER.fullmatch(idx) else ""


def canonical(text: str) -> tuple[str, str]:
    """(key, address) of an address as an export or a page writes it.

    Long links keep only __biz, mid, idx, sn; short ones no query; other pages of the host only what a
    temporary link needs; any other text stays as given, without its fragment. The key may be empty.
    """
    given = text.strip().replace("&amp;", "&")
    try:
        parts = urlsplit(given)
    except ValueError:
        return "", given  # not an address (``http://[``): kept as text, it names nothing
    if parts.scheme not in ("http", "https") or parts.hostname != HOST:
        return "", given.partition("#")[0]
    if _SHORT.fullmatch(parts.path):
        return "", _at_host(parts.path, [])
    query = dict(parse_qsl(parts.query))
    kept = [(name, query[name]) for name in IDENTITY if query.get(name)]
    if parts.path == "/s" and kept:
        return article_key(query.get("mid", ""), query.get("idx", "")), _at_host("/s", kept)
    return "", _at_host(parts.path, [(each, query[each]) for each in _TEMPORARY if each in query])


def lasting(url: str) -> bool:
    """Whether a canonical address names one article for good: a short link, or a long one with mid and idx."""
    parts = split(url)
    named = {name for name, _ in parse_qsl(parts.query)}
    return parts.netloc == HOST and (
        _SHORT.fullmatch(parts.path) is not None
        or (parts.path == "/s" and {"__biz", "mid", "idx"} <= named)
    )


def identified(post: Post) -> Post:
    """A post whose ``url`` stands as the file writes it, with its canonical address and key."""
    key, url = canonical(post.url)
    own = post.key if ARTICLE_KEY.fullmatch(post.key) else ""
    return replace(post, key=key or own, url=url)


def _at_host(path: str, query: list[tuple[str, str]]) -> str:
    return urlunsplit(("https", HOST, path, urlencode(query, safe="="), ""))
