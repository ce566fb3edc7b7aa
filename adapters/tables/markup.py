"""Tables written as markup: HTML, and SpreadsheetML 2003, a workbook as one XML text that Excel 2003 and many servers write
under the name .xls. A place that a merged cell covers is empty, and the merge is told of beside the rows."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from lxml import etree

from adapters.answers.pages import text_of, tree
from adapters.contract import Cell, Row, Sheet
from adapters.errors import bad_file
from adapters.tables.workbook import sheet
from adapters.tables.xlsx import MAX_COLUMNS, MAX_ROWS, NOT_CALCULATED, UNSAFE, safe_xml, too_large

#: Places of one table, the covered ones with them.
MOST_CELLS = 10_000_000
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_SPACE}}}"


def html_sheets(text: str, name: str) -> tuple[Sheet, ...]:
    """Every ``<table>`` with cells of its own as a sheet: user_analysis.xls is one (docs/platforms.md §2.2). Of a
    cell that holds another table the inner one is read: such a cell is page layout."""
    if "<table" not in text.lower():
        return ()
    tables: list[_Grid] = []
    open_tables: list[_Grid] = []
    layout: set[etree._Element] = set()  # cells that hold a table
    for event, element in etree.iterwalk(
        tree(text), events=("start", "end"), tag=("table", "tr", "td", "th")
    ):
        if event == "start":
            if element.tag == "table":
                layout.update(islice(element.iterancestors("td", "th"), 1))  # outer ones are in it
                open_tables.append(_Grid(name))
            elif element.tag == "tr" and open_tables:
                open_tables[-1].next_row()
        elif element.tag == "table":
            if (grid := open_tables.pop()).has_cells:
                tables.append(grid)
        elif element.tag in ("td", "th") and open_tables:
            words = "" if element in layout else text_of(element)
            open_tables[-1].put(words, _span(element, "rowspan"), _span(element, "colspan"))
    return tuple(grid.sheet(f"表{index + 1}", index) for index, grid in enumerate(tables))


def _span(cell: etree._Element, name: str) -> int:
    """How many rows or columns a cell covers; a bad number is one, as in a browser."""
    text = str(cell.get(name, "")).strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def is_xml_workbook(text: str) -> bool:
    """Whether a text that begins with ``<`` is such a workbook."""
    begin = text[:4096]
    return _SPACE in begin and "Workbook" in begin


def xml_sheets(text: str, name: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Its visible sheets with rows, and the names of the hidden ones. Raises Invalid."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise bad_file(name, "文件里有外部实体声明", UNSAFE)
    try:
        declared = text.find("?>") + 2 if text.startswith("<?xml") else 0
        root = etree.fromstring(text[declared:].lstrip().encode("utf-8", "replace"), safe_xml())
    except etree.XMLSyntaxError as problem:
        raise bad_file(name, "XML 表格 2003 不完整，读不下去") from problem
    since_1904 = root.find(".//{*}Date1904") is not None
    kept: list[Sheet] = []
    hidden: list[str] = []
    for index, part in enumerate(root.iter(f"{_SS}Worksheet")):
        title = part.get(f"{_SS}Name", "") or f"表{index + 1}"
        visible = part.findtext(".//{*}WorksheetOptions/{*}Visible") or ""
        if visible.startswith(("SheetHidden", "SheetVeryHidden")):
            hidden.append(title)
            continue
        grid = _Grid(name)
        for row in part.iter(f"{_SS}Row"):
            grid.next_row(_number(row, "Index", name))
            for cell in row.iter(f"{_SS}Cell"):
                _put(grid, cell, name)
        if grid.has_cells:
            kept.append(grid.sheet(title, index, since_1904))
    return tuple(kept), tuple(hidden)


def _put(grid: _Grid, cell: etree._Element, name: str) -> None:
    data = cell.find(f"{_SS}Data")
    down, right = (cell.get(f"{_SS}{each}", "0") for each in ("MergeDown", "MergeAcross"))
    value, problem = _value(data, name) if data is not None else ("", "")
    if data is None and cell.get(f"{_SS}Formula"):
        problem = NOT_CALCULATED
    column = grid.put(
        value, _whole(down, name) + 1, _whole(right, name) + 1, _number(cell, "Index", name)
    )
    if problem:
        grid.unread[len(grid.rows) - 1, column] = problem


def _number(element: etree._Element, what: str, name: str) -> int | None:
    """``ss:Index`` (1-based) as a place; None where the element stands next to the one before."""
    said = element.get(f"{_SS}{what}")
    return None if said is None else max(0, _whole(said, name) - 1)


def _whole(said: str, name: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 8):
        raise bad_file(name, f"XML 表格 2003 里有看不懂的位置“{said[:20]}”")
    return int(said)


def _value(data: etree._Element, name: str) -> tuple[Cell, str]:
    """A cell's value, and what is wrong with it where it has none."""
    text = "".join(map(str, data.itertext()))
    kind = data.get(f"{_SS}Type", "String")
    try:
        if kind == "Number":
            number = float(text)
            return (
                (int(number), "") if number.is_integer() and abs(number) < 2**63 else (number, "")
            )
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip()), ""
        if kind == "Boolean":
            return text.strip() == "1", ""
    except (ValueError, OverflowError) as problem:
        raise bad_file(name, f"XML 表格 2003 里有看不懂的一格“{text[:20]}”") from problem
    return ("", f"是出错的公式（{text[:20]}）") if kind == "Error" else (text, "")


class _Grid:
    """A table that is filled from left to right and from above. Raises Invalid, naming the file, where it grows beyond
    what any export has."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[Cell]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.unread: dict[tuple[int, int], str] = {}
        self.covered: dict[int, int] = {}  # column → last row that a cell above covers
        self.cells = 0
        self.has_cells = False

    def next_row(self, number: int | None = None) -> None:
        """Begin a row; ``number`` (0-based) leaves rows empty."""
        target = len(self.rows) if number is None else number
        if not len(self.rows) <= target < MAX_ROWS:
            raise too_large(self.name)
        while len(self.rows) <= target:
            self.rows.append([])

    def put(self, cell: Cell, down: int = 1, right: int = 1, column: int | None = None) -> int:
        """Put a cell at the next free place, or in ``column``; returns its column."""
        if not self.rows:
            self.next_row()
        row, at = self.rows[-1], len(self.rows) - 1
        place = len(row) if column is None else column
        while column is None and self.covered.get(place, -1) >= at:
            place += 1
        right = min(right, MAX_COLUMNS)
        if place + right > MAX_COLUMNS:
            raise too_large(self.name)
        needed = place + right - len(row)
        self.cells += max(needed, 0)
        if self.cells > MOST_CELLS:
            raise too_large(self.name)
        row.extend([""] * needed)
        row[place] = cell
        self.has_cells = True
        if down > 1 or right > 1:
            bottom = min(at + down, MAX_ROWS) - 1
            self.merges.append((at, place, bottom, place + right - 1))
            self.covered.update(dict.fromkeys(range(place, place + right), bottom))
        return place

    def sheet(self, title: str, index: int, from_1904: bool = False) -> Sheet:
        """What was put, as a sheet; merges end with its last row."""
        kept: tuple[Row, ...] = tuple(tuple(row) for row in self.rows)
        last = len(kept) - 1
        merges = tuple(
            (top, left, min(bottom, last), right) for top, left, bottom, right in self.merges
        )
        return sheet(title, index, lambda: iter(kept), merges, self.unread, from_1904)
