"""Places in an answer of data where facts of an article may stand, as JMESPath, told by the usual names of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collector.probe.page_places import Place

#: Field → usual names of its key, in small letters without signs between words.
_NAMES = {
    "title": "title articletitle newstitle contenttitle headline subject",
    "published_at": "publishtime publishdate publishedat publishedtime pubtime pubdate releasetime issuetime"
    " posttime createtime createdat ctime",
    "views": "readnum readcount readtimes reads read viewnum viewcount views hits clicknum clickcount clicks pv"
    " browsenum browsecount visitcount playcount click",
    "readers": "uv readusers readers",
    "likes": "likenum likecount likes praisenum praisecount diggcount zannum",
    "comments": "commentnum commentcount comments replycount",
    "shares": "sharenum sharecount shares",
    "favourites": "collectnum collectcount favoritecount favnum favcount",
    "author": "author authorname writer",
    "column": "columnname channelname categoryname catname column channel",
    "key": "articleid newsid contentid docid id",
    "url": "url shareurl h5url linkurl link",
}
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DEPTH = 5


def items(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Lists of articles: (place of the list, its first entry)."""
    for path, value in _walk(data, "", 0):
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield path or "[*]", value[0]


def articles(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that may be one article: (its place, the object), the outermost first."""
    for path, value in _walk(data, "", 0):
        if isinstance(value, dict):
            yield path, value


def places(entry: Mapping[str, Any], path: str = "") -> dict[str, list[Place]]:
    """The places of each field in an article, by the order in which the names above stand."""
    found: dict[str, list[tuple[int, Place]]] = {}
    for place, value in _walk(entry, path, _DEPTH - 2):
        if isinstance(value, dict | list) or value is None or isinstance(value, bool):
            continue
        name = re.sub(r"[^a-z0-9]", "", place.rpartition(".")[2].lower())
        for field, names in _NAMES.items():
            known = names.split()
            if name in known:
                candidate = Place(field, f"json:{place}", str(value))
                found.setdefault(field, []).append((known.index(name), candidate))
    return {
        field: [each for _, each in sorted(there, key=lambda pair: pair[0])]
        for field, there in found.items()
    }


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """(place, value) of everything below objects, outermost first; lists are not entered."""
    yield path, value
    if isinstance(value, dict) and depth < _DEPTH:
        for key, below in value.items():
            step = key if _BARE.fullmatch(key) else '"' + key.replace('"', '\\"') + '"'
            yield from _walk(below, f"{path}.{step}" if path else step, depth + 1)
