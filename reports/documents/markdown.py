"""A summary as Markdown, to be pasted elsewhere: the paper, or the full listing with every sentence and table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reports import wording
from reports.documents import content
from reports.documents.writing import write
from reports.figures.totals import Summary
from reports.paper.paper import Paper
from reports.paper.plan import paper
from reports.section import Table

#: What CommonMark or a table might take for a sign of its own inside a line; none of our lines begins with a title.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$&!])")


def render(summary: Summary, path: Path) -> None:
    """Write the paper to ``path`` (UTF-8, line feeds); the same summary gives the same bytes. Raises DocumentError."""
    write(path, text(paper(summary)).encode("utf-8"))


def render_listing(summary: Summary, path: Path) -> None:
    """Write the full listing in the same way."""
    write(path, listing(summary).encode("utf-8"))


def text(paper: Paper) -> str:
    """The paper: its running text, then its tables."""
    return _joined(_paper(paper))


def listing(summary: content.Listing) -> str:
    """The full listing: section by section its sentences and tables."""
    return _joined(_listing(summary))


def _joined(blocks: Iterator[str]) -> str:
    """Blocks of Markdown with an empty line between them; empty ones are left out."""
    return "\n\n".join(each for each in blocks if each) + "\n"


def _paper(paper: Paper) -> Iterator[str]:
    yield f"# {escape(paper.title)}"
    yield escape(paper.addressee)
    for chapter in paper.chapters:
        if chapter.title:
            yield f"## {escape(chapter.title)}"
        yield from (escape(each.text) for each in chapter.paragraphs)
    yield escape(paper.notes.text)
    yield from map(escape, paper.signature)
    for each in content.annexes(paper):
        yield f"## {escape(f'{each.mark} {each.title}')}"
        yield _grid(content.narrow(each.table))


def _listing(summary: content.Listing) -> Iterator[str]:
    yield f"# {escape(content.title(summary))}"
    for part in content.listed(summary):
        yield f"## {escape(part.heading)}"
        yield "\n".join(f"- {escape(each.text)}" for each in content.sentences(part.section))
        for table in part.section.tables:
            yield f"### {escape(table.title)}"
            yield _grid(table)


def escape(words: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(wording.line(words).split()))


def _grid(table: Table) -> str:
    """A table in the signs of GitHub's Markdown."""
    lines = ["| " + " | ".join(map(escape, table.headings)) + " |"]
    lines.append("|" + " --- |" * len(table.headings))
    lines += [
        f"| {' | '.join(escape(text) for _, text, _ in row)} |" for row in content.rows(table)
    ]
    return "\n".join(lines)
