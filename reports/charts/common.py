"""What every drawing of a chart has in common: what there is room for, the scale, values in words, remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports import wording
from reports.section import Chart, Series

#: So many series have a look of their own.
SERIES = 6
#: So many letters of values have room side by side.
_LETTERS = 90
#: Categories whose values ``words`` says.
_SAID = 20


def cut(chart: Chart, most: int | None) -> Chart:
    """The chart with its first ``most`` categories (None: all) and as many series as have a look of their own."""
    return replace(
        chart,
        categories=chart.categories[:most],
        series=tuple(
            Series(
                each.name,
                each.values[:most],
                tuple(at for at in each.at_least if most is None or at < most),
            )
            for each in chart.series[:SERIES]
        ),
    )


def labelled(chart: Chart) -> bool:
    """Whether an upright chart has room for its values: those of few bars, or of more with short values."""
    known = [each for series in chart.series for each in series.values]
    longest = max((len(wording.plain(each)) for each in known if each is not None), default=0)
    return len(known) * longest <= _LETTERS


def ends(chart: Chart) -> tuple[float, float]:
    """The lowest and the highest value of the scale, which has 0 on it; they differ."""
    known = [each for series in chart.series for each in series.values if each is not None]
    low, high = min(0, *known, 0), max(0, *known, 0)
    return low, high if high > low else low + 1


def at_mark(series: Series, at: int) -> str:
    """A value as it stands at its bar: 350000, ≥350000, 无数据."""
    value = series.values[at]
    if value is None:
        return wording.NO_DATA
    return f"{'≥' if at in series.at_least else ''}{wording.plain(value)}"


def remarks(chart: Chart, shown: Chart, gaps: str = "空缺处") -> Iterator[str]:
    """What stands below a drawing of ``shown``, cut from ``chart``. ``gaps``: how a value without data looks in it."""
    if len(shown.categories) < len(chart.categories):
        yield f"图中为前{len(shown.categories)}项，共{len(chart.categories)}项，全部见表"
    if len(shown.series) < len(chart.series):
        yield f"图中为{len(chart.series)}个系列中的前{len(shown.series)}个"
    if any(each.at_least for each in shown.series):
        yield "斜线和≥为下限"
    if any(value is None for each in shown.series for value in each.values):
        yield f"{gaps}为{wording.NO_DATA}，不是 0"
    if chart.note:
        yield wording.line(chart.note)


def words(chart: Chart) -> str:
    """A chart in words, for who cannot see it: its values, the first twenty of each series."""
    said = []
    for series in chart.series:
        values = [
            f"{wording.short(name)}{_said(series, at)}"
            for at, name in enumerate(chart.categories[:_SAID])
        ]
        said.append(f"{wording.line(series.name)}：{'，'.join(values)}")
    return f"{wording.line(chart.title)}（单位：{chart.unit}）。{'；'.join(said)}"


def _said(series: Series, at: int) -> str:
    value = series.values[at]
    if value is None:
        return wording.NO_DATA
    return f"{wording.plain(value)}{'及以上' if at in series.at_least else ''}"
