"""A damaged answer gives the true figures, fewer of them with a named error, or an error: never a wrong
figure and never a zero that was not shown.

Every recorded answer that shows something is cut at any place; in the JSON it is or holds, every leaf is
blanked or given another type, every key or item dropped, every object and list turned round.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import baijiahao_api
from adapters.errors import SourceError
from adapters.records import METRICS, Post, about, at_least
from adapters.registry import ADAPTERS
from tests.adapters.cases import plain
from tests.adapters.page_cases import all_pages, expectation, page_of, read_page

#: Metrics that a platform leaves out of its answers by itself (docs/platforms.md §5.2), so that their absence is no error.
#: 小红书 writes an empty text (docs/platforms.md §9.2), an own site a dash.
MAY_BE_ABSENT = {
    "kuaishou": {"shares"},
    "xiaohongshu": {"likes", "favourites", "comments", "shares"},
    "h5": set(METRICS),
    "weibo_api": {"views"},  # of the best posts (docs/platforms.md §13.2)
}
#: What a platform writes for a figure that it does not tell.
HIDES = {("bilibili", "view became -1"): {"views"}} | {
    ("baijiahao_api", f"{name} became -1"): {metric}
    for metric, name in baijiahao_api.FIGURES.items()
}
#: What a number may turn into.
OTHER_TYPES: tuple[Any, ...] = (True, 0.5, -1, [], {}, "many", "1e3", [7], {"value": 7})
BLANKS: tuple[Any, ...] = (None, "", " ", "-")
CUTS = 250

Found = list[dict[str, Any]]
Mutation = tuple[str, bytes]

SHOWING = [each for each in all_pages() if {"posts", "requests"} & expectation(each).keys()]
_BEFORE_JSON = re.compile(rb"=\s*(?=[\[{])")


@pytest.mark.parametrize("answer", SHOWING, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_damage_never_makes_a_figure(answer: Path) -> None:
    expected = expectation(answer)
    truth = _figures_of(expected)
    for how, body in _mutations(answer.read_bytes()):
        for key, metrics in _figures(answer.parent.name, body, expected):
            assert key in truth, f"{how}: a post nobody asked for: {key}"
            true = truth[key]
            wrong = {
                name: value for name, value in metrics.items() if not _agrees(value, true.get(name))
            }
            assert not wrong, f"{how}: {key} has {wrong}, true is {true}"
            lost = true.keys() - metrics.keys() - MAY_BE_ABSENT.get(answer.parent.name, set())
            lost -= HIDES.get((answer.parent.name, how.split(".")[-1]), set())
            assert not lost, f"{how}: {key} lost {lost} without an error"


@pytest.mark.parametrize(
    "answer",
    [
        each
        for each in all_pages()
        # followers gained are added up over the sources that are listed: nobody can miss one that is not
        if "figures" in expectation(each) and "follower_flows" not in each.name
    ],
    ids=lambda each: f"{each.parent.name}/{each.name}",
)
def test_damage_never_makes_a_figure_of_an_account(answer: Path) -> None:
    expected = expectation(answer)
    truth = {
        (each.get("day"), each.get("observed_at"), name): value
        for each in expected["figures"]
        for name, value in each["figures"].items()
    }
    for how, body in _mutations(answer.read_bytes()):
        for each in read_page(answer.parent.name, page_of(body, expected)).get("figures", []):
            for name, value in each["figures"].items():
                place = each.get("day"), each.get("observed_at"), name
                assert truth.get(place) == value, f"{how}: {place} became {value}"


@pytest.mark.parametrize(
    "answer",
    [each for each in all_pages() if each not in SHOWING],
    ids=lambda each: f"{each.parent.name}/{each.name}",
)
def test_damaged_refusals_are_errors_in_words(answer: Path) -> None:
    expected = expectation(answer)
    for _, body in _mutations(answer.read_bytes(), few=True):
        _figures(answer.parent.name, body, expected)


def _figures(adapter: str, body: bytes, expected: dict[str, Any]) -> list[tuple[str, Any]]:
    """What an answer shows: (key, metrics) of each post and of each post that a request knows of."""
    read = ADAPTERS[adapter].read
    assert read is not None
    try:
        records = list(read(page_of(body, expected)))
    except SourceError as problem:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.what), problem.what
        assert problem.advice, problem.what
        assert problem.target, problem.what
        return []
    posts = [each if isinstance(each, Post) else getattr(each, "post", None) for each in records]
    return [(_key(plain(each)), plain(each.metrics)) for each in posts if each]


def _figures_of(expected: dict[str, Any]) -> dict[str, dict[str, Any]]:
    known = [each["post"] for each in expected.get("requests", []) if "post" in each]
    posts = expected.get("posts", []) + known
    return {_key(each): each.get("metrics", {}) for each in posts}


def _agrees(shown: Any, true: Any) -> bool:
    """The true figure, or a rounder one in whose range it lies (an answer may state a count twice)."""
    if shown == true or not (isinstance(shown, dict) and isinstance(true, int)):
        return bool(shown == true)
    value = shown["value"]
    bounded = shown["bound"] == "about"
    count = about(value, shown["unit"], cut=shown["cut"]) if bounded else at_least(value)
    return count.low <= true and (count.high is None or true <= count.high)


def _key(post: dict[str, Any]) -> str:
    name = str(post.get("key") or post.get("url") or post["title"])
    day_by_day = "metrics" in post and "observed_at" in post  # as the data API tells of one post
    return f"{name} {post['observed_at']}" if day_by_day else name


def _mutations(body: bytes, *, few: bool = False) -> Iterator[Mutation]:
    if body.strip().isdigit():
        return  # a bare number (a counter): only its length, which the collector checks, says that it is whole
    step = max(1, len(body) // (CUTS // 10 if few else CUTS))
    for at in range(0, len(body), step):
        yield f"cut after {at} bytes", body[:at]
    for start, end, value in _json_parts(body):
        for how, changed in _changes(value, few):
            text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
            yield how, body[:start] + text.encode() + body[end:]


def _json_parts(body: bytes) -> Iterator[tuple[int, int, Any]]:
    """Start, end and value of the JSON that an answer is, or that its scripts assign."""
    decoder = json.JSONDecoder()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return  # an old site in GBK holds no JSON
    starts = (
        [0]
        if text[:1] in ("{", "[")
        else [len(body[: each.end()].decode()) for each in _BEFORE_JSON.finditer(body)]
    )
    for start in starts:
        try:
            value, end = decoder.raw_decode(text, start)
        except ValueError:
            continue  # a script, not data
        if value:
            yield len(text[:start].encode()), len(text[:end].encode()), value


def _changes(value: Any, few: bool) -> Iterator[tuple[str, Any]]:
    for path in _paths(value):
        for how, change in _ways(value, path, few):
            changed = copy.deepcopy(value)
            holder = _at(changed, path[:-1])
            change(holder, path[-1])
            yield f"{'.'.join(map(str, path))} {how}", changed


def _ways(value: Any, path: tuple[Any, ...], few: bool) -> Iterator[tuple[str, Callable[..., Any]]]:
    yield "dropped", lambda holder, step: holder.pop(step)
    old = _at(value, path)
    if isinstance(old, dict) and len(old) > 1:
        turned: Any = dict(reversed(old.items()))
        yield "turned round", _put(turned)
    elif isinstance(old, list) and len(old) > 1:
        yield "turned round", _put(old[::-1])
    new: tuple[Any, ...] = BLANKS
    if isinstance(old, int | float) and not isinstance(old, bool) and not few:
        new += OTHER_TYPES
    if not isinstance(old, dict | list):
        for each in new:
            if each != old:
                yield f"became {each!r}", _put(each)


def _put(new: Any) -> Callable[..., None]:
    def change(holder: Any, step: Any) -> None:
        holder[step] = new

    return change


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*before, step)
        if isinstance(inner, dict | list):
            yield from _paths(inner, (*before, step))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
