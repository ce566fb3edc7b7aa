"""A post as it is noted beside an answer, and read back; also from notes of earlier versions."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from adapters.contract import Account, Request
from adapters.moments import SHANGHAI
from adapters.records import Count, Metrics, Post, about, at_least
from collector.visits.asked import note, page_of

HERE = "https://site.test/list"
POST = Post(
    title="夜市开张",
    published_at=datetime(2026, 7, 1, 9, tzinfo=SHANGHAI),
    metrics=Metrics(
        views=at_least(100_000), likes=about(12_000, 1_000, cut=False), comments=Count(5)
    ),
)
#: As earlier versions noted the same counts.
BEFORE = {
    "views": {"value": 100_000, "bound": "at_least", "unit": 1, "cut": None},
    "likes": {"value": 12_000, "bound": "about", "unit": 1_000, "cut": False},
    "comments": {"value": 5, "bound": "exact", "unit": 1, "cut": None},
}


@pytest.mark.parametrize("metrics", [None, BEFORE])
def test_a_noted_post_is_read_back(metrics: dict[str, object] | None) -> None:
    told = json.loads(json.dumps(note(Request(url=HERE, post=POST), None)))
    told["at"] = 0
    if metrics is not None:
        told["post"]["metrics"] = metrics
    assert page_of(told, HERE, Account(id="a", platform="portal"), b"").request.post == POST
