"""Which columns a unit above a table holds for. 单位：万人次 is said of views; whether the likes beside them are counted so
too, only the figures can prove: half a like there is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.contract import Cell, Sheet
from adapters.records import METRICS, Count
from adapters.tables.cells import plain
from adapters.tables.counts import count
from adapters.tables.heads import Head, unclear
from adapters.tables.rows import is_total
from adapters.tables.units import Unit

#: Fields that are counted: of a cell merged over several rows nobody can tell whose it is.
FIGURES = frozenset({*METRICS, "followers", "detail:items"})


@dataclass(slots=True)
class Scaled:
    """``factors`` of columns that count in 万 or the like, and what is said of those not read (``doubtful``)."""

    factors: dict[int, int] = field(default_factory=dict)
    doubtful: dict[int, str] = field(default_factory=dict)


def scaled(
    sheet: Sheet,
    head: Head,
    fields: Mapping[int, str],
    own: Mapping[int, Unit],
    above: Mapping[int, Unit],
) -> Scaled:
    """``fields``: column → what it holds; ``own``: what is said of a column itself; ``above``: of the whole table or a
    group. A unit that fits is applied, unless figures contradict it (more likes than views); one that does not fit (人次
    over likes) only where a figure proves it, as 0.6 does. Raises Invalid where no figure would be left."""
    found = Scaled({at: each.factor for at, each in own.items()})
    figures = {at: name for at, name in fields.items() if name in FIGURES}
    asked = {at: above[at] for at in figures if at in above}
    views = next((at for at, name in figures.items() if name == "views"), None)
    proven, refuted = _tried(sheet, head, asked, views, found.factors) if asked else (set(), set())
    for at, unit in asked.items():
        if at not in refuted and (at in proven or unit.fits(fields[at])):
            found.factors[at] = unit.factor
        else:
            word, name = unit.word, plain(head.cells[at])
            found.doubtful[at] = (
                f"“{name}”一栏没有采用：表上写的单位“{word}”看不出是不是也说它，"
                f"请把单位写进这一栏的表头，如“{name}（次）”或“{name}（万次）”"
            )
    if figures and not figures.keys() - found.doubtful.keys():
        raise unclear(sheet, head.row, "；".join(found.doubtful.values()))
    return found


def _tried(
    sheet: Sheet, head: Head, asked: Mapping[int, Unit], views: int | None, own: Mapping[int, int]
) -> tuple[set[int], set[int]]:
    """The columns in which a bare figure is no whole number, and those in which one would exceed the views beside it."""
    proven, refuted = set[int](), set[int]()
    of_views = 1
    if views is not None:
        of_views = asked[views].factor if views in asked else own.get(views, 1)
    for number, row in enumerate(sheet.rows()):
        if number <= head.row or any(map(is_total, row)):
            continue
        most = _counted(row[views], of_views) if views is not None and views < len(row) else None
        for at, unit in asked.items():
            value = _counted(row[at], unit.factor) if at < len(row) else None
            if value is None:
                continue
            if _counted(row[at], 1) is None:
                proven.add(at)
            if at != views and most is not None and most.high and value.low > most.high:
                refuted.add(at)
    return proven, refuted


def _counted(cell: Cell, factor: int) -> Count | None:
    """A cell as a count; None where it is none, as 0.6 of one."""
    try:
        return count(cell, factor=factor)
    except ValueError:
        return None
