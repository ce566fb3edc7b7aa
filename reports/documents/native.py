"""The charts of a summary as Excel's own, each beside the numbers that it draws."""

from __future__ import annotations

from typing import Any

from reports import wording
from reports.charts.drawing import FILLS
from reports.section import Chart

_KINDS = {"bar": "bar", "column": "column", "line": "line"}
#: What an Excel chart draws legibly; the numbers beside it are all there.
_MOST = 62
#: A longer name would leave no room for its bar.
_NAME = 24
#: So many values have room to be written beside their bars.
_LABELLED = 24


def draw(book: Any, sheet: Any, charts: list[Chart], formats: dict[str, Any]) -> None:
    """Fill the sheet with the charts' numbers, one block below the other, and set each chart beside its block."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 8, 13)
    row = 0
    for chart in charts:
        sheet.write_string(row, 0, _title(chart), formats["head"])
        head = row + 1
        sheet.write_string(head, 0, "", formats["head"])
        for at, series in enumerate(chart.series, start=1):
            sheet.write_string(head, at, wording.short(series.name), formats["head"])
        for place, name in enumerate(chart.categories):
            _row(sheet, head + 1 + place, chart, place, name, formats)
        sheet.insert_chart(row, len(chart.series) + 3, _chart(book, chart, sheet.get_name(), head))
        last = head + len(chart.categories)
        if chart.note:
            last += 1
            sheet.write_string(last, 0, wording.line(chart.note), formats["text"])
        row = max(last, row + 20) + 3


def _row(
    sheet: Any, row: int, chart: Chart, place: int, name: str, formats: dict[str, Any]
) -> None:
    """A category, its values, and which of them are lower bounds."""
    sheet.write_string(row, 0, wording.short(name, _NAME), formats["text"])
    for at, series in enumerate(chart.series, start=1):
        value = series.values[place]
        if value is not None:
            kind = "whole" if isinstance(value, int) else "part"
            sheet.write_number(row, at, value, formats[kind])
    bounds = [wording.short(each.name) for each in chart.series if place in each.at_least]
    gaps = [wording.short(each.name) for each in chart.series if each.values[place] is None]
    said = [f"{'、'.join(bounds)}为下限"] if bounds else []
    said += [f"{'、'.join(gaps)}{wording.NO_DATA}"] if gaps else []
    if said:
        sheet.write_string(row, len(chart.series) + 1, "；".join(said), formats["text"])


def _chart(book: Any, chart: Chart, sheet: str, head: int) -> Any:
    made = book.add_chart({"type": _KINDS[chart.kind]})
    shown = min(len(chart.categories), _MOST)
    for at, _ in enumerate(chart.series, start=1):
        colour = FILLS[(at - 1) % len(FILLS)]
        look: dict[str, Any] = {"fill": {"color": colour}, "border": {"color": "#222222"}}
        if chart.kind == "line":
            look = {"line": {"color": colour}, "marker": {"type": "automatic"}}
        made.add_series(
            {
                "name": [sheet, head, at],
                "categories": [sheet, head + 1, 0, head + shown, 0],
                "values": [sheet, head + 1, at, head + shown, at],
                "data_labels": {"value": shown * len(chart.series) <= _LABELLED},
                **look,
            }
        )
    made.set_title({"name": _title(chart), "name_font": {"size": 12}, "overlay": False})
    if chart.kind == "bar":
        made.set_y_axis({"reverse": True, "crossing": "max", "label_position": "low"})
    if len(chart.series) < 2:
        made.set_legend({"none": True})
    made.show_blanks_as("gap")
    made.set_size({"width": 720, "height": 360})
    return made


def _title(chart: Chart) -> str:
    return f"{wording.short(chart.title)}（单位：{wording.line(chart.unit)}）"
