"""Every recorded answer reads as expected, and what the platform shows is what the adapter declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.registry import ADAPTERS
from tests.adapters.page_cases import PAGES, all_pages, expectation, page_of, read_page

READERS = {name for name, each in ADAPTERS.items() if each.read}


def test_page_readers_and_cases_agree() -> None:
    assert {each.name for each in PAGES.iterdir()} == READERS
    assert all_pages(), "no recorded answers were found"


def test_declared_page_metrics_are_shown_by_the_cases() -> None:
    shown: dict[str, set[str]] = {name: set() for name in READERS}
    for answer in all_pages():
        for post in expectation(answer).get("posts", []):
            shown[answer.parent.name] |= set(post.get("metrics", {}))
    for name in READERS:
        assert shown[name] == set(ADAPTERS[name].page_metrics), name


@pytest.mark.parametrize("answer", all_pages(), ids=lambda each: f"{each.parent.name}/{each.name}")
def test_answer(answer: Path) -> None:
    expected = expectation(answer)
    page = page_of(answer.read_bytes(), expected)
    got = read_page(answer.parent.name, page)
    parts = ("posts", "figures", "requests", "error")
    assert got == {part: expected[part] for part in parts if part in expected}
    assert read_page(answer.parent.name, page) == got, "reading twice gives the same"
