"""A page case is a recorded answer beside its expectation: ``pages/<adapter>/<answer>`` and
``<answer>.expect.json``.

The JSON says ``account`` and ``request`` (their fields), optionally ``status`` (200), ``url`` (final address) and
``headers``; and what comes out: ``posts``, ``figures``, ``requests`` (as in cases.py: only what differs from the
default), or ``error`` {outcome, cases}. ``source`` says where the shape of an answer is from that nobody recorded.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.contract import Account, Page, Request
from adapters.errors import SourceError
from adapters.records import AccountFigures, Post
from adapters.registry import ADAPTERS
from tests.adapters.cases import plain

PAGES = Path(__file__).parent / "pages"
ENDING = ".expect.json"
#: When every recorded answer is taken to have come in.
FETCHED_AT = datetime.fromisoformat("2026-11-01T12:00:00+08:00")


def all_pages() -> list[Path]:
    """Every recorded answer, found by its expectation."""
    return sorted(Path(str(each).removesuffix(ENDING)) for each in PAGES.glob(f"*/*{ENDING}"))


def expectation(answer: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(f"{answer}{ENDING}").read_text(encoding="utf-8"))
    return loaded


def page_of(body: bytes, expected: dict[str, Any]) -> Page:
    """The answer as an adapter gets it."""
    request = _request(expected["request"])
    return Page(
        request=request,
        account=Account(**{"id": "case", **expected["account"]}),
        url=expected.get("url", request.url),
        status=expected.get("status", 200),
        headers=expected.get("headers", {}),
        body=body,
        fetched_at=FETCHED_AT,
    )


def _request(fields: dict[str, Any]) -> Request:
    """A request; what earlier answers told of its post is written as posts are."""
    known = fields.get("post")
    if known is None:
        return Request(**fields)
    moment = datetime.fromisoformat(known["published_at"])
    return Request(**{**fields, "post": Post(**{**known, "published_at": moment})})


def read_page(adapter: str, page: Page) -> dict[str, Any]:
    """What an adapter makes of an answer, in the form in which expectations are written."""
    read = ADAPTERS[adapter].read
    assert read is not None
    shown: dict[str, Any] = {}
    try:
        records = list(read(page))
    except SourceError as problem:
        return {"error": {"outcome": problem.outcome, "cases": list(problem.cases)}}
    for record in records:
        part = "posts" if isinstance(record, Post) else "requests"
        part = "figures" if isinstance(record, AccountFigures) else part
        shown.setdefault(part, []).append(plain(record))
    return shown
