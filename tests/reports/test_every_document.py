"""What holds for documents of every format: hostile titles, a period without data, one account, the same bytes."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from collector.summaries import FULL, RENDERERS
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports.county import CENTRE, at, county
from tests.reports.papers import dressed

NOBODY = replace(CENTRE, accounts=())
ONE = replace(CENTRE, accounts=CENTRE.accounts[:1])
#: Where every sentence of a summary stands; the paper chooses.
WHOLE = RENDERERS | FULL
#: Module → the format that it writes.
MODULES = {module: name for known in (RENDERERS, FULL) for name, module in known.items()}


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Summary]]:
    with county(tmp_path_factory.mktemp("county")) as connection:
        yield {
            name: build(connection, centre, parse_period(period), "published", at(10, 9), at(10, 9))
            for name, centre, period in (
                ("full", CENTRE, "2026Q3"),
                ("empty", CENTRE, "2020Q1"),
                ("one", ONE, "2026Q3"),
                ("nobody", NOBODY, "2026Q3"),
            )
        }


def _text(name: str, content: bytes) -> str:
    """All words of a document."""
    if name == "docx":
        document = docx.Document(BytesIO(content))
        cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
        return "\n".join([*(each.text for each in document.paragraphs), *cells])
    if name == "xlsx":
        book = openpyxl.load_workbook(BytesIO(content))
        rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
        return "\n".join(str(cell) for row in rows for cell in row if cell is not None)
    text = content.decode("utf-8")
    return html.unescape(text) if name == "html" else text


def _made(module: str, summary: Summary, folder: Path) -> bytes:
    path = folder / f"s.{MODULES[module]}"
    import_module(f"reports.documents.{module}").render(summary, path)
    return path.read_bytes()


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("which", ["empty", "one", "nobody"])
def test_little_or_nothing_to_tell(
    summaries: dict[str, Summary], tmp_path: Path, name: str, which: str
) -> None:
    summary = summaries[which]
    text = _text(name, _made(WHOLE[name], summary, tmp_path)).replace("\\", "")
    assert all(each.text in text for each in summary.sentences)
    if which == "empty":
        assert "无数据" in text and "没有读到" in text


@pytest.mark.parametrize("module", MODULES)
def test_hostile_titles_and_the_same_bytes(
    summaries: dict[str, Summary], tmp_path: Path, module: str
) -> None:
    summary = dressed(summaries["full"])
    made = _made(module, summary, tmp_path)
    assert made == _made(module, summary, tmp_path)
    text = _text(MODULES[module], made)
    assert "响 铃 和 换行 制表 分行" in text or module not in (*FULL.values(), "workbook", "web")
    assert "\x07" not in text and "\ud83d" not in text
