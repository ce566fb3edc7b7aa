"""核对: the figures of a draft against the data; its blanks filled. The draft is not kept. What reads drafts is loaded when
one comes: a service that is never asked does without its memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from collector.summaries import ground_of
from collector.web.pages.reports import BASES
from collector.web.showing import download, page
from collector.web.site import site
from reports.basis import parse_basis
from reports.periods import Period, parse_period

if TYPE_CHECKING:
    from reports.drafts.checking.outcome import Outcome
    from reports.drafts.reading.paragraphs import DraftText

PAGE = Blueprint("check", __name__, url_prefix="/check")

#: A draft of 300 pages has less than a tenth of it.
LARGEST = 30 * 2**20
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Piece = tuple[str, str, str]


@PAGE.get("/")
def show() -> Response | str:
    return _page()


@PAGE.post("/")
def check() -> Response | str:
    """Verify a draft and show it; or give it back with comments, or filled."""
    from reports.drafts.reading import paragraphs

    given = request.files.get("draft")
    name, content = "稿件.txt", request.form.get("text", "").encode("utf-8")
    if given is not None and given.filename:
        name, content = given.filename, given.stream.read(LARGEST + 1)
    if not content.strip():
        return _page("请选一份稿件，或把文字粘贴进来")
    if len(content) > LARGEST:
        return _page(f"稿件超过 {LARGEST // 2**20} MB，请去掉里面的大图再试")
    try:
        period = (
            parse_period(request.form["period"].strip()) if request.form.get("period") else None
        )
        basis = request.form.get("basis") or "published"
        parse_basis(basis)
        draft = paragraphs.read(name, content)
        return _done(name, content, draft, period, basis)
    except paragraphs.Unreadable as problem:
        return _page(f"读不了这份稿件：{problem}")
    except ValueError as problem:
        return _page(str(problem))


def _done(
    name: str, content: bytes, draft: DraftText, period: Period | None, basis: str
) -> Response | str:
    from reports.drafts.checking import outcome
    from reports.drafts.filling import filler, revising

    here, wanted = site(), request.form.get("do", "verify")
    with here.reading() as connection:
        question = ground_of(connection, here.config, here.clock(), basis)
        now = question.as_of
        if wanted == "fill":
            edits = filler.fill(draft, question, period=period, today=now.date(), since=None)
            made, _ = revising.revised(content, draft, edits, now, tracked=True)
            stem, _, ending = name.rpartition(".")
            return download(
                made,
                f"{stem}-填数.{ending}",
                _WORD if ending == "docx" else "text/plain; charset=utf-8",
            )
        found = outcome.verify(draft, question, period=period, today=now.date())
        if wanted == "annotate":
            if draft.kind != "docx":
                return _page("只有 docx 稿件能带批注，别的请看页面上的标记")
            made = revising.annotated(content, outcome.comments(found), now)
            return download(made, f"{name.rpartition('.')[0]}-核对.docx", _WORD)
        return _page(found=found, name=name)


def _page(fault: str = "", *, found: Outcome | None = None, name: str = "") -> Response | str:
    form = request.form
    shown: dict[str, object] = {}
    if found is not None:
        from reports.drafts.checking import outcome

        shown = {
            "outcomes": list(found.counts),
            "summary": outcome.summary(found),
            "lines": list(outcome.lines(found, name)),
            "paragraphs": list(_marked(found)),
            "contradictions": [each.text for each in found.contradictions],
        }
    return page(
        "check.html",
        faults=[fault] if fault else [],
        found=found is not None,
        text=form.get("text", ""),
        period=form.get("period", ""),
        basis=form.get("basis", "published"),
        bases=BASES,
        **shown,
    )


def _marked(found: Outcome) -> Iterator[list[Piece]]:
    """The paragraphs in pieces: plain text, and each claim with its verdict and what is true."""
    from reports.drafts.checking.outcome import comment

    by_paragraph: dict[int, list[tuple[int, int, str, str]]] = {}
    for each in found.checked:
        claim = each.claim
        place = (claim.start, claim.end, each.outcome, comment(each))
        by_paragraph.setdefault(claim.paragraph, []).append(place)
    for number, paragraph in enumerate(found.draft.paragraphs):
        pieces: list[Piece] = []
        at = 0
        for start, end, verdict, note in sorted(by_paragraph.get(number, [])):
            if start >= at:
                pieces += [
                    (paragraph.text[at:start], "", ""),
                    (paragraph.text[start:end], verdict, note),
                ]
                at = end
        yield [*pieces, (paragraph.text[at:], "", "")]
