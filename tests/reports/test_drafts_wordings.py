"""The table of wordings: how each is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.drafts.reading.claims import Claim
from reports.drafts.reading.reader import read
from reports.drafts.reading.sentence import Reader
from reports.drafts.reading.subjects import lexicon
from reports.drafts.reading.text import fold
from tests.reports.test_drafts_claims import CENTRE, FRAME

TABLE = Path(__file__).with_name("drafts") / "wordings.txt"
WORDS = lexicon(CENTRE, ["江原日报", "江原卫视"], ["某县新闻", "茶乡故事"])


def table() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("  = "):
            found[-1][1].append(line[4:])
        elif line.strip() and not line.startswith("#"):
            found.append((line, []))
    return found


def readings(text: str) -> Iterator[str]:
    reader = Reader(WORDS, FRAME)
    read(reader, 0, fold(text), text)
    yield from (said(each) for each in reader.claims)
    yield from (f"未读 {each.words}" for each in reader.unread if each.reach)


def said(claim: Claim) -> str:
    subject, what = claim.readings[0].subject, claim.readings[0].what
    whom = "、".join(subject.accounts) or f"（{subject.words}）"
    whom = "全部" if subject.accounts == WORDS.total.accounts and not subject.topic else whom
    parts = (what.kind, what.metric, what.name, str(what.threshold or ""), what.per)
    when = (
        ""
        if claim.period in (None, FRAME.default) or claim.period is None
        else f" @{claim.period.name}"
    )
    doubt = " ?" if claim.unsure or claim.guess else ""
    return f"{'专题' if subject.topic else ''}{whom} {' '.join(each for each in parts if each)} {claim.words}{when}{doubt}"


@pytest.mark.parametrize(("text", "wanted"), table(), ids=[text for text, _ in table()])
def test_a_wording(text: str, wanted: list[str]) -> None:
    assert (list(readings(text)) or ["无"]) == wanted
