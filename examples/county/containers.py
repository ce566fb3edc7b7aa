"""Bytes as the platforms write them (docs of each form: the sentence in each function). Reproducible:
zip entries carry one fixed time, nothing carries a clock."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | int | float | date | None
Rows = Sequence[Sequence[Cell]]

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class _OneWay(io.RawIOBase):
    """A stream that cannot seek, so that zip entries get data descriptors, as Go and POI write them."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__()
        self.stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self.stream.write(data)


def _zip(
    path: Path, parts: Iterable[tuple[str, str]], when: tuple[int, int, int, int, int, int]
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(_OneWay(buffer), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, text in parts:
            info = zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0
            archive.writestr(info, text.encode())
    path.write_bytes(buffer.getvalue())


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def _types(parts: dict[str, str]) -> tuple[str, str]:
    overrides = "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in parts.items())
    text = (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    return "[Content_Types].xml", text


def _relations(name: str, targets: Sequence[tuple[str, str]]) -> tuple[str, str]:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return name, f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


_SHEET, _STRINGS, _STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_CONTENT = {
    "xl/workbook.xml": f"{_TYPE}.sheet.main+xml",
    _SHEET: f"{_TYPE}.worksheet+xml",
    _STRINGS: f"{_TYPE}.sharedStrings+xml",
    _STYLES: f"{_TYPE}.styles+xml",
}
_WORKBOOK_RELATIONS = _relations(
    "xl/_rels/workbook.xml.rels",
    [
        (f"{_REL}/worksheet", "worksheets/sheet1.xml"),
        (f"{_REL}/sharedStrings", "sharedStrings.xml"),
        (f"{_REL}/styles", "styles.xml"),
    ],
)
_ROOT_RELATIONS = _relations("_rels/.rels", [(f"{_REL}/officeDocument", "xl/workbook.xml")])
_GOOD_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="12"/><name val="Verdana"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="lightGray"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/></border></borders>'
    '<cellXfs count="2"><xf borderId="0" fillId="0" fontId="0" numFmtId="0"/>'
    '<xf borderId="0" fillId="0" fontId="0" numFmtId="0"/></cellXfs></styleSheet>'
)
#: Fill without a pattern: openpyxl says ``Fill() takes no arguments`` (docs/platforms.md §1.2, rule 9).
_BROKEN_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs></styleSheet>'
)


def _workbook(application: str) -> tuple[str, str]:
    text = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><fileVersion appName="{application}"/>'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1" state="visible"/></sheets></workbook>'
    )
    return "xl/workbook.xml", text


def text_xlsx(path: Path, rows: Rows, *, broken_styles: bool = False) -> None:
    """抖音 (Go XLSX), 头条 (invalid stylesheet), 快手: every cell a shared string, counts too."""
    places: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{_letters(at)}{number}" s="{0 if broken_styles else 1}" t="s">'
            f"<v>{places.setdefault(str(cell), len(places))}</v></c>"
            for at, cell in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    count = sum(map(len, rows))
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in places)
    sheet = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{_letters(len(rows[0]) - 1)}{len(rows)}"></dimension>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    parts = (
        (_SHEET, sheet),
        _workbook("Go XLSX"),
        _ROOT_RELATIONS,
        _WORKBOOK_RELATIONS,
        (
            _STRINGS,
            f'{_XML}<sst xmlns="{_MAIN}" count="{count}" uniqueCount="{len(places)}">{strings}</sst>',
        ),
        _types(_CONTENT),
        (_STYLES, _BROKEN_STYLES if broken_styles else _GOOD_STYLES),
    )
    _zip(path, parts, (1980, 1, 1, 0, 0, 0))


def poi_xlsx(path: Path, rows: Rows, banner: str, made: datetime) -> None:
    """小红书 (Apache POI): a banner in every cell of a merged first row, inlineStr, counts as 12.0."""
    width = len(rows[0])
    lines = []
    for number, row in enumerate(([banner] * width, *rows), start=1):
        style = 1 if number < 3 else 2
        cells = "".join(
            _poi_cell(f"{_letters(at)}{number}", style, cell) for at, cell in enumerate(row)
        )
        lines.append(f'<row r="{number}" customHeight="true" ht="20.0">\n{cells}</row>\n')
    last = _letters(width - 1)
    sheet = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}{len(rows) + 1}"/>'
        f'<sheetFormatPr defaultRowHeight="15.0"/><sheetData>\n{"".join(lines)}</sheetData>'
        f'<mergeCells count="1"><mergeCell ref="A1:{last}1"/></mergeCells></worksheet>'
    )
    core = (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made:%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
        "<dc:creator>Apache POI</dc:creator></cp:coreProperties>"
    )
    kinds = _CONTENT | {
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml"
    }
    root = [
        (f"{_REL}/officeDocument", "xl/workbook.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    ]
    styles = _GOOD_STYLES.replace(
        '<cellXfs count="2">',
        '<cellXfs count="3"><xf borderId="0" fillId="0" fontId="0" numFmtId="0"/>',
    )
    parts = (
        _types(kinds),
        _relations("_rels/.rels", root),
        ("docProps/core.xml", core),
        (_STRINGS, f'{_XML}<sst count="0" uniqueCount="0" xmlns="{_MAIN}"/>'),
        (_STYLES, styles),
        _workbook("xl"),
        _WORKBOOK_RELATIONS,
        (_SHEET, sheet),
    )
    _zip(path, parts, (made.year, made.month, made.day, made.hour, made.minute, 0))


def _poi_cell(place: str, style: int, cell: Cell) -> str:
    if isinstance(cell, int | float):
        return f'<c r="{place}" s="{style}" t="n"><v>{float(cell)}</v></c>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


#: Stated by every workbook of a person; the date in the file's name counts before it.
_MADE = datetime(2025, 10, 1, 8, 0, 0, tzinfo=UTC)


def excel_xlsx(path: Path, sheets: dict[str, Rows]) -> None:
    """A workbook that a person keeps in Excel: numbers are numbers, dates are dates."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"author": "云岭县融媒体中心", "created": _MADE})
        day = book.add_format({"num_format": "yyyy/m/d"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for at, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, at, cell, day)
                    elif isinstance(cell, str) and cell:
                        sheet.write_string(number, at, cell)
                    elif isinstance(cell, int | float):
                        sheet.write_number(number, at, cell)


def biff_xls(path: Path, rows: Rows, sheet_name: str) -> None:
    """公众号: OLE2 BIFF8. Needs xlwt, which only people who change the examples install."""
    import xlwt  # type: ignore[import-untyped,unused-ignore]

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(sheet_name)
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            if cell not in (None, ""):
                sheet.write(number, at, cell)
    book.save(str(path))


def csv_text(rows: Rows, line_end: str) -> str:
    """Comma separated, quoted only where it must be."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def channels_csv(rows: Rows) -> bytes:
    """视频号: BOM, all text quoted, numbers bare, CRLF between records and none at the end; captions keep
    their bare LF (docs/platforms.md §3)."""
    lines = (
        ",".join(
            f'"{cell.replace(chr(34), chr(34) * 2)}"' if isinstance(cell, str) else str(cell)
            for cell in row
        )
        for row in rows
    )
    return "\r\n".join(lines).encode("utf-8-sig")
