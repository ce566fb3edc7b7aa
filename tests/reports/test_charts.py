"""Charts as pictures: every kind with hostile names, legible without colour, the same chart the same bytes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from reports.charts import drawing, fonts
from reports.charts import picture as charts
from reports.section import Chart, Series
from tests.reports.papers import charts as all_charts

ONE = Chart(
    id="one", title="一", kind="bar", categories=("甲", "乙", "丙"), unit="篇",
    series=(Series("本期", (30, 20, None)),),
)  # fmt: skip


def _grey(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("L")


def _darkest(picture: Image.Image) -> int:
    return min(picture.tobytes())


@pytest.mark.parametrize("chart", all_charts(), ids=lambda each: each.id)
def test_every_kind_is_drawn_at_its_size_and_always_alike(chart: Chart) -> None:
    made = charts.png(chart, width=5, dpi=100)
    assert made == charts.png(chart, width=5, dpi=100)
    assert Image.open(BytesIO(made)).size == (500, round(charts.height_of(chart) * 100))
    grey = _grey(made)
    assert _darkest(grey) < 90 and max(grey.tobytes()) == 255


def test_fills_differ_without_colour() -> None:
    def brightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    first = [brightness(each) for each in drawing.FILLS[:4]]
    assert min(abs(a - b) for at, a in enumerate(first) for b in first[:at]) > 25


def test_a_bound_a_gap_and_a_number_look_different() -> None:
    bound = replace(ONE, series=(replace(ONE.series[0], at_least=(0,)),))
    gap = replace(ONE, series=(Series("本期", (None, 20, None)),))
    nil = replace(ONE, series=(Series("本期", (0, 20, None)),))
    pictures = {charts.png(each, width=4, dpi=80) for each in (ONE, bound, gap, nil)}
    assert len(pictures) == 4


def test_nothing_touches_the_edge() -> None:
    long = tuple(f"一个很长很长很长很长很长很长的名字{at}" for at in range(40))
    series = (
        Series("甲", tuple(10**11 + at for at in range(40)), (39,)),
        Series("乙", (-(10**11),) * 40),
    )
    for kind in ("bar", "column", "line"):
        chart = replace(ONE, kind=kind, categories=long, series=series)
        grey = _grey(charts.png(chart, width=6, dpi=80))
        edges = [grey.crop((0, 0, 2, grey.height)), grey.crop((grey.width - 2, 0, *grey.size))]
        edges += [grey.crop((0, 0, grey.width, 2)), grey.crop((0, grey.height - 2, *grey.size))]
        assert [_darkest(each) > 200 for each in edges] == [True] * 4, kind


def test_five_hundred_categories_fit_a_page() -> None:
    names = tuple(f"号{at}" for at in range(500))
    for number in (1, 2, 5):
        series = tuple(Series(str(at), tuple(range(500))) for at in range(number))
        chart = replace(ONE, categories=names, series=series)
        assert charts.height_of(chart) < 8.5


def test_what_no_font_has_is_left_out_or_shown_as_a_box() -> None:
    assert fonts.drawable("云岭\n发布\t$x$") == "云岭 发布 $x$"
    assert fonts.drawable("한국") == "□□"
    assert fonts.drawable("🚀起飞\u200d\ufe0f") == "起飞"
    assert fonts.drawable("مرحبا") == "مرحبا"


def test_nothing_is_written_to_a_home() -> None:
    code = (
        "import os, sys; from reports import fonts; fonts.families(); import matplotlib;"
        " sys.exit('MPLCONFIGDIR' in os.environ or os.path.exists(matplotlib.get_cachedir()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
