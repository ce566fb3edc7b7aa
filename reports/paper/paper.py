"""The paper in a form that every document format draws: chapters of running text, notes, tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.section import Table


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a paragraph. ``id`` names the figure that they state, as ``collect explain`` takes it; empty: none."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. ``heading``, where there is one, runs in at its beginning: ``（一）短视频平台。``"""

    pieces: tuple[Piece, ...]
    heading: str = ""

    @property
    def text(self) -> str:
        return self.heading + "".join(each.text for each in self.pieces)


@dataclass(frozen=True, slots=True)
class Chapter:
    """``title`` with its number (``一、爆款作品``); empty for the paragraph with which the paper begins."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """``addressee``: to whom it goes (主送), empty or ending in a colon. ``notes``: 数据说明, its heading run in.
    ``signature``: lines at the right below the text (落款, date); may be empty. ``tables``: 附表, in their order;
    their titles carry no number."""

    title: str
    addressee: str
    chapters: tuple[Chapter, ...]
    notes: Paragraph
    signature: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def body(self) -> Iterator[Paragraph]:
        """The paragraphs of all chapters, without the notes."""
        for chapter in self.chapters:
            yield from chapter.paragraphs

    @property
    def text(self) -> str:
        """The running text as lines: title, addressee, chapters, notes, signature."""
        lines = [self.title, self.addressee]
        for chapter in self.chapters:
            lines += [chapter.title, *(each.text for each in chapter.paragraphs)]
        return "\n".join(each for each in (*lines, self.notes.text, *self.signature) if each)
