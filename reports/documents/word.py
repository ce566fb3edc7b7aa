"""The paper as a Word file that can be handed in as it is, drawn from our template or the centre's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports import wording
from reports.documents import content, filling, full_word
from reports.documents.template import PATH
from reports.documents.writing import write
from reports.figures.totals import Summary
from reports.paper.paper import Paper, Paragraph
from reports.paper.plan import paper


def render(summary: Summary, path: Path) -> None:
    """Write the paper to ``path``; the same summary gives the same bytes. Raises DocumentError, also where the
    centre's own template cannot be used."""
    write(path, made(summary, paper(summary)))


def made(summary: Summary, paper: Paper) -> bytes:
    """The Word file's bytes. A template of the centre's own may show parts of the full listing too. Raises
    DocumentError."""
    title = wording.line(paper.title)
    own = summary.centre.template
    if not own:
        return filling.filled(PATH, lambda _: context(summary, paper), summary, title)
    return filling.filled_own(
        own, lambda document: full_word.context(summary, document) | context(summary, paper), summary, title
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's words: what runs in at its beginning, what follows, and both."""

    heading: str
    text: str

    def __str__(self) -> str:
        return self.heading + self.text


def context(summary: Summary, paper: Paper) -> dict[str, Any]:
    """The variables of a template; the manual lists them."""
    return {
        "title": wording.line(paper.title),
        "addressee": wording.line(paper.addressee),
        "centre": wording.line(summary.centre.name),
        "period": summary.period.title,
        "chapters": [
            {"title": wording.line(each.title), "paragraphs": list(map(_paragraph, each.paragraphs))}
            for each in paper.chapters
        ],
        "notes": _paragraph(paper.notes),
        "signature": [wording.line(each) for each in paper.signature],
        "tables": [
            {"entry": each.entry, **filling.table(each.table, each.mark)}
            for each in content.annexes(paper)
        ],
    }  # fmt: skip


def _paragraph(paragraph: Paragraph) -> _Paragraph:
    text = "".join(each.text for each in paragraph.pieces)
    return _Paragraph(content.words(paragraph.heading), content.words(text))
