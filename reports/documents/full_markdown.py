"""The full listing as Markdown: every sentence, each section with its tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.documents import content
from reports.documents.markdown import escape, grid, joined
from reports.documents.writing import write
from reports.figures.totals import Summary


def render(summary: Summary, path: Path) -> None:
    """Write the listing to ``path`` (UTF-8, line feeds); the same summary gives the same bytes. Raises DocumentError."""
    write(path, text(summary).encode("utf-8"))


def text(summary: Summary) -> str:
    """The listing as Markdown text."""
    return joined(_blocks(summary))


def _blocks(summary: Summary) -> Iterator[str]:
    yield f"# {escape(content.title(summary))}"
    for part in content.parts(summary):
        yield f"## {escape(part.heading)}"
        yield "\n".join(f"- {escape(each.text)}" for each in content.sentences(part.section))
        for table in part.section.tables:
            yield f"### {escape(table.title)}"
            yield grid(table)
