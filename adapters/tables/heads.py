"""Where the headings of a sheet stand, in one row or two, what is written above them (units, groups), and which columns
such a unit holds for: 单位：万人次 is said of views; whether the likes beside them are counted so too, only the figures can
prove, as there is no half a like.

A heading in two rows (传播数据 merged above 阅读量, 点赞数) is read as one: the lower cell where there is one. A row
that only says units ((万次), (次)) below the headings belongs to them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from adapters.contract import Row, Sheet
from adapters.errors import Invalid
from adapters.platforms import BY_WORD
from adapters.records import METRICS
from adapters.tables.cells import plain
from adapters.tables.counts import count, tried
from adapters.tables.rows import is_total
from adapters.tables.units import Unit, before_bracket, folded, may_say, of_heading, said, unit

#: Cells beside the headings that state a unit for the table; others state their own.
_UNITS = ("单位", "数据单位", "计量单位")
#: Fields that are counted: of a cell merged over several rows nobody can tell whose it is.
FIGURES = frozenset({*METRICS, "followers", "detail:items"})
#: How many leading rows may hold banners and titles before the headings.
HEAD_ROWS = 10
#: As many as a sheet of Excel has; a wider row is no row of headings.
MOST_COLUMNS = 2**14


@dataclass(frozen=True, slots=True)
class Head:
    """A row of headings: ``row`` (0-based) is its last one, ``cells`` are the headings as written, ``names`` as they
    are compared, ``units`` what of a row of units stands below each."""

    row: int
    cells: tuple[str, ...]
    names: tuple[str, ...]
    units: tuple[str, ...] = ()


def heads(sheet: Sheet, known: Container[str]) -> Iterator[Head]:
    """What may be the headings of ``sheet``, from above; of two readings of a row the one in two rows first."""
    for number in range(min(HEAD_ROWS, len(sheet.head))):
        row = sheet.head[number]
        if len(row) > MOST_COLUMNS or not any(isinstance(cell, str) and cell for cell in row):
            continue
        single = _texts(row)
        lower = sheet.head[number + 1 : min(number + 2, HEAD_ROWS)]
        if lower and (both := _double(number, single, lower[0], known)):
            yield both
        yield Head(number, single, tuple(map(plain, single)))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell).strip() for cell in row)


def _double(number: int, upper: tuple[str, ...], row: Row, known: Container[str]) -> Head | None:
    """The headings of two rows, where the lower one holds no data: units, or headings under groups."""
    lower = _texts(row)
    if not any(lower) or any(cell not in (None, "") and not isinstance(cell, str) for cell in row):
        return None
    cells = list(zip_longest(upper, lower, fillvalue=""))
    above = tuple(high for high, _ in cells)
    if not any(plain(high) in known for high in above):
        return None
    if all(not low or _unit_below(folded(low)) for _, low in cells):
        below = tuple(folded(low) for _, low in cells)
        return Head(number + 1, above, tuple(map(plain, above)), below)
    other = [(high, low) for high, low in cells if folded(high) != folded(low)]
    under = any(plain(low) in known and plain(high) not in known for high, low in other)
    if not under or any(low and plain(high) in known for high, low in other):
        return None  # the lower row alone, or none of them
    merged = tuple(low or high for high, low in cells)
    return Head(number + 1, merged, tuple(map(plain, merged)))


def _unit_below(text: str) -> Unit | None:
    return unit(text.strip("()[]").removeprefix("单位").removeprefix(":"))


def units(
    sheet: Sheet, head: Head, known: Container[str]
) -> tuple[dict[int, Unit], dict[int, Unit]]:
    """The unit of each column that counts in 万 or the like: said of itself, and said of the whole table or a group.
    Raises Invalid where a unit is said that is not known, above the table or in one of the ``known`` headings."""
    whole, spans, by_name = _stated_above(sheet, head)
    found: dict[int, Unit] = {}
    for at, cell in enumerate(head.cells):
        below = head.units[at] if at < len(head.units) else ""
        try:
            own = _unit_below(below) or of_heading(folded(cell))
        except ValueError as problem:
            if before_bracket(folded(cell)) not in known:
                continue  # a column that nobody reads
            raise unclear(sheet, head.row, f"{problem}") from None
        if own := own or by_name.get(head.names[at]):
            found[at] = own
    above = {at: spans.get(at, whole) for at in range(len(head.cells)) if at not in found}
    one, other = (
        {at: each for at, each in stated.items() if each.factor != 1} for stated in (found, above)
    )
    return one, other


def _stated_above(sheet: Sheet, head: Head) -> tuple[Unit, dict[int, Unit], dict[str, Unit]]:
    """The unit of the whole table, those that a group states for its columns (传播数据（万次） over the blank cells
    right of it), and those that are said of one heading (阅读量单位：万次)."""
    whole, none = Unit(), Unit()
    spans: dict[int, Unit] = {}
    by_name: dict[str, Unit] = {}
    for number, row in enumerate(sheet.head[: head.row + 1]):
        reach = none
        several = sum(cell not in (None, "") for cell in row) > 1
        for at in range(max(len(row), len(head.cells))):
            cell = row[at] if at < len(row) else ""
            text = folded(cell)
            stating = may_say(text) and not (several and re.match(r".+[(\[].*[)\]]$", text))
            if number < head.row and text:
                alone = unit(text.strip("()[]"))
                whole = max(whole, alone or none)
                reach = none if alone or stating else tried(of_heading, text) or none
            if reach.factor != 1:
                spans[at] = reach
            if stating and (number < head.row or text.strip("([【").startswith(_UNITS)):
                try:
                    stated = said(str(cell)) or whole
                except ValueError as problem:
                    raise unclear(sheet, number, f"{problem}") from None
                of = plain(stated.of)
                if names := [name for name in head.names if name and of.endswith(name)]:
                    by_name[max(names, key=len)] = stated
                else:
                    whole = stated
    return whole, spans, by_name


def platforms_above(sheet: Sheet, head: Head, columns: Sequence[int]) -> set[str]:
    """The platforms under which the given columns stand in the rows above (微信公众号 | 抖音)."""
    found: set[str] = set()
    for row in sheet.head[: head.row]:
        last = ""
        for at in range(max(columns, default=-1) + 1):
            text = folded(row[at]) if at < len(row) else ""
            last = text or last
            if at in columns and last in BY_WORD:
                found.add(BY_WORD[last])
    return found


def unclear(sheet: Sheet, number: int, what: str) -> Invalid:
    """A sheet whose shape is not understood: refused as a whole. ``number`` is the row (0-based) that says so."""
    advice = "请照使用手册改表头后再放进来：一行一篇作品，标题、发布时间和各项数据各占一栏，单位写明次、万次或亿次"
    return bad_row(sheet, number + 1, f"{what}，所以整张工作表没有读", advice)


def bad_row(
    sheet: Sheet,
    number: int | None,
    what: object,
    advice: str = "请核对这一行后重新导入，其余行不受影响",
) -> Invalid:
    """A row (1-based) that cannot be believed, named by sheet and row."""
    target = f"工作表“{sheet.name}”第{number}行"
    return Invalid(str(what), target=target, advice=advice, sheet=sheet.index, row=number)


def scaled(
    sheet: Sheet,
    head: Head,
    fields: Mapping[int, str],
    own: Mapping[int, Unit],
    above: Mapping[int, Unit],
) -> tuple[dict[int, int], dict[int, str]]:
    """The factors of columns that count in 万 or the like, and what is said of those not read.

    ``fields``: column → what it holds; ``own``: what is said of a column itself; ``above``: of the whole table or a
    group. A unit that fits is applied, unless figures contradict it (more likes than views); one that does not fit (人次
    over likes) only where a figure proves it, as 0.6 does. Raises Invalid where no figure would be left.
    """
    factors, doubtful = {at: each.factor for at, each in own.items()}, dict[int, str]()
    figures = {at: name for at, name in fields.items() if name in FIGURES}
    asked = {at: above[at] for at in figures if at in above}
    views = next((at for at, name in figures.items() if name == "views"), None)
    proven, refuted = _tried(sheet, head, asked, views, factors) if asked else (set(), set())
    for at, stated in asked.items():
        if at not in refuted and (at in proven or stated.fits(fields[at])):
            factors[at] = stated.factor
        else:
            word, name = stated.word, plain(head.cells[at])
            doubtful[at] = (
                f"“{name}”一栏没有采用：表上写的单位“{word}”看不出是不是也说它，"
                f"请把单位写进这一栏的表头，如“{name}（次）”或“{name}（万次）”"
            )
    if figures and not figures.keys() - doubtful.keys():
        raise unclear(sheet, head.row, "；".join(doubtful.values()))
    return factors, doubtful


def _tried(
    sheet: Sheet, head: Head, asked: Mapping[int, Unit], views: int | None, own: Mapping[int, int]
) -> tuple[set[int], set[int]]:
    """The columns in which a bare figure is no whole number, and those in which one would exceed the views beside it."""
    proven, refuted = set[int](), set[int]()
    read = {at: partial(count, factor=each.factor) for at, each in asked.items()}
    seen = -1 if views is None else views
    read_views = read.get(seen, partial(count, factor=own.get(seen, 1)))
    for number, row in enumerate(sheet.rows()):
        if number <= head.row or any(map(is_total, row)):
            continue
        most = tried(read_views, row[seen]) if 0 <= seen < len(row) else None
        for at, read_cell in read.items():
            value = tried(read_cell, row[at]) if at < len(row) else None
            if value is None:
                continue
            if tried(count, row[at]) is None:
                proven.add(at)
            if at != seen and most is not None and most.high and value.low > most.high:
                refuted.add(at)
    return proven, refuted
