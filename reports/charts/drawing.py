"""What charts are drawn with: a figure and its font, fills and signs, labels, the unit and the names of the series."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports import wording
from reports.charts import fonts
from reports.section import Chart

#: Fills that differ in grey too (their brightness is 30, 78, 55, 92, 43, 66 of 100), and signs of lines.
FILLS = ("#1f4e79", "#a9c8e8", "#5b8fc7", "#e3ebf5", "#7f5f00", "#c9a227")
SIGNS: tuple[tuple[str, Any], ...] = (
    ("o", "-"),
    ("s", "--"),
    ("^", ":"),
    ("D", "-."),
    ("v", "-"),
    ("P", "--"),
)
INK, PALE = "#222222", "#999999"
SIZE = 9.0
EM = SIZE / 72


@dataclass(frozen=True, slots=True)
class Below:
    """Names below upright bars: how they are turned, the room they take to the left and below, in inches."""

    names: list[str]
    tilt: int
    left: float
    height: float


class Pen:
    """A figure and its font; every text goes through here, so that no sign of a title is taken for a formula."""

    def __init__(self, figure: Any, font: Any) -> None:
        self.figure, self.font = figure, font
        self.width, self.height = figure.get_size_inches()

    def style(self, size: float = SIZE, colour: str = INK) -> dict[str, Any]:
        font = self.font.copy()
        font.set_size(size)
        return {"fontproperties": font, "color": colour, "parse_math": False}

    def write(self, x: float, y: float, text: str, size: float = SIZE, **place: Any) -> None:
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


def look(number: int, bound: bool) -> dict[str, Any]:
    if bound:
        return {"facecolor": "white", "edgecolor": dark(number), "hatch": "////", "linewidth": 0.8}
    return {"facecolor": FILLS[number], "edgecolor": INK, "linewidth": 0.5}


def dark(number: int) -> str:
    """Lines and hatches are thin: the pale fills would not be seen."""
    return ("#1f4e79", "#222222", "#5b8fc7", "#7a7a7a", "#7f5f00", "#a8841a")[number]


def told(value: int | float | None, bound: bool) -> str:
    if value is None:
        return wording.NO_DATA
    return f"{'≥' if bound else ''}{wording.plain(value)}"


def below_of(pen: Pen, chart: Chart) -> Below:
    """The categories' names as they stand below: turned where they would not fit side by side."""
    room = (pen.width - 0.3) / max(1, len(chart.categories)) / EM
    longest = max(map(ems, chart.categories), default=0)
    every = -(-len(chart.categories) // 24)
    if longest <= room * every * 0.95:
        tilt, names = 0, list(chart.categories)
    else:
        tilt, names = 45, [short(each, 9) for each in chart.categories]
    shown = [fonts.drawable(each) if at % every == 0 else "" for at, each in enumerate(names)]
    aslant = max(map(ems, shown)) * EM * 0.75
    before = ems(shown[0]) * EM * 0.75 - 0.3 * room * EM
    if not tilt:
        return Below(shown, 0, 0.12, EM * 1.6 + 0.12)
    return Below(shown, tilt, max(0.12, before), aslant + 0.22)


def put_names(pen: Pen, axes: Any, below: Below) -> None:
    turned: dict[str, Any] = {"rotation": below.tilt}
    if below.tilt:
        turned |= {"ha": "right", "rotation_mode": "anchor"}
    at = [each for each, name in enumerate(below.names) if name]
    axes.set_xticks(at, labels=[below.names[each] for each in at], **turned, **pen.style())


def put_scale(pen: Pen, axes: Any) -> None:
    """A value axis inside the picture, with marks in 万."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _at: wording.tick(value))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", pad=-2, labelsize=7)
    for each in axes.get_yticklabels():
        each.update({"fontproperties": pen.font, "ha": "left", "va": "bottom"})


def surround(pen: Pen, chart: Chart, remarks: Sequence[str]) -> None:
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
        name = short(series.name, 12)
        pen.write((place + 0.3) / pen.width, top, name, 8)
        place += 0.42 + ems(name) * 8 / 72


def _key(pen: Pen, kind: str, number: int, left: float, top: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    x, wide = left / pen.width, 0.24 / pen.width
    whole = pen.figure.transFigure
    if kind == "line":
        marker, dashes = SIGNS[number]
        level = top + 0.045 / pen.height
        pen.figure.add_artist(
            Line2D([x, x + wide / 2, x + wide], [level] * 3, transform=whole, color=dark(number),
                   linestyle=dashes, marker=marker, markersize=4, markevery=[1], linewidth=1.4)
        )  # fmt: skip
    else:
        box = Rectangle((x, top), wide, 0.1 / pen.height, transform=whole, **look(number, False))
        pen.figure.add_artist(box)


def ems(text: str) -> float:
    """About how wide a text is, in widths of a Chinese character."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.58 for each in text)


def short(text: str, most: float) -> str:
    """A label that takes at most ``most`` Chinese characters."""
    plain = fonts.drawable(text)
    if ems(plain) <= most:
        return plain
    shown = ""
    for each in plain:
        if ems(shown + each) > most - 1:
            break
        shown += each
    return f"{shown}…"
