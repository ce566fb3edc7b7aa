"""A chart as figures of a drawing for the HTML page: places across in percent of the width, so that it fits any
screen; heights in pixels. The page's template draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports import wording
from reports.charts.common import at_mark, ends, labelled
from reports.section import Chart, Series

#: Pixels: the height of upright charts, of one horizontal bar, and above and below the drawing.
HEIGHT, BAR, TOP, BOTTOM = 240, 17, 20, 22
#: At most so many names stand below an upright chart.
_NAMES = 12
#: How much of the width the marks of the scale take, in percent.
_SCALE = 6.0
#: How much of the width horizontal bars may take, the rest is for their values; where some go to the left, how much of
#: it, and how far from the edge they begin.
_ACROSS, _BOTH_WAYS, _MARGIN = 74.0, 0.8, 12.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar: its place and size, what stands at it, what it says when pointed at. ``value`` None: no data."""

    series: int
    x: float
    y: float
    width: float
    height: float
    said: str
    tip: str
    bound: bool
    value: float | None


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its bars. ``place``: where its name stands below an upright chart; None: there is no room."""

    name: str
    marks: tuple[Mark, ...]
    place: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything that the template draws. ``zero``: where the base line stands (percent or pixels); ``floor``: the
    height in pixels, of a horizontal chart that of a row; ``ticks``: place and words of the marks of the scale;
    ``said``: whether values stand at their bars."""

    kind: str
    series: tuple[str, ...]
    rows: tuple[Category, ...]
    zero: float
    floor: int
    said: bool = True
    ticks: tuple[tuple[float, str], ...] = ()


def drawing(chart: Chart) -> Drawing:
    """``chart``: cut to what there is room for (common.cut)."""
    return _across(chart) if chart.kind == "bar" else _upright(chart)


def _across(chart: Chart) -> Drawing:
    low, high = ends(chart)
    scale = _ACROSS / (high - low) * (_BOTH_WAYS if low < 0 else 1)
    zero = _MARGIN - low * scale if low < 0 else 0.0
    rows = []
    for at, name in enumerate(chart.categories):
        marks = []
        for number, series in enumerate(chart.series):
            end = zero + (series.values[at] or 0) * scale
            place = min(zero, end), number * BAR, abs(end - zero), BAR - 4
            marks.append(_mark(number, series, at, name, place))
        rows.append(Category(wording.line(name), tuple(marks)))
    return Drawing(
        kind="bar", series=_named(chart), rows=tuple(rows), zero=zero, floor=BAR * len(chart.series)
    )


def _upright(chart: Chart) -> Drawing:
    low, high = ends(chart)
    scale = (HEIGHT - TOP - BOTTOM) / (high - low)
    zero = TOP + high * scale
    said = labelled(chart)
    number = max(1, len(chart.categories))
    left = 0.0 if said else _SCALE
    step = (100 - left) / number
    thick = step * 0.8 / max(1, len(chart.series))
    every, longest = -(-number // _NAMES), max(3, 48 // min(number, _NAMES))
    rows = []
    for at, name in enumerate(chart.categories):
        marks = []
        for at_series, series in enumerate(chart.series):
            end = zero - (series.values[at] or 0) * scale
            x = left + step * (at + 0.1) + thick * at_series
            place = x, min(zero, end), thick * 0.94, abs(end - zero)
            marks.append(_mark(at_series, series, at, name, place))
        middle = None if at % every else left + step * (at + 0.5)
        rows.append(Category(wording.short(name, longest), tuple(marks), middle))
    return Drawing(
        kind="column", series=_named(chart), rows=tuple(rows), zero=zero, floor=HEIGHT, said=said,
        ticks=tuple(_ticks(low, high, zero, scale)),
    )  # fmt: skip


def _mark(
    number: int, series: Series, at: int, name: str, place: tuple[float, float, float, float]
) -> Mark:
    """A bar at ``place``: x, y, width, height."""
    said = at_mark(series, at)
    tip = f"{wording.line(name)} · {wording.line(series.name)}：{said}"
    return Mark(number, *place, said, tip, at in series.at_least, series.values[at])


def _named(chart: Chart) -> tuple[str, ...]:
    return tuple(wording.line(each.name) for each in chart.series)


def _ticks(low: float, high: float, zero: float, scale: float) -> Iterator[tuple[float, str]]:
    """Marks of the scale at round numbers, four or five."""
    step = 10 ** (len(str(int((high - low) / 4))) - 1)
    while (high - low) / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    at = -(-int(low) // step) * step
    while at <= high:
        yield zero - at * scale, wording.tick(at)
        at += step
