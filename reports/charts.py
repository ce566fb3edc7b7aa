"""A chart of a summary as a picture: legible in black and white, Chinese on any machine, the same chart the same bytes.

Values stand at their bars in full. A lower bound is hatched and marked ≥, what no source shows is a gap named 无数据.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from reports import fonts, wording
from reports.section import Chart, Series

#: How many categories a picture has room for; the table beside it has them all. Bars of all series: twice as many.
LIMITS = {"bar": 20, "column": 62, "line": 400}
#: Fills that differ in grey too (their brightness is 30, 78, 55, 92, 43, 66 of 100), and signs of lines.
FILLS = ("#1f4e79", "#a9c8e8", "#5b8fc7", "#e3ebf5", "#7f5f00", "#c9a227")
_SIGNS: tuple[tuple[str, Any], ...] = (
    ("o", "-"),
    ("s", "--"),
    ("^", ":"),
    ("D", "-."),
    ("v", "-"),
    ("P", "--"),
)
_INK, _PALE = "#222222", "#999999"
_SIZE = 9.0
_EM = _SIZE / 72
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
    pen = _Pen(Figure(figsize=size, dpi=dpi), FontProperties(family=families, size=_SIZE))
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
    return 0.75 + max(2.5 * _EM, bars * (0.26 if len(shown.series) < 2 else 0.17))


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


@dataclass(frozen=True, slots=True)
class _Below:
    """Names below upright bars: how they are turned, the room they take to the left and below, in inches."""

    names: list[str]
    tilt: int
    left: float
    height: float


class _Pen:
    """A figure and its font; every text goes through here, so that no sign of a title is taken for a formula."""

    def __init__(self, figure: Any, font: Any) -> None:
        self.figure, self.font = figure, font
        self.width, self.height = figure.get_size_inches()

    def style(self, size: float = _SIZE, colour: str = _INK) -> dict[str, Any]:
        font = self.font.copy()
        font.set_size(size)
        return {"fontproperties": font, "color": colour, "parse_math": False}

    def write(self, x: float, y: float, text: str, size: float = _SIZE, **place: Any) -> None:
        self.figure.text(x, y, fonts.drawable(text), **self.style(size), **place)

    def axes(self, left: float, right: float, top: float, bottom: float) -> Any:
        """Axes with these margins in inches, framed by nothing but the line that bars stand on."""
        box = (
            left / self.width,
            bottom / self.height,
            max(0.2, 1 - (left + right) / self.width),
            max(0.1, 1 - (top + bottom) / self.height),
        )
        axes = self.figure.add_axes(box)
        for side in ("top", "right", "left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0)
        return axes


def _bars(pen: _Pen, chart: Chart, remarks: Sequence[str]) -> None:
    """Horizontal bars, the first category on top."""
    names = [_short(each, _LABEL) for each in chart.categories]
    margin = max(map(_ems, names)) * _EM + 0.12
    axes = pen.axes(margin, 0.1, 0.4, 0.12 + 0.22 * bool(remarks))
    thick = 0.8 / len(chart.series)
    span = _span(chart)
    for number, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            place = at - 0.4 + thick * (number + 0.5)
            bound = at in series.at_least
            if value is not None:
                axes.barh(place, value, height=thick * 0.92, **_look(number, bound))
            side = "right" if value is not None and value < 0 else "left"
            axes.text(
                (value or 0) + span * (0.01 if side == "left" else -0.01), place, _said(value, bound),
                ha=side, va="center_baseline", **pen.style(8, _INK if value is not None else _PALE),
            )  # fmt: skip
    longest = max(_ems(_said(v, True)) for each in chart.series for v in each.values) * _EM * 0.9
    room = span * longest / max(0.5, pen.width - margin - 0.1 - longest)
    low, high = _ends(chart)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), labels=names, **pen.style())
    axes.set_xticks([])
    axes.axvline(0, color=_INK, linewidth=0.8)
    _surround(pen, chart, remarks)


def _columns(pen: _Pen, chart: Chart, remarks: Sequence[str]) -> None:
    below = _below(pen, chart)
    names = below.names
    axes = pen.axes(below.left, 0.12, 0.45, below.height + 0.22 * bool(remarks))
    thick = 0.8 / len(chart.series)
    span = _span(chart)
    number_of_bars = len(chart.series) * len(names)
    said = [_said(v, True) for each in chart.series for v in each.values]
    upright = max(map(_ems, said)) * _EM * 0.9 > (pen.width - 0.3) * thick / len(names)
    for number, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            place = at - 0.4 + thick * (number + 0.5)
            bound = at in series.at_least
            if value is not None:
                axes.bar(place, value, width=thick * 0.92, **_look(number, bound))
            if number_of_bars <= _SAID or value is None:
                down = value is not None and value < 0
                axes.text(
                    place, (value or 0) + span * (-0.015 if down else 0.015), _said(value, bound),
                    ha="center", va="top" if down else "bottom", rotation=90 if upright else 0,
                    **pen.style(8 if number_of_bars < 20 else 7, _INK if value is not None else _PALE),
                )  # fmt: skip
    if number_of_bars > _SAID:
        _scale(pen, axes)
    low, high = _ends(chart)
    tall = max(map(_ems, said)) * _EM * 0.9 if upright and number_of_bars <= _SAID else 0.2
    room = span * tall / max(0.5, pen.height - 0.45 - below.height - tall)
    axes.set_ylim(low - (room if low < 0 else 0), high + room)
    axes.set_xlim(-0.6, len(names) - 0.4)
    if number_of_bars <= _SAID:
        axes.set_yticks([])
    _name(pen, axes, below)
    axes.axhline(0, color=_INK, linewidth=0.8)
    _surround(pen, chart, remarks)


def _lines(pen: _Pen, chart: Chart, remarks: Sequence[str]) -> None:
    below = _below(pen, chart)
    axes = pen.axes(below.left, 0.45, 0.45, below.height + 0.22 * bool(remarks))
    many = len(below.names) > 40
    span = _span(chart)
    for number, series in enumerate(chart.series):
        marker, dashes = _SIGNS[number]
        values = [float("nan") if each is None else each for each in series.values]
        axes.plot(
            range(len(values)), values, color=_dark(number), linestyle=dashes, linewidth=1.4,
            marker=marker, markersize=2.5 if many else 4.5,
        )  # fmt: skip
        for at in series.at_least:
            axes.plot(
                [at], [values[at]], marker=marker, markersize=6, markerfacecolor="white",
                markeredgecolor=_dark(number), linestyle="none",
            )  # fmt: skip
        for at in _worth_saying(series):
            axes.text(
                at, values[at] + span * 0.025, _said(series.values[at], at in series.at_least),
                ha="center", va="bottom", **pen.style(8),
            )  # fmt: skip
    low, high = _ends(chart)
    axes.set_ylim(low - span * (0.1 if low < 0 else 0.02), high + span * 0.14)
    axes.set_xlim(-0.5, len(below.names) - 0.5)
    _scale(pen, axes)
    _name(pen, axes, below)
    _surround(pen, chart, remarks)


_DRAW = {"bar": _bars, "column": _columns, "line": _lines}


def _look(number: int, bound: bool) -> dict[str, Any]:
    if bound:
        return {"facecolor": "white", "edgecolor": _dark(number), "hatch": "////", "linewidth": 0.8}
    return {"facecolor": FILLS[number], "edgecolor": _INK, "linewidth": 0.5}


def _dark(number: int) -> str:
    """Lines and hatches are thin: the pale fills would not be seen."""
    return ("#1f4e79", "#222222", "#5b8fc7", "#7a7a7a", "#7f5f00", "#a8841a")[number]


def _said(value: int | float | None, bound: bool) -> str:
    if value is None:
        return wording.NO_DATA
    return f"{'≥' if bound else ''}{wording.plain(value)}"


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


def _below(pen: _Pen, chart: Chart) -> _Below:
    """The categories' names as they stand below: turned where they would not fit side by side."""
    room = (pen.width - 0.3) / max(1, len(chart.categories)) / _EM
    longest = max(map(_ems, chart.categories), default=0)
    every = -(-len(chart.categories) // 24)
    if longest <= room * every * 0.95:
        tilt, names = 0, list(chart.categories)
    else:
        tilt, names = 45, [_short(each, 9) for each in chart.categories]
    shown = [fonts.drawable(each) if at % every == 0 else "" for at, each in enumerate(names)]
    aslant = max(map(_ems, shown)) * _EM * 0.75
    before = _ems(shown[0]) * _EM * 0.75 - 0.3 * room * _EM
    if not tilt:
        return _Below(shown, 0, 0.12, _EM * 1.6 + 0.12)
    return _Below(shown, tilt, max(0.12, before), aslant + 0.22)


def _name(pen: _Pen, axes: Any, below: _Below) -> None:
    turned: dict[str, Any] = {"rotation": below.tilt}
    if below.tilt:
        turned |= {"ha": "right", "rotation_mode": "anchor"}
    at = [each for each, name in enumerate(below.names) if name]
    axes.set_xticks(at, labels=[below.names[each] for each in at], **turned, **pen.style())


def _scale(pen: _Pen, axes: Any) -> None:
    """A value axis inside the picture, with marks in 万."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _at: wording.tick(value))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", pad=-2, labelsize=7)
    for each in axes.get_yticklabels():
        each.update({"fontproperties": pen.font, "ha": "left", "va": "bottom"})


def _surround(pen: _Pen, chart: Chart, remarks: Sequence[str]) -> None:
    """The unit and the names of the series above, the remarks below."""
    top = 1 - 0.22 / pen.height
    pen.write(1 - 0.1 / pen.width, top, f"单位：{chart.unit}", 8, ha="right")
    if remarks:
        pen.write(0.1 / pen.width, 0.07 / pen.height, "；".join(remarks), 7.5)
    if len(chart.series) == 1:
        return
    place = 0.12
    for number, series in enumerate(chart.series):
        _key(pen, chart.kind, number, place, top)
        name = _short(series.name, 12)
        pen.write((place + 0.3) / pen.width, top, name, 8)
        place += 0.42 + _ems(name) * 8 / 72


def _key(pen: _Pen, kind: str, number: int, left: float, top: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    x, wide = left / pen.width, 0.24 / pen.width
    whole = pen.figure.transFigure
    if kind == "line":
        marker, dashes = _SIGNS[number]
        level = top + 0.045 / pen.height
        pen.figure.add_artist(
            Line2D([x, x + wide / 2, x + wide], [level] * 3, transform=whole, color=_dark(number),
                   linestyle=dashes, marker=marker, markersize=4, markevery=[1], linewidth=1.4)
        )  # fmt: skip
    else:
        box = Rectangle((x, top), wide, 0.1 / pen.height, transform=whole, **_look(number, False))
        pen.figure.add_artist(box)


def _ems(text: str) -> float:
    """About how wide a text is, in widths of a Chinese character."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.58 for each in text)


def _short(text: str, most: float) -> str:
    """A label that takes at most ``most`` Chinese characters."""
    plain = fonts.drawable(text)
    if _ems(plain) <= most:
        return plain
    shown = ""
    for each in plain:
        if _ems(shown + each) > most - 1:
            break
        shown += each
    return f"{shown}…"
