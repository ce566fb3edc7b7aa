"""JSON of answers: asked for by path, an absence is an error naming it."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.answers.json import at, embedded, figure, ident, moment, whole
from adapters.errors import LayoutChanged, SourceError, Unreachable
from adapters.records import about

HERE = "https://example.cn/1"


@pytest.mark.parametrize("body", [b'{"a": [1, 2', b'{"a": "\xe4\xba', '{"a": "云'.encode(), b""])
def test_an_answer_that_ends_too_early_is_fetched_again(body: bytes) -> None:
    with pytest.raises(Unreachable, match="没有收完整"):
        whole(body, HERE)


@pytest.mark.parametrize(
    "body", [b"<html>", b"{'a': 1}", b'{"a": NaN}', b'{"a": 1} x', b'{"a": "\xff"}', b"[" * 100_000]
)
def test_an_answer_that_is_no_json(body: bytes) -> None:
    with pytest.raises((LayoutChanged, Unreachable)):
        whole(body, HERE)


def test_whole_with_bom_and_spaces() -> None:
    assert whole(b'\xef\xbb\xbf {"a": 1}\r\n', HERE) == {"a": 1}


def test_embedded() -> None:
    page = '<script>if (window.S) {} window.S = {"a": "</b>;x"};(function(){}());</script>'
    assert embedded(page, "window.S", HERE) == {"a": "</b>;x"}
    assert embedded(page, "window.T", HERE) is None
    assert embedded('<meta content="window.S={&quot;a&quot;}">' + page, "window.S", HERE) == {
        "a": "</b>;x"
    }
    with pytest.raises(Unreachable):
        embedded(page[:48], "window.S", HERE)


TREE: Any = {
    "a": [{"n": "22.2万", "t": 1674119153791, "id": 85440373, "no": None, "hid": "--", "yes": True}]
}


def test_at_a_path() -> None:
    assert figure(TREE, "a", 0, "n", target=HERE) == about(222_000, 1_000, cut=None)
    assert figure(TREE, "a", 0, "hid", target=HERE, hidden=frozenset({"--"})) is None
    assert moment(TREE, "a", 0, "t", target=HERE).isoformat() == "2023-01-19T17:05:53+08:00"
    assert ident(TREE, "a", 0, "id", target=HERE) == "85440373"
    assert at({"a": "半个\ud83d"}, "a", kind=str, target=HERE) == "半个\ufffd"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (("b",), "“b”"),
        (("a", 1), "“a.1”"),
        (("a", 0, "x", "y"), "“a.0.x”"),
        (("a", 0, "no"), "“a.0.no”"),
        (("a", 0, "yes"), "“a.0.yes”"),
        (("a", 0, "hid"), "“a.0.hid”"),
    ],
)
def test_what_is_absent_is_named(path: tuple[str | int, ...], named: str) -> None:
    for ask in (figure, moment):
        with pytest.raises(SourceError, match=named) as problem:
            ask(TREE, *path, target=HERE)
        assert problem.value.outcome == "layout_changed"
