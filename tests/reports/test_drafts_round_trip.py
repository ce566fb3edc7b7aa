"""What the program writes itself is true: every sentence of a summary, read back as a draft, is 属实 and contradicts
nothing; with a number changed it is no longer true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from reports.centre import Centre
from reports.drafts.checking import outcome
from reports.drafts.checking.lookups import Ground
from reports.drafts.checking.outcome import Outcome
from reports.drafts.checking.verdicts import Checked
from reports.drafts.reading.paragraphs import DraftParagraph, DraftText
from reports.periods import parse_period
from reports.section import Sentence
from reports.summary import build
from tests.reports.county import CENTRE, at, county
from tests.tries import tries

NOW = at(10, 9)
PERIODS = ("2026Q3", "2026-08", "2026", "2026-07-03..2026-08-25T12")
BASES = ("published", "gained", "aged:7")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with county(tmp_path_factory.mktemp("county")) as there:
        yield there


def sentences(
    connection: Connection, centre: Centre, period: str, basis: str, now: datetime = NOW
) -> tuple[Sentence, ...]:
    return build(connection, centre, parse_period(period), basis, now, now).sentences


def verified(
    connection: Connection,
    centre: Centre,
    period: str,
    basis: str,
    texts: list[str],
    now: datetime = NOW,
) -> Outcome:
    question = Ground(connection=connection, centre=centre, basis=basis, as_of=now, known_by=now)
    draft = DraftText(
        "md", tuple(DraftParagraph(text, str(number)) for number, text in enumerate(texts))
    )
    return outcome.verify(draft, question, period=parse_period(period), today=now.date())


def doubted(made: Outcome) -> list[tuple[str, str, str, str]]:
    """What is said to be false or cannot be told; a count of works with a column is beyond drafts."""
    return [
        (each.outcome, each.claim.words, each.true or each.why, each.claim.sentence)
        for each in made.checked
        if each.outcome != "属实" and not each.claim.sentence.startswith("注明栏目")
    ]


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("period", PERIODS)
def test_every_sentence_of_ours_is_true(connection: Connection, period: str, basis: str) -> None:
    texts = [each.text for each in sentences(connection, CENTRE, period, basis)]
    made = verified(connection, CENTRE, period, basis, texts)
    assert made.checked
    assert doubted(made) == []
    assert [each.text for each in made.contradictions] == []


_OUTPUT = ("posts", "kind", "original", "reprint", "column")
_DIGITS = re.compile(r"\d+(?:\.\d)?")


def altered(text: str, claim: Checked, draw: st.DrawFn) -> str | None:
    """The sentence with another number of the same length in the claim's place."""
    start, end = claim.claim.start, claim.claim.end
    match = _DIGITS.search(text, start, end)
    if match is None:
        return None
    old = match[0]
    whole = str(draw(st.integers(10 ** (len(old) - 1), 10 ** len(old) - 1)))
    new = "".join("." if sign == "." else fresh for sign, fresh in zip(old, whole, strict=True))
    if float(new) == float(old):
        return None
    return text[: match.start()] + new + text[match.end() :]


@pytest.mark.slow
@given(st.data())
@tries(60)
def test_a_changed_number_is_no_longer_true(connection: Connection, data: st.DataObject) -> None:
    """Where the figure is exact; a bound may be true of other numbers as well."""
    period, basis = data.draw(st.sampled_from(PERIODS)), data.draw(st.sampled_from(BASES))
    texts = [each.text for each in sentences(connection, CENTRE, period, basis)]
    made = verified(connection, CENTRE, period, basis, texts)
    exact = [
        each
        for each in made.checked
        if re.fullmatch(r"\d+\D*", each.true) and "以上" not in each.true
    ]
    if (
        basis != "published"
    ):  # how many were published is another number of the same posts, and true as well
        exact = [each for each in exact if each.reading.what.kind not in _OUTPUT]
    one = data.draw(
        st.sampled_from(
            [each for each in exact if each.claim.number.manner in ("plain", "about", "near")]
        )
    )
    place = one.claim.paragraph
    text = data.draw(st.composite(lambda draw: altered(texts[place], one, draw))())
    if text is None:
        return
    again = verified(connection, CENTRE, period, basis, [*texts[:place], text, *texts[place + 1 :]])
    there = [
        e for e in again.checked if e.claim.paragraph == place and e.claim.start == one.claim.start
    ]
    assert [each.outcome for each in there] == ["不符"], (text, there)
