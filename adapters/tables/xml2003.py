"""SpreadsheetML 2003: a workbook as one XML text, which Excel 2003 and many servers write under the name .xls."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from adapters.contract import Cell, Sheet
from adapters.errors import Invalid
from adapters.tables.formulas import NOT_CALCULATED
from adapters.tables.grid import Grid
from adapters.tables.xlsx import EXPORT_AGAIN

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_SPACE}}}"


def is_workbook(text: str) -> bool:
    """Whether a text that begins with ``<`` is such a workbook."""
    begin = text[:4096]
    return _SPACE in begin and "Workbook" in begin


def sheets(text: str, name: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Its visible sheets with rows, and the names of the hidden ones. Raises Invalid."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Invalid(
            "文件里有外部实体声明", target=name, advice="为安全起见没有读取，" + EXPORT_AGAIN
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        declared = text.find("?>") + 2 if text.startswith("<?xml") else 0
        root = etree.fromstring(text[declared:].lstrip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as problem:
        raise Invalid(
            "XML 表格 2003 不完整，读不下去", target=name, advice=EXPORT_AGAIN
        ) from problem
    since_1904 = root.find(".//{*}Date1904") is not None
    kept: list[Sheet] = []
    hidden: list[str] = []
    for index, part in enumerate(root.iter(f"{_SS}Worksheet")):
        title = part.get(f"{_SS}Name", "") or f"表{index + 1}"
        if (part.findtext(".//{*}WorksheetOptions/{*}Visible") or "").startswith("SheetHidden") or (
            part.findtext(".//{*}WorksheetOptions/{*}Visible") or ""
        ).startswith("SheetVeryHidden"):
            hidden.append(title)
            continue
        grid = Grid(name)
        for row in part.iter(f"{_SS}Row"):
            grid.next_row(_number(row, "Index", name))
            for cell in row.iter(f"{_SS}Cell"):
                _put(grid, cell, name)
        if grid.has_cells:
            kept.append(grid.sheet(title, index, since_1904))
    return tuple(kept), tuple(hidden)


def _put(grid: Grid, cell: etree._Element, name: str) -> None:
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
        raise Invalid(
            f"XML 表格 2003 里有看不懂的位置“{said[:20]}”", target=name, advice=EXPORT_AGAIN
        )
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
        raise Invalid(
            f"XML 表格 2003 里有看不懂的一格“{text[:20]}”", target=name, advice=EXPORT_AGAIN
        ) from problem
    return ("", f"是出错的公式（{text[:20]}）") if kind == "Error" else (text, "")
