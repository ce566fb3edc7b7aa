"""A summary as Markdown: the sentences to paste, then the table, then how the figures were made."""

from __future__ import annotations

import re
from pathlib import Path

from reports import wording
from reports.documents import tables
from reports.documents.writing import write
from reports.figures import Figure, Summary

#: What CommonMark or a table might take for a sign of its own inside a line; none of our lines begins with a title.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$&!])")


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path`` (UTF-8, line feeds); the same summary gives the same bytes.
    Raises DocumentError."""
    write(path, text(summary).encode("utf-8"))


def text(summary: Summary) -> str:
    """The summary as Markdown text."""
    said = [each for each in summary.sentences if not each.id.startswith("note.")]
    notes = [each for each in summary.sentences if each.id.startswith("note.")]
    parts = [f"# {escape(summary.centre.name)}{escape(summary.period.title)}传播数据总结"]
    for heading, start in (("总体", "total."), ("分组", "group."), ("账号", "account.")):
        chosen = [each for each in said if each.id.startswith(start)]
        if chosen:
            parts += [f"## {heading}", "\n".join(f"- {escape(each.text)}" for each in chosen)]
    parts += ["## 数据表", _table(summary)]
    parts += ["## 数据说明", "\n".join(f"- {escape(each.text)}" for each in notes)]
    return "\n\n".join(parts) + "\n"


def escape(words: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(words.split()))


def _table(summary: Summary) -> str:
    names = tables.headings(summary)
    lines = ["| " + " | ".join(map(escape, names)) + " |", "|" + " --- |" * len(names)]
    lines += [
        "| " + " | ".join(escape(_cell(each)) for each in row) + " |"
        for row in tables.rows(summary)
    ]
    return "\n".join(lines)


def _cell(cell: tables.Cell) -> str:
    if cell is None:
        return wording.NO_DATA
    if isinstance(cell, Figure):
        return wording.cell(cell.spread)
    return str(cell) if isinstance(cell, int) else wording.line(cell)
