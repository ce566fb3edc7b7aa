"""A chart as Word and Excel draw it themselves, written by xlsxwriter: in a workbook beside its numbers, and in a Word
file with such a workbook inside. It is legible in black and white; a lower bound is hatched and marked ≥."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import xlsxwriter

from reports import wording
from reports.charts import common
from reports.section import Chart, Series

#: Of every workbook of ours: text stays text, whatever it looks like.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"},
    "whole": {"num_format": "0"},
    "part": {"num_format": "0.00"},
    "text": {"num_format": "@"},
    "wrap": {"text_wrap": True, "valign": "top"},
}
_SHEET = "图表"
#: Fills that differ in grey too (their brightness is 30, 78, 55, 92, 43, 66 of 100); the inks of thin hatches, for which
#: the pale fills are too pale.
FILLS = ("#1f4e79", "#a9c8e8", "#5b8fc7", "#e3ebf5", "#7f5f00", "#c9a227")
_INKS = ("#1f4e79", "#222222", "#5b8fc7", "#7a7a7a", "#7f5f00", "#a8841a")
_EDGE, _GRID = "#222222", "#dddddd"
_SMALL = {"size": 9, "color": _EDGE}
#: How many categories a chart has room for; of horizontal ones on a page of paper.
_ROOM, _ON_PAGE = 62, 20
#: At most so many names stand below an upright chart.
_NAMES = 24
#: Longer names would leave no room for their bars.
_NAME = 24
#: Inches: the height of an upright chart, of a horizontal bar alone and among others, and of what stands above and below
#: bars. Pixels of a row of Excel.
_TALL, _BAR, _BARS, _AROUND = 3.2, 0.26, 0.17, 0.6
_ROW = 20
#: xlsxwriter writes as Excel 2007 did, which left unsaid what it takes for granted. In a Word file others take it
#: otherwise (LibreOffice: round corners, labels with every name and broken into lines), so it is said: after what → what.
_NONE = b"".join(
    b'<c:show%b val="0"/>' % each for each in (b"CatName", b"SerName", b"Percent", b"BubbleSize")
)
_OUTRIGHT = (
    (rb"<c:lang [^>]*>", b'<c:roundedCorners val="0"/>'),
    (rb"<c:grouping [^>]*>", b'<c:varyColors val="0"/>'),
    (rb"</c:tx><c:spPr>.*?</c:spPr>", b'<c:invertIfNegative val="0"/>'),
    (rb'<c:dPt><c:idx val="\d+"/>', b'<c:invertIfNegative val="0"/>'),
    (rb"<a:bodyPr(?=/>)", b' wrap="none"'),
    (rb"(?=<c:showVal )", b'<c:showLegendKey val="0"/>'),
    (rb"<c:showVal [^>]*>", _NONE),
    (rb"<c:legendPos [^>]*><c:layout/>", b'<c:overlay val="0"/>'),
    (rb"<c:plotVisOnly [^>]*>", b'<c:dispBlanksAs val="gap"/>'),
    (rb"(?=<c:printSettings>)", b'<c:externalData r:id="rId1"/>'),
)
#: When a workbook inside a Word file was made: the earliest time that a zip knows.
_MADE = datetime(1980, 1, 1, tzinfo=UTC)


def fill(book: Any, sheet: Any, charts: list[Chart], formats: dict[str, Any]) -> None:
    """Fill the sheet with the charts' numbers, one block below the other, and set each chart beside its block."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 8, 13)
    row = 0
    for chart in charts:
        shown = common.cut(chart, _ROOM)
        last = _numbers(sheet, row, chart, formats)
        drawn = _drawn(book, shown, sheet.get_name(), row + 1)
        drawn.set_title({"name": _title(chart), "name_font": {"size": 12}, "overlay": False})
        high = round(96 * (height(shown) + 0.4))
        drawn.set_size({"width": 720, "height": high})
        sheet.insert_chart(row, len(chart.series) + 3, drawn)
        for remark in common.remarks(chart, shown):
            last += 1
            sheet.write_string(last, 0, remark, formats["text"])
        row = max(last, row + -(-high // _ROW)) + 3


def embedded(chart: Chart) -> tuple[bytes, bytes]:
    """A chart cut by ``on_page`` for a Word file: its part, which names the workbook of its numbers ``rId1``, and that
    workbook. The same chart gives the same bytes."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS | {"constant_memory": False}) as book:
        book.set_properties({"created": _MADE})
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        sheet = book.add_worksheet(_SHEET)
        _numbers(sheet, 0, chart, formats)
        drawn = _drawn(book, chart, _SHEET, 1)
        drawn.set_title({"none": True})
        sheet.insert_chart(0, len(chart.series) + 3, drawn)
    with ZipFile(made) as parts:
        xml = parts.read("xl/charts/chart1.xml")
    for place, more in _OUTRIGHT:
        xml = re.sub(place, rb"\g<0>" + more, xml)
    return xml, made.getvalue()


def on_page(chart: Chart) -> Chart:
    """The chart with as much as a page of paper has room for."""
    if chart.kind == "column":
        return common.cut(chart, _ROOM)
    number = min(len(chart.series), common.SERIES)
    return common.cut(chart, min(_ON_PAGE, 2 * _ON_PAGE // max(1, number)))


def height(chart: Chart) -> float:
    """How many inches high the chart should be drawn."""
    if chart.kind == "column":
        return _TALL
    bars = len(chart.categories) * len(chart.series)
    return _AROUND + max(0.4, bars * (_BAR if len(chart.series) < 2 else _BARS))


def _numbers(sheet: Any, row: int, chart: Chart, formats: dict[str, Any]) -> int:
    """Write the chart's numbers from a row on, which holds its title; the last row."""
    sheet.write_string(row, 0, _title(chart), formats["head"])
    sheet.write_string(row + 1, 0, "", formats["head"])
    for at, series in enumerate(chart.series, start=1):
        sheet.write_string(row + 1, at, wording.short(series.name), formats["head"])
    for place, name in enumerate(chart.categories):
        at_row = row + 2 + place
        sheet.write_string(at_row, 0, wording.short(name, _NAME), formats["text"])
        for at, series in enumerate(chart.series, start=1):
            value = series.values[place]
            if value is not None:
                kind = "whole" if isinstance(value, int) else "part"
                sheet.write_number(at_row, at, value, formats[kind])
        if said := "；".join(_reserved(chart, place)):
            sheet.write_string(at_row, len(chart.series) + 1, said, formats["text"])
    return row + 1 + len(chart.categories)


def _reserved(chart: Chart, place: int) -> Iterator[str]:
    """Which values of a category are lower bounds, and which are not there."""
    bounds = [wording.short(each.name) for each in chart.series if place in each.at_least]
    gaps = [wording.short(each.name) for each in chart.series if each.values[place] is None]
    if bounds:
        yield f"{'、'.join(bounds)}为下限"
    if gaps:
        yield f"{'、'.join(gaps)}{wording.NO_DATA}"


def _drawn(book: Any, chart: Chart, sheet: str, head: int) -> Any:
    """An xlsxwriter chart of the numbers below the row ``head``, without a title."""
    drawn = book.add_chart({"type": chart.kind})
    last = head + len(chart.categories)
    labelled = chart.kind == "bar" or common.labelled(chart)
    for at, series in enumerate(chart.series):
        drawn.add_series(
            {
                "name": [sheet, head, at + 1],
                "categories": [sheet, head + 1, 0, last, 0],
                "categories_data": [wording.short(each, _NAME) for each in chart.categories],
                "values": [sheet, head + 1, at + 1, last, at + 1],
                "values_data": list(series.values),
                "fill": {"color": FILLS[at]},
                "border": {"color": _EDGE, "width": 0.5},
                "points": _points(series, at),
                "data_labels": _labels(series) if labelled else {},
                "gap": 40,
            }
        )
    plain: dict[str, Any] = {
        "num_font": _SMALL, "major_tick_mark": "none", "minor_tick_mark": "none",
    }  # fmt: skip
    names = plain | {"label_position": "low", "line": {"color": _EDGE}}
    scale = plain | {"line": {"none": True}, "visible": not labelled}
    scale["major_gridlines"] = {"visible": not labelled, "line": {"color": _GRID}}
    if chart.kind == "bar":  # the first name on top
        drawn.set_y_axis(names | {"reverse": True})
        drawn.set_x_axis(scale)
    else:
        drawn.set_x_axis(names | {"interval_unit": -(-len(chart.categories) // _NAMES)})
        drawn.set_y_axis(scale)
    several = len(chart.series) > 1
    drawn.set_legend({"position": "top", "font": _SMALL} if several else {"none": True})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.show_blanks_as("gap")
    return drawn


def _points(series: Series, number: int) -> list[dict[str, Any] | None]:
    """How each bar looks where it is not like the others: a lower bound is hatched."""
    hatch = {"pattern": "wide_upward_diagonal", "fg_color": _INKS[number], "bg_color": "#ffffff"}
    bound = {"pattern": hatch, "border": {"color": _INKS[number]}}
    return [bound if at in series.at_least else None for at in range(len(series.values))]


def _labels(series: Series) -> dict[str, Any]:
    """The values beside their bars; they follow the numbers of the sheet, but a bound stands as it is."""
    whole = all(isinstance(each, int) for each in series.values if each is not None)
    bounds = [
        {"value": common.at_mark(series, at)} if at in series.at_least else None
        for at in range(len(series.values))
    ]
    return {
        "value": True,
        "position": "outside_end",
        "font": _SMALL,
        "num_format": "0" if whole else "0.00",
        "custom": bounds if series.at_least else None,
    }


def _title(chart: Chart) -> str:
    return f"{wording.short(chart.title)}（单位：{wording.line(chart.unit)}）"
