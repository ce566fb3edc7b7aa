"""Any answer gives records or a named error in Chinese: whatever its bytes, status and address are."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Account, Page, Request
from adapters.errors import SourceError
from adapters.records import Post
from adapters.registry import ADAPTERS
from tests.adapters.page_cases import FETCHED_AT, all_pages, expectation, page_of
from tests.tries import tries

READERS = sorted(name for name, each in ADAPTERS.items() if each.read)
ABOUTS = ("post", "list", "counter", "getbizsummary", "getarticletotaldetail", "getusersummary")
BODIES = {name: [each for each in all_pages() if each.parent.name == name] for name in READERS}
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "list", "errcode", "is_delay", "ok", "result", "code", "Hits", "photo"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
WRAPS = (
    "{}",
    "<html><script>window.__INITIAL_STATE__={}</script></html>",
    "window._ROUTER_DATA = {};",
)
ANY_BODY = st.binary(max_size=200) | st.builds(
    lambda wrap, value: wrap.replace("{}", json.dumps(value)).encode(),
    st.sampled_from(WRAPS),
    JSONS,
)


def survives(name: str, page: Page) -> None:
    read = ADAPTERS[name].read
    assert read is not None
    try:
        records = list(read(page))
    except SourceError as problem:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.what)
        assert problem.advice
        return
    assert all(each.title or each.key for each in records if isinstance(each, Post))


@pytest.mark.parametrize("name", READERS)
@tries(30)
@given(
    body=ANY_BODY,
    about=st.sampled_from(ABOUTS),
    status=st.sampled_from([200, 200, 200, 302, 403, 404, 461, 500]),
    end=st.sampled_from(["", "http://[", "https://www.xiaohongshu.com/404?error_code=x1"]),
)
def test_any_bytes(name: str, body: bytes, about: str, status: int, end: str) -> None:
    url = "https://example.cn/a"
    page = Page(
        request=Request(url=url, about=about),
        account=Account(
            id="a", platform="app", url=url, page={"title": "h1", "published_at": "p", "links": "a"}
        ),
        url=end or url,
        status=status,
        body=body,
        fetched_at=FETCHED_AT,
    )
    survives(name, page)


@pytest.mark.parametrize("name", READERS)
@tries(30)
@given(data=st.data())
def test_recorded_answers_with_a_hole(name: str, data: st.DataObject) -> None:
    answer = data.draw(st.sampled_from(BODIES[name]))
    body = answer.read_bytes()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 300)))
    page = page_of(body, expectation(answer))
    survives(name, replace(page, body=body[:start] + data.draw(st.binary(max_size=4)) + body[end:]))
