"""Charts for Office: every kind with hostile names, values and bounds as they are said, legible without colour."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from lxml import etree

from reports.charts import common, office
from reports.section import Chart, Series
from tests.reports.papers import charts as all_charts

NAMES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
ONE = Chart(
    id="one", title="一", kind="bar", categories=("甲", "乙", "丙"), unit="篇",
    series=(Series("本期", (30, 20, None)),),
)  # fmt: skip


def _drawn(chart: Chart) -> Any:
    return etree.fromstring(office.embedded(office.on_page(chart))[0])


def _found(drawn: Any, path: str) -> list[Any]:
    return list(drawn.xpath(path, namespaces=NAMES))


@pytest.mark.parametrize("chart", all_charts(), ids=lambda each: each.id)
def test_every_value_is_drawn_and_stands_in_the_workbook_inside(chart: Chart) -> None:
    shown = office.on_page(chart)
    made = office.embedded(shown)
    assert made == office.embedded(shown)
    drawn = etree.fromstring(made[0])
    sheet = openpyxl.load_workbook(BytesIO(made[1])).active
    assert sheet is not None
    for number, series in enumerate(shown.series, start=1):
        points = {
            int(each.get("idx")): float(each.findtext("c:v", namespaces=NAMES))
            for each in _found(drawn, f"//c:ser[{number}]/c:val//c:pt")
        }
        assert points == {at: v for at, v in enumerate(series.values) if v is not None}
        below = [sheet.cell(at, number + 1).value for at in range(3, 3 + len(series.values))]
        assert tuple(below) == series.values
        bounds = _found(drawn, f"//c:ser[{number}]/c:dPt[.//a:pattFill]/c:idx/@val")
        assert tuple(map(int, bounds)) == series.at_least


def test_a_bound_is_said_as_one_and_other_values_follow_the_numbers() -> None:
    drawn = _drawn(replace(ONE, series=(replace(ONE.series[0], at_least=(0,)),)))
    assert _found(drawn, "//c:dLbl//a:t/text()") == ["≥30"]
    assert _found(drawn, "//c:dLbls/c:showVal/@val") == ["1"]
    assert _found(drawn, "//c:dispBlanksAs/@val") == ["gap"]


def test_labels_say_the_value_and_nothing_else() -> None:
    drawn = _drawn(replace(ONE, series=(*ONE.series, Series("上期", (1, 2, 3), (1,)))))
    for name in ("LegendKey", "CatName", "SerName", "Percent", "BubbleSize"):
        shown = _found(drawn, f"//c:show{name}/@val")
        assert shown and set(shown) == {"0"}, name


def test_fills_differ_without_colour() -> None:
    def brightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    first = [brightness(each) for each in office.FILLS[:4]]
    assert min(abs(a - b) for at, a in enumerate(first) for b in first[:at]) > 25


def test_five_hundred_categories_fit_a_page_and_it_is_said_that_there_are_more() -> None:
    names = tuple(f"号{at}" for at in range(500))
    for number, most in ((1, 20), (2, 20), (5, 8), (9, 6)):
        series = tuple(Series(str(at), tuple(range(500))) for at in range(number))
        chart = replace(ONE, categories=names, series=series)
        shown = office.on_page(chart)
        assert office.height(shown) < 8.5
        said = list(common.remarks(chart, shown))
        assert said[0] == f"图中为前{most}项，共500项，全部见表"
        assert ("图中为9个系列中的前6个" in said) is (number == 9)


def test_a_crowded_chart_has_a_scale_in_place_of_values() -> None:
    names = tuple(f"{at}日" for at in range(31))
    for longest, labels in ((9, 1), (10_000, 0)):
        series = (Series("作品", (longest,) * 31),)
        drawn = _drawn(replace(ONE, kind="column", categories=names, series=series))
        assert len(_found(drawn, "//c:dLbls")) == labels
        assert len(_found(drawn, "//c:majorGridlines")) == 1 - labels
