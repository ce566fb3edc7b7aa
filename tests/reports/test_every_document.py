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

from reports.documents import FULL, RENDERERS
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports.county import CENTRE, at, county
from tests.reports.papers import dressed

NOBODY = replace(CENTRE, accounts=())
ONE = replace(CENTRE, accounts=CENTRE.accounts[:1])
#: (format, whether the full listing): all there are, and those where every sentence of a summary stands.
KINDS = [*((each, False) for each in RENDERERS), *((each, True) for each in FULL)]
WHOLE = [(each, listing) for each, listing in KINDS if listing or each not in FULL]


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


def _made(name: str, listing: bool, summary: Summary, folder: Path) -> bytes:
    path = folder / f"s.{name}"
    module = import_module(f"reports.documents.{RENDERERS[name]}")
    (module.render_listing if listing else module.render)(summary, path)
    return path.read_bytes()


@pytest.mark.parametrize(("name", "listing"), WHOLE)
@pytest.mark.parametrize("which", ["empty", "one", "nobody"])
def test_little_or_nothing_to_tell(
    summaries: dict[str, Summary], tmp_path: Path, name: str, listing: bool, which: str
) -> None:
    summary = summaries[which]
    text = _text(name, _made(name, listing, summary, tmp_path)).replace("\\", "")
    assert all(each.text in text for each in summary.sentences)
    if which == "empty":
        assert "无数据" in text and "没有读到" in text


@pytest.mark.parametrize(("name", "listing"), KINDS)
def test_hostile_titles_and_the_same_bytes(
    summaries: dict[str, Summary], tmp_path: Path, name: str, listing: bool
) -> None:
    summary = dressed(summaries["full"])
    made = _made(name, listing, summary, tmp_path)
    assert made == _made(name, listing, summary, tmp_path)
    text = _text(name, made)
    assert "响 铃 和 换行 制表 分行" in text or not (listing or name in ("xlsx", "html"))
    assert "\x07" not in text and "\ud83d" not in text
