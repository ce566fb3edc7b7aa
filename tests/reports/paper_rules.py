"""What no paper may say, whatever its county and period: read from its running text and its ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reports.figures.totals import Summary
from reports.paper.paper import Paper, Paragraph

#: Reservations stand in the notes; the body says what is known. No adjectives, no ledger as a subject.
_NEVER = (
    "无数据",
    "无法判断",
    "至少",
    "及以上",
    "不是0",
    "不是 0",
    "按已有数据",
    "台账",
    "显著",
    "大幅",
    "None",
)
_NOTHING = re.compile(r"(?<![\d.,万])0(?:\.0)?(?:万|亿)?(?:条|篇|场|期|件|个|人次|人|次)")
_TWICE = re.compile(r"[，；。、：]{2,}|（）|《》|“”")
_SUBJECT = re.compile(r"“[^”\d][^”]*”[^，；。、（《\d]{0,6}?(?=发布|\d|播放|阅读|获赞|增加)")
#: Characters of the body: of up to 12 accounts, and of any number.
SHORT, LONG = 1_600, 2_400
#: Columns that a page of paper holds in 10.5 pt.
COLUMNS = 9


def broken(paper: Paper, summary: Summary) -> Iterator[str]:
    """Every rule that the paper breaks, in words."""
    body = list(paper.body)
    for paragraph in body:
        yield from _sentences(paragraph)
    ids = [piece.id for each in body for piece in each.pieces if piece.id]
    yield from (f"said twice: {key}" for key, times in Counter(ids).items() if times > 1)
    traced = {each.id for section in summary.sections for each in section.figures}
    yield from (f"no figure has the id {key}" for key in ids if key not in traced)
    length = sum(len(each.text) for each in body) + sum(len(c.title) for c in paper.chapters)
    members = [each for each in summary.accounts if each.posts]
    most = SHORT if len(members) <= 12 else LONG
    if length > most:
        yield f"{length} characters, {most} at most"
    for table in paper.tables:
        if len(table.headings) > COLUMNS:
            yield f"{table.title} has {len(table.headings)} columns"


def _sentences(paragraph: Paragraph) -> Iterator[str]:
    text = paragraph.text
    shown = re.sub(r"《[^》]*》", "《》", text)  # titles are people's own words
    yield from (f"{word}: {text}" for word in _NEVER if word in shown)
    yield from (f"nothing is said: {text}" for _ in _NOTHING.finditer(shown))
    yield from (f"{found[0]}: {text}" for found in _TWICE.finditer(text) if found[0] != "《》")
    if not text.endswith("。"):
        yield f"no full stop: {text}"
    for mark in ("“”", "《》", "（）"):
        if text.count(mark[0]) != text.count(mark[1]):
            yield f"{mark} do not match: {text}"
    if "\n" in text:
        yield f"a line break: {text}"
    subjects = Counter(found[0] for found in _SUBJECT.finditer(shown))
    yield from (f"named twice: {name}: {text}" for name, times in subjects.items() if times > 1)
