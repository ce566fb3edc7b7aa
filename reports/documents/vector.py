"""A chart as figures of a drawing for the HTML page: places across in percent of the width, so that it fits any
screen; heights in pixels. The page's template draws them; ``reports.charts.picture`` draws the same for paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports import wording
from reports.section import Chart, Series

#: Pixels: the height of upright charts, of one horizontal bar, and above and below the drawing.
HEIGHT, BAR, TOP, BOTTOM = 240, 17, 20, 22
#: At most so many names stand below an upright chart.
_NAMES = 12
#: How much of the width the marks of the scale take, in percent.
_SCALE = 6.0
#: How much of the width bars may take; the rest is for their values.
_ACROSS = 74.0
#: How many letters of values have room side by side.
_LETTERS = 90
#: So many series have a look of their own.
SERIES = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar or a point: its place and size, what it says, and whether it is a lower bound. ``value`` None: no data."""

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
class Row:
    """A category of a horizontal chart with its bars."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a line from point to point."""

    series: int
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws. ``zero``: where the base line stands (percent or pixels)."""

    kind: str
    names: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float
    said: bool
    floor: int
    series: tuple[str, ...]


def drawing(chart: Chart) -> Drawing:
    return _across(chart) if chart.kind == "bar" else _upright(chart)


def _across(chart: Chart) -> Drawing:
    low, high = _ends(chart)
    scale = _ACROSS / (high - low)
    zero = -low * scale + (12 if low < 0 else 0)
    if low < 0:
        scale, zero = scale * 0.8, -low * scale * 0.8 + 12
    rows = []
    for at, name in enumerate(chart.categories):
        marks = []
        for number, series in enumerate(chart.series[:SERIES]):
            value = series.values[at]
            wide = abs(value or 0) * scale
            left = zero if (value or 0) >= 0 else zero - wide
            marks.append(
                Mark(number, left, number * BAR, wide, BAR - 4, *_words(series, at, name), value)
            )
        rows.append(Row(wording.line(name), tuple(marks)))
    return Drawing(
        "bar",
        (),
        tuple(rows),
        (),
        (),
        (),
        zero,
        True,
        BAR * len(chart.series[:SERIES]),
        _named(chart),
    )


def _upright(chart: Chart) -> Drawing:
    low, high = _ends(chart)
    tall = HEIGHT - TOP - BOTTOM
    scale = tall / (high - low)
    zero = TOP + high * scale
    shown = chart.series[:SERIES]
    number = max(1, len(chart.categories))
    said = _said(chart)
    left = 0.0 if said and chart.kind == "column" else _SCALE
    step = (100 - left) / number
    thick = step * 0.8 / max(1, len(shown))
    marks, steps = [], []
    for at_series, series in enumerate(shown):
        before: tuple[float, float] | None = None
        for at, name in enumerate(chart.categories):
            value = series.values[at]
            y = zero - (value or 0) * scale
            if chart.kind == "column":
                x, wide = left + step * (at + 0.1) + thick * at_series, thick * 0.94
                top, high_ = min(y, zero), abs(y - zero)
            else:
                x, wide, top, high_ = left + step * (at + 0.5), 0.0, y, 0.0
                if before is not None and value is not None:
                    steps.append(Step(at_series, *before, x, y))
                before = None if value is None else (x, y)
            words = _words(series, at, name)
            marks.append(Mark(at_series, x, top, wide, high_, *words, value))
    every = -(-number // _NAMES)
    names = tuple(
        (left + step * (at + 0.5), wording.short(name, max(3, 48 // min(number, _NAMES))))
        for at, name in enumerate(chart.categories)
        if at % every == 0
    )
    return Drawing(
        chart.kind, names, (), tuple(marks), tuple(steps), tuple(_ticks(low, high, zero, scale)),
        zero, said, HEIGHT, _named(chart),
    )  # fmt: skip


def _said(chart: Chart) -> bool:
    """Whether there is room for the values of an upright chart: of few bars, or of more with short values."""
    values = [each for series in chart.series[:SERIES] for each in series.values]
    longest = max((len(wording.plain(each)) for each in values if each is not None), default=0)
    return len(values) * longest <= _LETTERS


def _words(series: Series, at: int, name: str) -> tuple[str, str, bool]:
    value, bound = series.values[at], at in series.at_least
    said = wording.NO_DATA if value is None else f"{'≥' if bound else ''}{wording.plain(value)}"
    return said, f"{wording.line(name)} · {wording.line(series.name)}：{said}", bound


def _named(chart: Chart) -> tuple[str, ...]:
    return tuple(wording.line(each.name) for each in chart.series[:SERIES])


def _ends(chart: Chart) -> tuple[float, float]:
    known = [each for series in chart.series for each in series.values if each is not None]
    low, high = min(0, *known, 0), max(0, *known, 0)
    return low, high if high > low else low + 1


def _ticks(low: float, high: float, zero: float, scale: float) -> Iterator[tuple[float, str]]:
    """Marks of the scale at round numbers, four or five."""
    step = 10 ** (len(str(int((high - low) / 4))) - 1)
    while (high - low) / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    at = -(-int(low) // step) * step
    while at <= high:
        yield zero - at * scale, wording.tick(at)
        at += step
