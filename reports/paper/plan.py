"""Plans the paper of a summary: numbered chapters in the order of importance, each figure once, then the notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reports import wording
from reports.figures.totals import Summary
from reports.paper import annexes, chapters, notes
from reports.paper.chapters import Draft
from reports.paper.lines import Lines
from reports.paper.paper import Chapter, Paper, Paragraph
from reports.sections import hit_works

#: Title (empty: the paragraph with which the paper begins) → what writes its paragraphs.
_Chapters = Sequence[tuple[str, Callable[[Draft], Iterator[Paragraph]]]]
_ALL: _Chapters = (
    ("", chapters.opening),
    ("爆款作品", chapters.works),
    (chapters.CHANNELS, chapters.channels),
    ("重点主题宣传", chapters.topics),
    ("对外宣传", chapters.placements),
    ("广播电视和网络直播", chapters.broadcast),
    ("排名情况", chapters.ranks),
)
_TOPIC: _Chapters = (("", chapters.topic_alone),)


def paper(summary: Summary) -> Paper:
    """The same summary gives the same paper. A chapter without anything to say is not there."""
    draft = Draft(summary, _lines(summary))
    made: list[Chapter] = []
    for title, write in _TOPIC if summary.topic else _ALL:
        paragraphs = tuple(each for each in write(draft) if each.pieces)
        if paragraphs:
            number = sum(bool(each.title) for each in made) + 1
            made.append(Chapter(f"{wording.ordinal(number)}、{title}" if title else "", paragraphs))
    letter = summary.centre.letter
    about = f"{summary.topic}专题" if summary.topic else ""
    return Paper(
        title=wording.line(letter.titled(summary.centre.name, f"{summary.period.title}{about}")),
        addressee=letter.opening,
        chapters=tuple(made),
        notes=notes.notes(draft),
        signature=letter.closing(summary.as_of.date()),
        tables=tuple(annexes.tables(summary)),
    )


def _lines(summary: Summary) -> Lines:
    """The lines, with the growth that the section on comparisons knows, and how many hits each account has."""
    matters = {section.id: section.matters for section in summary.sections}
    growth = {each.subject: each.statements for each in matters.get("comparisons", ())}
    counted = (each for each in matters.get("hits", ()) if each.subject == hit_works.ACCOUNTS)
    hits = {part.subject: part.statements[0] for each in counted for part in each.parts}
    return Lines(summary, growth, hits)
