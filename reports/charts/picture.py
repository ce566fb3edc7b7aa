"""A chart of a summary as a picture: legible in black and white, Chinese on any machine, the same chart the same bytes.

Values stand at their bars in full. A lower bound is hatched and marked ≥, what no source shows is a gap named 无数据.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from reports import wording
from reports.charts import fonts
from reports.charts.drawing import (
    EM,
    FILLS,
    INK,
    PALE,
    SIGNS,
    SIZE,
    Pen,
    below_of,
    dark,
    ems,
    look,
    put_names,
    put_scale,
    short,
    surround,
    told,
)
from reports.section import Chart, Series

#: How many categories a picture has room for; the table beside it has them all. Bars of all series: twice as many.
LIMITS = {"bar": 20, "column": 62, "line": 400}
_LABEL = 17
#: More bars than this have no room for their values.
_SAID = 40


def png(chart: Chart, *, width: float, height: float | None = None, dpi: int = 200) -> bytes:
    """The chart as a PNG, ``width`` × ``height`` inches (``height``: None: what it needs). Without its title and its
    note: the document says them. Raises fonts.FontMissing."""
    families = list(fonts.families())
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    shown = _cut(chart)
    size = (width, height or height_of(chart))
    pen = Pen(Figure(figsize=size, dpi=dpi), FontProperties(family=families, size=SIZE))
    FigureCanvasAgg(pen.figure)
    remarks = tuple(_remarks(chart, shown))
    if not any(each is not None for series in shown.series for each in series.values):
        pen.write(0.5, 0.5, wording.NO_DATA, size=14, ha="center")
    else:
        _DRAW[chart.kind](pen, shown, remarks)
    made = BytesIO()
    pen.figure.savefig(made, format="png", dpi=dpi, metadata={"Software": None})
    return made.getvalue()


def height_of(chart: Chart) -> float:
    """How many inches high a picture of the chart should be."""
    if chart.kind != "bar":
        return 3.2
    shown = _cut(chart)
    bars = len(shown.categories) * len(shown.series)
    return 0.75 + max(2.5 * EM, bars * (0.26 if len(shown.series) < 2 else 0.17))


def _cut(chart: Chart) -> Chart:
    """The chart with as many categories as there is room for, the first ones."""
    most = LIMITS[chart.kind]
    if chart.kind == "bar":
        most = min(most, max(1, 2 * most // max(1, len(chart.series))))
    return replace(
        chart,
        categories=chart.categories[:most],
        series=tuple(
            Series(each.name, each.values[:most], tuple(at for at in each.at_least if at < most))
            for each in chart.series[: len(FILLS)]
        ),
    )


def _remarks(chart: Chart, shown: Chart) -> list[str]:
    said = []
    if len(shown.categories) < len(chart.categories):
        said.append(f"图中为前{len(shown.categories)}项，共{len(chart.categories)}项，全部见表")
    if len(shown.series) < len(chart.series):
        said.append(f"图中为{len(chart.series)}个系列中的前{len(shown.series)}个")
    if any(each.at_least for each in shown.series):
        said.append("斜线和≥为下限" if chart.kind != "line" else "空心点和≥为下限")
    if any(value is None for each in shown.series for value in each.values):
        said.append(f"空缺处{wording.NO_DATA}")
    return said


def _bars(pen: Pen, chart: Chart, remarks: Sequence[str]) -> None:
    """Horizontal bars, the first category on top."""
    names = [short(each, _LABEL) for each in chart.categories]
    margin = max(map(ems, names)) * EM + 0.12
    axes = pen.axes(margin, 0.1, 0.4, 0.12 + 0.22 * bool(remarks))
    thick = 0.8 / len(chart.series)
    span = _span(chart)
    for number, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            place = at - 0.4 + thick * (number + 0.5)
            bound = at in series.at_least
            if value is not None:
                axes.barh(place, value, height=thick * 0.92, **look(number, bound))
            side = "right" if value is not None and value < 0 else "left"
            axes.text(
                (value or 0) + span * (0.01 if side == "left" else -0.01), place, told(value, bound),
                ha=side, va="center_baseline", **pen.style(8, INK if value is not None else PALE),
            )  # fmt: skip
    longest = max(ems(told(v, True)) for each in chart.series for v in each.values) * EM * 0.9
    room = span * longest / max(0.5, pen.width - margin - 0.1 - longest)
    low, high = _ends(chart)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), labels=names, **pen.style())
    axes.set_xticks([])
    axes.axvline(0, color=INK, linewidth=0.8)
    surround(pen, chart, remarks)


def _columns(pen: Pen, chart: Chart, remarks: Sequence[str]) -> None:
    below = below_of(pen, chart)
    names = below.names
    axes = pen.axes(below.left, 0.12, 0.45, below.height + 0.22 * bool(remarks))
    thick = 0.8 / len(chart.series)
    span = _span(chart)
    number_of_bars = len(chart.series) * len(names)
    said = [told(v, True) for each in chart.series for v in each.values]
    upright = max(map(ems, said)) * EM * 0.9 > (pen.width - 0.3) * thick / len(names)
    for number, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            place = at - 0.4 + thick * (number + 0.5)
            bound = at in series.at_least
            if value is not None:
                axes.bar(place, value, width=thick * 0.92, **look(number, bound))
            if number_of_bars <= _SAID or value is None:
                down = value is not None and value < 0
                axes.text(
                    place, (value or 0) + span * (-0.015 if down else 0.015), told(value, bound),
                    ha="center", va="top" if down else "bottom", rotation=90 if upright else 0,
                    **pen.style(8 if number_of_bars < 20 else 7, INK if value is not None else PALE),
                )  # fmt: skip
    if number_of_bars > _SAID:
        put_scale(pen, axes)
    low, high = _ends(chart)
    tall = max(map(ems, said)) * EM * 0.9 if upright and number_of_bars <= _SAID else 0.2
    room = span * tall / max(0.5, pen.height - 0.45 - below.height - tall)
    axes.set_ylim(low - (room if low < 0 else 0), high + room)
    axes.set_xlim(-0.6, len(names) - 0.4)
    if number_of_bars <= _SAID:
        axes.set_yticks([])
    put_names(pen, axes, below)
    axes.axhline(0, color=INK, linewidth=0.8)
    surround(pen, chart, remarks)


def _lines(pen: Pen, chart: Chart, remarks: Sequence[str]) -> None:
    below = below_of(pen, chart)
    axes = pen.axes(below.left, 0.45, 0.45, below.height + 0.22 * bool(remarks))
    many = len(below.names) > 40
    span = _span(chart)
    for number, series in enumerate(chart.series):
        marker, dashes = SIGNS[number]
        values = [float("nan") if each is None else each for each in series.values]
        axes.plot(
            range(len(values)), values, color=dark(number), linestyle=dashes, linewidth=1.4,
            marker=marker, markersize=2.5 if many else 4.5,
        )  # fmt: skip
        for at in series.at_least:
            axes.plot(
                [at], [values[at]], marker=marker, markersize=6, markerfacecolor="white",
                markeredgecolor=dark(number), linestyle="none",
            )  # fmt: skip
        for at in _worth_saying(series):
            axes.text(
                at, values[at] + span * 0.025, told(series.values[at], at in series.at_least),
                ha="center", va="bottom", **pen.style(8),
            )  # fmt: skip
    low, high = _ends(chart)
    axes.set_ylim(low - span * (0.1 if low < 0 else 0.02), high + span * 0.14)
    axes.set_xlim(-0.5, len(below.names) - 0.5)
    put_scale(pen, axes)
    put_names(pen, axes, below)
    surround(pen, chart, remarks)


_DRAW = {"bar": _bars, "column": _columns, "line": _lines}


def _worth_saying(series: Series) -> list[int]:
    """Points whose values are written: all of a few, otherwise the highest and the last."""
    known = [at for at, each in enumerate(series.values) if each is not None]
    if len(known) <= 6 or not known:
        return known
    return sorted({max(known, key=lambda at: (series.values[at] or 0, -at)), known[-1]})


def _ends(chart: Chart) -> tuple[float, float]:
    known = [each for series in chart.series for each in series.values if each is not None]
    low, high = min(0, *known, 0), max(0, *known, 0)
    return low, high if high > low else low + 1


def _span(chart: Chart) -> float:
    low, high = _ends(chart)
    return high - low
