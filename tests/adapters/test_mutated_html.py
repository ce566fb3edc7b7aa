"""Pages that lose an element, its words, or its place still show the true figure, none, or an error.

``test_mutated_pages`` damages the JSON of answers; here it is the markup around figures that stand in text.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html as lxml_html

from adapters.errors import SourceError
from adapters.records import Post
from adapters.registry import ADAPTERS
from tests.adapters.cases import plain
from tests.adapters.page_cases import all_pages, expectation, page_of

PAGES = [
    each
    for each in all_pages()
    if each.suffix == ".html"
    and each.parent.name in ("portal", "h5", "douyin", "xiaohongshu")
    and "posts" in expectation(each)
]


@pytest.mark.parametrize("answer", PAGES, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_damaged_markup_never_makes_a_figure(answer: Path) -> None:
    expected = expectation(answer)
    read = ADAPTERS[answer.parent.name].read
    assert read is not None
    (true,) = expected["posts"]
    tried = 0
    for how, body in _mutations(answer.read_bytes()):
        tried += 1
        try:
            posts = [each for each in read(page_of(body, expected)) if isinstance(each, Post)]
        except SourceError:
            continue
        for post in posts:
            shown = plain(post.metrics)
            figures = true.get("metrics", {})
            wrong = {name: value for name, value in shown.items() if value != figures.get(name)}
            assert not wrong, f"{how}: {wrong}"
            assert post.published_at is not None, how
            assert post.published_at.isoformat()[:10] == true["published_at"][:10], how
    assert tried > 5


def _mutations(body: bytes) -> Iterator[tuple[str, bytes]]:
    root = lxml_html.document_fromstring(body)
    for number, element in enumerate(root.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        for how in ("dropped", "emptied", "after the next"):
            changed = copy.deepcopy(root)
            victim = next(each for at, each in enumerate(changed.iter()) if at == number)
            if _damage(victim, how):
                yield f"{element.tag} {number} {how}", lxml_html.tostring(changed, encoding="utf-8")


def _damage(victim: lxml_html.HtmlElement, how: str) -> bool:
    holder, follower = victim.getparent(), victim.getnext()
    if how == "dropped":
        holder.remove(victim)
        return True
    if how == "emptied":
        if not (victim.text or "").strip():
            return False
        victim.text = None
        return True
    if follower is None:
        return False
    follower.addnext(victim)
    return True
