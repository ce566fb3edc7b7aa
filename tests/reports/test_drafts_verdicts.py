"""Drafts beside this file, with true, false and contradictory sentences; what is to be said of them stands beside each.

The figures are those of county.py, worked out by hand in test_summary.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reports.drafts.checking import outcome
from reports.drafts.checking.lookups import Ground
from reports.drafts.checking.outcome import Outcome
from reports.drafts.reading import paragraphs as drafts
from tests.reports.county import CENTRE, at, county

DRAFTS = Path(__file__).with_name("drafts")
TODAY = date(2026, 10, 10)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with county(tmp_path_factory.mktemp("county")) as there:
        yield there


def question(connection: Connection, basis: str = "published") -> Ground:
    now = at(10, 9)
    return Ground(connection=connection, centre=CENTRE, basis=basis, as_of=now, known_by=now)


def checked(connection: Connection, text: str, name: str = "稿.md") -> Outcome:
    draft = drafts.read(name, text.encode())
    return outcome.verify(draft, question(connection), period=None, today=TODAY)


def expected(name: str) -> dict[str, Any]:
    found = json.loads((DRAFTS / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", ["true", "false", "unknown"])
def test_each_claim_has_its_verdict(connection: Connection, name: str) -> None:
    wanted = expected(name)
    made = checked(connection, (DRAFTS / f"{name}.md").read_text(encoding="utf-8"))
    found = [
        (each.claim.words.strip("，"), each.outcome, each.true, each.suggestion)
        for each in made.checked
    ]
    assert len(found) == len(wanted["claims"]), found
    for mine, theirs in zip(found, wanted["claims"], strict=True):
        assert mine[0].endswith(theirs[0]), (mine, theirs)
        assert list(mine[1 : len(theirs)]) == theirs[1:], (mine, theirs)
    assert made.clean is (name != "false")
    for each in made.checked:
        assert each.outcome == "属实" or each.why or each.true
    if "ignored" in wanted:
        assert [each.words for each in made.unread if not each.reach] == wanted["ignored"]


@pytest.mark.parametrize("name", ["contradictory", "agreeing"])
def test_contradictions_are_found_without_data(connection: Connection, name: str) -> None:
    made = checked(connection, (DRAFTS / f"{name}.md").read_text(encoding="utf-8"))
    found = [[made.checked[at].claim.words for at in each.claims] for each in made.contradictions]
    wanted = expected(name)["contradictions"]
    for theirs in wanted:
        assert any(
            set(theirs) <= {word.strip("“”") for word in mine} or _all_in(theirs, mine)
            for mine in found
        ), (theirs, found)
    if not wanted:
        assert found == []


def _all_in(theirs: list[str], mine: list[str]) -> bool:
    return all(any(word in each for each in mine) for word in theirs)


def test_the_real_case_says_how_much_the_hits_alone_make(connection: Connection) -> None:
    text = "2026年第三季度，抖音号总播放量约360万，“10W+”以上短视频54条，“100W+”以上9条。"
    made = checked(connection, text)
    assert [each.text for each in made.contradictions if "1350万" in each.text]


def test_the_verdicts_are_printed_in_the_drafts_order_with_a_count(connection: Connection) -> None:
    made = checked(connection, (DRAFTS / "false.md").read_text(encoding="utf-8"))
    text = "\n".join(outcome.lines(made, "稿.md"))
    assert text.startswith("核对：稿.md　2026年第三季度，按发布统计，数据截至2026年10月9日9时")
    assert "【不符】约117万人次（云岭发布：阅读/播放量） 应为1163151人次 可写：约116万人次" in text
    assert "共10处：属实0处，应改写法2处，不符8处，无法核对0处" in text
    data = outcome.as_data(made, "稿.md")
    assert [each["verdict"] for each in data["claims"]].count("不符") == 8
    assert (data["counts"]["不符"], data["counts"]["应改写法"]) == (8, 2)
    json.dumps(data)


def test_a_table_is_read_by_its_headings(connection: Connection) -> None:
    text = (
        "# 2026年第三季度\n\n| 账号 | 作品数 | 总阅读量（万人次） | 10万+ |\n|---|---|---|---|\n"
        "| 云岭发布 | 4 | 116.3 | 2 |\n| 云岭微博 | 5 | — | — |\n| 云岭党建 | 2 | 无数据 | |\n"
    )
    made = checked(connection, text)
    found = [(each.claim.words, each.outcome, made.place(each.claim)) for each in made.checked]
    assert found == [
        ("4", "属实", "第5行第2列"),
        ("116.3", "属实", "第5行第3列"),
        ("2", "属实", "第5行第4列"),
        ("5", "不符", "第6行第2列"),
        ("2", "属实", "第7行第2列"),
    ]


@pytest.mark.parametrize(("number", "verdict"), [(2, "属实"), (3, "不符"), (6, "不符")])
def test_another_account_is_any_of_them_but_not_all(
    connection: Connection, number: int, verdict: str
) -> None:
    text = f"2026年第三季度，云岭发布发稿4篇，另一公众号发稿{number}篇。"
    made = checked(connection, text)
    assert [each.outcome for each in made.checked] == ["属实", verdict]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [("2次以上", "属实"), ("超2次", "属实"), ("3次以上", "不符"), ("1次", "不符")],
)
def test_a_mean_may_be_what_it_is_at_least(
    connection: Connection, words: str, verdict: str
) -> None:
    made = checked(connection, f"2026年第三季度，云岭微博平均每条点赞{words}。")  # 6 of 3 posts
    assert [each.outcome for each in made.checked] == [verdict]


def test_without_a_period_nothing_is_compared(connection: Connection) -> None:
    made = checked(connection, "云岭发布总阅读量约116万人次。")
    (only,) = made.checked
    assert only.outcome == "无法核对"
    assert "--period" in only.why


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_usual_encoding(connection: Connection, code: str) -> None:
    content = "2026年第三季度，云岭发布总阅读量约116万人\n次，发稿4篇。".encode(code)
    draft = drafts.read("稿.txt", content)
    made = outcome.verify(draft, question(connection), period=None, today=TODAY)
    assert [each.outcome for each in made.checked] == ["属实", "属实"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("稿.doc", b"\xd0\xcf\x11\xe0"), ("稿.pdf", b"%PDF-1.7"), ("稿.txt", b"\0\1\2" * 9), ("稿.md", b"  \n"),
     ("稿.docx", b"PK\x03\x04 broken"), ("稿.docx", b""), ("稿.xlsx", b"x")],
)  # fmt: skip
def test_what_cannot_be_read_says_so(name: str, content: bytes) -> None:
    with pytest.raises(drafts.Unreadable, match=r"[一-鿿]"):
        drafts.read(name, content)
