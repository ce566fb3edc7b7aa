"""A summary as Markdown: the sentences to paste, each section with its tables, then how the figures were made."""

from __future__ import annotations

import re
from pathlib import Path

from reports import wording
from reports.documents.writing import write
from reports.figure import Figure
from reports.figures import Summary
from reports.section import Cell, Link, Table

#: What CommonMark or a table might take for a sign of its own inside a line; none of our lines begins with a title.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$&!])")


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path`` (UTF-8, line feeds); the same summary gives the same bytes.
    Raises DocumentError."""
    write(path, text(summary).encode("utf-8"))


def text(summary: Summary) -> str:
    """The summary as Markdown text."""
    parts = [f"# {escape(summary.centre.name)}{escape(summary.period.title)}传播数据总结"]
    for section in summary.sections:
        parts.append(f"## {escape(section.title)}")
        if section.sentences:
            parts.append("\n".join(f"- {escape(each.text)}" for each in section.sentences))
        for table in section.tables:
            parts += [f"### {escape(table.title)}", _table(table)]
    return "\n\n".join(parts) + "\n"


def escape(words: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(words.split()))


def _table(table: Table) -> str:
    lines = ["| " + " | ".join(map(escape, table.headings)) + " |"]
    lines.append("|" + " --- |" * len(table.headings))
    lines += ["| " + " | ".join(escape(_cell(each)) for each in row) + " |" for row in table.rows]
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    if cell is None:
        return wording.NO_DATA
    if isinstance(cell, Figure):
        return wording.cell(cell.spread)
    if isinstance(cell, Link):
        return wording.line(cell.text)
    return wording.line(cell) if isinstance(cell, str) else f"{cell:.2f}".removesuffix(".00")
