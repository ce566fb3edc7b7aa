"""A summary as Markdown: the sentences to paste, each section with its tables, then how the figures were made."""

from __future__ import annotations

import re
from pathlib import Path

from reports import wording
from reports.documents import content
from reports.documents.writing import write
from reports.figures import Summary
from reports.section import Table

#: What CommonMark or a table might take for a sign of its own inside a line; none of our lines begins with a title.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$&!])")


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path`` (UTF-8, line feeds); the same summary gives the same bytes.
    Raises DocumentError."""
    write(path, text(summary).encode("utf-8"))


def text(summary: Summary) -> str:
    """The summary as Markdown text."""
    parts = [f"# {escape(content.title(summary))}"]
    for part in content.parts(summary):
        parts.append(f"## {escape(part.heading)}")
        said = [f"- {escape(each.text)}" for each in content.sentences(part.section)]
        if said:
            parts.append("\n".join(said))
        for table in part.section.tables:
            parts += [f"### {escape(table.title)}", _table(table)]
    return "\n\n".join(parts) + "\n"


def escape(words: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(wording.line(words).split()))


def _table(table: Table) -> str:
    lines = ["| " + " | ".join(map(escape, table.headings)) + " |"]
    lines.append("|" + " --- |" * len(table.headings))
    lines += [
        "| " + " | ".join(escape(content.cell(each)) for each in row) + " |" for row in table.rows
    ]
    return "\n".join(lines)
