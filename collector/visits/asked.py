"""What was asked, as it is noted beside an answer: enough to read the kept answer again as it was read then.

A note is small: what goes without saying (a post, asked for once, answered 200 from the address asked) is left
out. It holds no header that was sent and no secret: ``Request.url`` carries placeholders only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from adapters.contract import Account, Page, Request
from adapters.moments import SHANGHAI
from adapters.records import Count, Post, about, at_least
from storage.bulk import seconds

#: A post in words of JSON and back; what is as a post is by default is left out.
_POST = TypeAdapter(Post)
_BARE: Mapping[str, Any] = {"title": "", "published_at": None}


def note(request: Request, page: Page | None) -> dict[str, Any]:
    """What ``page_of`` needs beside the bytes. ``page`` None: nothing came back."""
    told: dict[str, Any] = {}
    if request.about != "post":
        told["about"] = request.about
    for name in ("key", "depth"):
        if value := getattr(request, name):
            told[name] = value
    if request.body is not None:
        told["body"] = dict(request.body)
        told["asked"] = request.url  # the source tells apart what is sent to one address
    if request.post is not None:
        told["post"] = _POST.dump_python(request.post, mode="json", exclude_defaults=True)
    if page is None:
        return told
    told["at"] = seconds(page.fetched_at)
    if page.url != request.url:
        told["url"] = page.url
    if page.status != 200:
        told["status"] = page.status
    if "charset" in page.headers.get("content-type", "").lower():
        told["type"] = page.headers["content-type"]
    return told


def page_of(told: Mapping[str, Any], source: str, account: Account, body: bytes) -> Page:
    """The answer as the adapter got it: ``source`` is the address that was asked, unless the note says which."""
    asked = told.get("asked", source)
    request = Request(
        url=asked,
        about=told.get("about", "post"),
        key=told.get("key", ""),
        depth=told.get("depth", 0),
        body=told.get("body"),
        post=_post(told["post"]) if "post" in told else None,
    )
    return Page(
        request=request,
        account=account,
        url=told.get("url", asked),
        status=told.get("status", 200),
        headers={"content-type": told["type"]} if "type" in told else {},
        body=body,
        fetched_at=datetime.fromtimestamp(told["at"], SHANGHAI),
    )


def _post(told: Mapping[str, Any]) -> Post:
    metrics = {name: _count(**each) for name, each in told.get("metrics", {}).items()}
    return _POST.validate_python({**_BARE, **told, "metrics": metrics})


def _count(
    value: int, bound: str = "", unit: int = 1, cut: bool | None = None, **limits: Any
) -> Count:
    """Notes of earlier versions have ``bound``, ``unit`` and ``cut`` in place of the limits."""
    if bound == "about":
        return about(value, unit, cut=cut)
    return at_least(value) if bound == "at_least" else Count(value, **limits)
