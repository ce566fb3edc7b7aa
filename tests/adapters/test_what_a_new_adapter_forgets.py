"""What is easily forgotten when an adapter is added: statuses, empty titles, an export known by one heading alone."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.contract import Account, File, Row, Sheet
from adapters.errors import SourceError
from adapters.files import open_file
from adapters.records import Headings, Post
from adapters.registry import ADAPTERS, records
from tests.adapters.cases import account_of, all_cases
from tests.adapters.cases import expectation as file_expectation
from tests.adapters.page_cases import all_pages, expectation, page_of, read_page

#: Where a post may have no title, and why: it is named by its id, or by caption and second.
UNTITLED = {
    "douyin": "a work may have no caption",
    "douyin_api": "a work may have no caption",
    "kuaishou": "a work may have no caption",
    "kuaishou_api": "a work may have no caption",
    "xiaohongshu": "a note may have no title",
    "weibo": "a post may be a picture",
    "weibo_api": "a post may be a picture",
    "weibo_crawler": "a post may be a picture",
    "weibo_spider": "a post may be a picture",
    "media_crawler": "it reads works and notes of those platforms",
    "baijiahao_api": "an article's figures come without its title, which the list told",
    "wechat_api": "an article of text alone has no title",
}


def _good_pages() -> list[Path]:
    """Recorded answers that give posts, figures or requests."""
    return [each for each in all_pages() if "error" not in expectation(each)]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (403, None, "blocked"),
        (429, None, "blocked"),
        (503, None, "unreachable"),
        (408, None, "unreachable"),
        (401, None, "login_expired"),
        (200, b"", "blocked"),
        (200, b"\xef\xbb\xbf \n", "blocked"),
    ],
)
def test_a_status_and_an_empty_answer_are_what_they_are(
    status: int, body: bytes | None, outcome: str
) -> None:
    seen = set()
    for answer in _good_pages():
        page = page_of(answer.read_bytes(), expectation(answer))
        changed = replace(page, status=status, body=page.body if body is None else body)
        got = read_page(answer.parent.name, changed)
        # an interface has no wall: an answer that says nothing comes right by itself
        said_nothing = ADAPTERS[answer.parent.name].own_api and body is not None
        expected = "unreachable" if said_nothing else outcome
        assert got.get("error", {}).get("outcome") == expected, answer
        seen.add(answer.parent.name)
    assert seen == {name for name, each in ADAPTERS.items() if each.read}


def test_a_page_without_a_title_is_no_post() -> None:
    """The title is taken out of the answer wherever it stands there."""
    tried = set()
    for answer in _good_pages():
        expected = expectation(answer)
        name, body = answer.parent.name, answer.read_bytes()
        for title in {each["title"] for each in expected.get("posts", ()) if each.get("title")}:
            blank = body
            for form in (title, json.dumps(title)[1:-1], html.escape(title)):
                blank = blank.replace(form.encode(), b"")
            if blank != body:
                tried.add(name)
                got = read_page(name, page_of(blank, expected)).get("posts", ())
                assert name in UNTITLED or all(each.get("title") for each in got), answer
    assert tried >= {name for name, each in ADAPTERS.items() if each.page_metrics} - {*UNTITLED}


def _opened(case: Path) -> tuple[File, Account, list[Headings]]:
    expected = file_expectation(case)
    account = account_of(expected)
    file = open_file(case, encoding=expected.get("encoding", ""), post=expected.get("post", ""))
    found = records(ADAPTERS[case.parent.name], file, account)
    return file, account, [each for each in found if isinstance(each, Headings)]


def _with(sheet: Sheet, rows: list[Row]) -> Sheet:
    head = tuple(rows[: len(sheet.head)])
    return replace(sheet, head=head, rows=lambda: iter(rows), merges=(), unread={})


def _tables() -> Iterator[tuple[Path, File, Account, Headings, Sheet]]:
    for case in all_cases():
        file, account, headings = _opened(case)
        for found in headings:
            sheet = next(each for each in file.sheets if each.index == found.sheet)
            yield case, file, account, found, sheet


def test_no_export_is_recognised_by_one_heading_alone() -> None:
    for case, file, account, found, sheet in _tables():
        rows = list(sheet.rows())
        recognises = ADAPTERS[case.parent.name].recognises
        assert recognises is not None
        for column in range(len(rows[found.row - 1])):
            alone = [row[column : column + 1] for row in rows[found.row - 1 :]]
            one = replace(file, html=None, sheets=(_with(sheet, alone),))
            assert not recognises(one, account), f"{case}: {alone[0]}"


def test_a_row_without_a_title_is_named_by_something_else_or_no_post() -> None:
    for case, file, account, found, sheet in _tables():
        name = case.parent.name
        titles = [heading for heading, field in found.mapped.items() if field == "title"]
        rows = list(sheet.rows())
        heads = ["" if each is None else str(each).strip() for each in rows[found.row - 1]]
        if name in UNTITLED or not titles or titles[0] not in heads:
            continue
        at = heads.index(titles[0])
        blank = [
            (*row[:at], "", *row[at + 1 :]) if number >= found.row and len(row) > at else row
            for number, row in enumerate(rows)
        ]
        read_file = ADAPTERS[name].read_file
        assert read_file is not None
        try:
            got = list(read_file(replace(file, sheets=(_with(sheet, blank),)), account))
        except SourceError:
            continue
        assert all(e.title or e.key or e.url for e in got if isinstance(e, Post)), case


@pytest.mark.parametrize(
    "name", [name for name, each in ADAPTERS.items() if each.hosts and not each.own_api]
)
def test_what_a_platform_is_asked_can_be_shown(name: str) -> None:
    adapter = ADAPTERS[name]
    account = Account(id="a", platform=name, uid=adapter.example.get("uid", ""))
    assert adapter.visit is not None
    assert adapter.visit(account, adapter.example.get("key", ""), adapter.example.get("url", ""))
